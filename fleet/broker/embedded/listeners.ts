/** The two doors: MQTT over TLS, and over WebSocket over TLS for networks that let nothing else out. Nobody gets in without a certificate. */
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Server, ServerOpts, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer, type TLSSocket, type TlsOptions, type Server as TlsServer } from 'node:tls';
import { createWebSocketStream, WebSocketServer } from 'ws';
import { HANDSHAKE_MS, MAX_HANDSHAKES, MAX_PACKET_BYTES } from '../limits.ts';
import { problem } from '../problems.ts';

export interface Address {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
}

/** PEM. */
export interface ServerIdentity {
  readonly key: string;
  /** With what leads to a root that boxes trust. */
  readonly certificate: string;
  /** Who signs the certificates of boxes. */
  readonly boxAuthority: string;
}

/** Gets each connection that has shown a certificate of the authority. */
export type Accept = (stream: Duplex, socket: TLSSocket) => void;

export interface Listener {
  readonly port: number;
  /** New connections get this certificate. */
  renewed(identity: ServerIdentity): void;
  close(): Promise<void>;
}

/** MQTT 3.1.1, 6.0: what a WebSocket client asks for. */
const SUBPROTOCOL = 'mqtt';

const options = ({ key, certificate, boxAuthority }: ServerIdentity): TlsOptions & ServerOpts => ({
  key,
  cert: certificate,
  ca: boxAuthority,
  requestCert: true,
  rejectUnauthorized: true,
  minVersion: 'TLSv1.3',
  handshakeTimeout: HANDSHAKE_MS,
  // An acknowledgement is four bytes, and waits for nothing to be sent along.
  noDelay: true,
});

/** Counts handshakes that have begun and not ended. */
function limitHandshakes(server: Server, refused: () => void): void {
  const shaking = new Map<string, Socket>();
  const nameOf = (socket: Socket) => `${socket.remoteAddress} ${socket.remotePort}`;
  server.on('connection', (socket: Socket) => {
    if (shaking.size >= MAX_HANDSHAKES) {
      refused();
      socket.destroy();
      return;
    }
    const name = nameOf(socket);
    shaking.set(name, socket);
    socket.once('close', () => {
      if (shaking.get(name) === socket) shaking.delete(name);
    });
  });
  server.on('secureConnection', (socket: TLSSocket) => shaking.delete(nameOf(socket)));
  server.on('tlsClientError', refused);
}

async function listen(server: TlsServer, address: Address, refused: () => void): Promise<Listener> {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  limitHandshakes(server, refused);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(problem('port_taken', `${address.host} ${address.port}`, cause)));
    server.listen(address.port, address.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    renewed: (identity) => server.setSecureContext(options(identity)),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

/** `refused`: called for each connection that ended before it had shown a certificate. @throws Problem `port_taken`. */
export function listenTls(identity: ServerIdentity, address: Address, accept: Accept, refused: () => void) {
  return listen(
    createTlsServer(options(identity), (socket) => accept(socket, socket)),
    address,
    refused,
  );
}

/** @see listenTls */
export async function listenWebSocket(identity: ServerIdentity, address: Address, accept: Accept, refused: () => void) {
  const server = createHttpsServer(options(identity), (_, response) => {
    response.writeHead(426, { 'content-type': 'text/plain', upgrade: 'websocket' });
    response.end('This port speaks MQTT over WebSocket, to boxes of this fleet.\n');
  });
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_PACKET_BYTES,
    perMessageDeflate: false,
    handleProtocols: (asked) => (asked.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  });
  server.on('upgrade', (request, socket, head) => {
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const stream = createWebSocketStream(webSocket);
      stream.on('error', () => {});
      accept(stream, request.socket as TLSSocket);
    });
  });
  return listen(server, address, refused);
}
