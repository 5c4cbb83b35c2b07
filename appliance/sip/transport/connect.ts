/** Connections that we open: one per target, opened once however many ask at the same time, used again while it stands. */
import { isIP, connect as tcpConnect } from 'node:net';
import { checkServerIdentity, type PeerCertificate, connect as tlsConnect } from 'node:tls';
import { CONNECT_MS } from '../limits.ts';
import { problem } from '../problems.ts';
import { formatAddress, type Target } from './flow.ts';
import { speaksFor } from './peer-name.ts';
import { type StreamDeps, type StreamFlow, streamFlow } from './stream.ts';
import { TLS_FLOOR } from './stream-listener.ts';

export interface Connector {
  /** The open connection, or a promise of one that rejects with `unreachable`. */
  flowTo(target: Target): StreamFlow | Promise<StreamFlow>;
  forget(flowId: string): void;
}

export function connector(opened: (flow: StreamFlow) => void, deps: StreamDeps): Connector {
  const standing = new Map<string, StreamFlow | Promise<StreamFlow>>();
  return {
    flowTo(target) {
      const key = keyOf(target);
      const before = standing.get(key);
      if (before && (before instanceof Promise || before.open)) return before;
      const opening = open(target, deps).then(
        (flow) => {
          standing.set(key, flow);
          opened(flow);
          return flow;
        },
        (cause) => {
          standing.delete(key);
          throw cause;
        },
      );
      standing.set(key, opening);
      return opening;
    },
    forget(flowId) {
      for (const [key, flow] of standing) if (!(flow instanceof Promise) && flow.id === flowId) standing.delete(key);
    },
  };
}

/** A connection is used again only for the same trust: one that was verified less must not serve who asks for more. */
function keyOf({ transport, address, port, tls }: Target): string {
  const { servername, rejectUnauthorized, ca, fingerprint } = tls ?? {};
  return JSON.stringify([transport, address, port, servername, rejectUnauthorized !== false, ca, fingerprint]);
}

function open(target: Target, deps: StreamDeps): Promise<StreamFlow> {
  const { address: host, port } = target;
  return new Promise((resolve, reject) => {
    const socket = target.transport === 'TLS' ? tlsConnect(tlsOptions(target)) : tcpConnect({ host, port });
    const fail = (cause?: unknown) => {
      stopWaiting();
      socket.destroy();
      reject(problem('unreachable', `${target.transport} ${formatAddress(target)}`, cause));
    };
    const stopWaiting = deps.clock.after(CONNECT_MS, fail);
    socket.once('error', fail);
    socket.once(target.transport === 'TLS' ? 'secureConnect' : 'connect', () => {
      stopWaiting();
      const transport = target.transport === 'TLS' ? 'TLS' : 'TCP';
      const flow = streamFlow(socket, transport, true, deps);
      socket.removeListener('error', fail);
      const { fingerprint } = target.tls ?? {};
      if (fingerprint !== undefined && flow.peerFingerprint !== fingerprint) return fail('another certificate');
      resolve(flow);
    });
  });
}

function tlsOptions({ address, port, tls }: Target) {
  const servername = tls?.servername ?? (isIP(address) ? undefined : address);
  return {
    host: address,
    port,
    ...TLS_FLOOR,
    // One that is known by heart needs nobody who vouches for it.
    rejectUnauthorized: tls?.rejectUnauthorized !== false && tls?.fingerprint === undefined,
    checkServerIdentity(name: string, certificate: PeerCertificate) {
      if (isIP(name) !== 0) return checkServerIdentity(name, certificate);
      return speaksFor(certificate, name) ? undefined : new Error('The certificate does not name this domain');
    },
    ...(tls?.ca === undefined ? {} : { ca: tls.ca }),
    ...(servername === undefined ? {} : { servername }),
  };
}
