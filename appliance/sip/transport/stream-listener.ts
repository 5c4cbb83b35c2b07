/** Listens for TCP and TLS connections, within limits per address and in all. */
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import { MAX_CONNECTIONS, MAX_CONNECTIONS_PER_ADDRESS, TLS_HANDSHAKE_MS } from '../limits.ts';
import { problem } from '../problems.ts';
import { type Address, formatAddress, type ListenOn, plainAddress, type TlsMaterial } from './flow.ts';
import { type StreamDeps, type StreamFlow, streamFlow } from './stream.ts';

export interface StreamListener {
  readonly local: Address;
  renewTls(material: TlsMaterial): void;
  close(): Promise<void>;
}

/** Counts connections of one address and of all; shared by every listener of a stack. */
export interface ConnectionCount {
  /** false when this connection is one too many; else it counts until its socket closes. */
  admit(socket: Socket): boolean;
}

export function connectionCount(): ConnectionCount {
  const perAddress = new Map<string, number>();
  let all = 0;
  return {
    admit(socket) {
      const address = plainAddress(socket.remoteAddress ?? '');
      const here = perAddress.get(address) ?? 0;
      if (here >= MAX_CONNECTIONS_PER_ADDRESS || all >= MAX_CONNECTIONS) return false;
      all++;
      perAddress.set(address, here + 1);
      socket.once('close', () => {
        all--;
        const left = (perAddress.get(address) ?? 1) - 1;
        if (left > 0) perAddress.set(address, left);
        else perAddress.delete(address);
      });
      return true;
    },
  };
}

/** What the TLS side of both directions insists on: nothing below TLS 1.2. */
export const TLS_FLOOR = { minVersion: 'TLSv1.2' } as const;

/** Rejects with `cannot_listen`, `tls_material_missing` or `tls_material_unusable`. */
export async function listenStream(
  on: ListenOn,
  connections: ConnectionCount,
  accepted: (flow: StreamFlow) => void,
  deps: StreamDeps,
): Promise<StreamListener> {
  const transport = on.transport === 'TLS' ? 'TLS' : 'TCP';
  const take = (socket: Socket) => accepted(streamFlow(socket, transport, false, deps));
  const server = transport === 'TLS' ? tlsServer(on, take, deps) : createServer(take);
  // Sockets as they come in, before any TLS handshake: one that never finishes it must not hold up close().
  const raw = new Set<Socket>();
  server.prependListener('connection', (socket: Socket) => {
    raw.add(socket);
    socket.once('close', () => raw.delete(socket));
    // A banned address does not even get the handshake.
    if (deps.guard.accepts(plainAddress(socket.remoteAddress ?? '')) && connections.admit(socket)) return;
    deps.counters.add('sip.stream.refused');
    socket.destroy();
  });
  try {
    server.listen({ port: on.port, host: on.address });
    await once(server, 'listening');
  } catch (cause) {
    throw problem('cannot_listen', `${transport} ${formatAddress(on)}`, cause);
  }
  server.on('error', () => deps.counters.add('sip.stream.listener_error'));
  return {
    local: { address: on.address, port: (server.address() as { port: number }).port },
    renewTls(material) {
      if (transport === 'TLS') (server as TlsServer).setSecureContext({ ...checked(material), ...TLS_FLOOR });
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of raw) socket.destroy();
      await closed;
    },
  };
}

function tlsServer(on: ListenOn, take: (socket: Socket) => void, deps: StreamDeps): Server {
  if (!on.tls) throw problem('tls_material_missing', formatAddress(on));
  const options = {
    ...checked(on.tls),
    ...TLS_FLOOR,
    handshakeTimeout: TLS_HANDSHAKE_MS,
    requestCert: on.requestCertificate === true,
    // A phone may show none, or the one of its maker: it proves itself by digest.
    rejectUnauthorized: false,
  };
  const server = createTlsServer(options, take);
  watchHandshakes(server, deps);
  return server;
}

/** Tells of each handshake that failed, from where: also of one that was broken off without an alert, whose socket no longer says so. */
function watchHandshakes(server: TlsServer, { counters, events }: StreamDeps): void {
  const nameOf = ({ remoteAddress, remotePort }: Socket) => `${plainAddress(remoteAddress ?? '')} ${remotePort}`;
  /** Connections that have not shaken hands yet. */
  const shaking = new Map<string, string>();
  const failed = (name: string, code: string) => {
    const address = shaking.get(name);
    if (address !== undefined && shaking.delete(name)) events.unshaken?.(address, code);
  };
  server.prependListener('connection', (socket: Socket) => {
    const name = nameOf(socket);
    shaking.set(name, plainAddress(socket.remoteAddress ?? ''));
    // Who said nothing at all only looked whether somebody listens.
    socket.once('close', () => (socket.bytesRead > 0 ? failed(name, 'ECONNRESET') : shaking.delete(name)));
  });
  server.prependListener('secureConnection', (socket: Socket) => void shaking.delete(nameOf(socket)));
  server.on('tlsClientError', (error, socket) => {
    counters.add('sip.tls.handshake_failed');
    failed(nameOf(socket), (error as { code?: string }).code ?? '');
    socket.destroy();
  });
}

function checked(material: TlsMaterial): TlsMaterial {
  try {
    createSecureContext({ ...material, ...TLS_FLOOR });
  } catch (cause) {
    throw problem('tls_material_unusable', undefined, cause);
  }
  return { key: material.key, cert: material.cert };
}
