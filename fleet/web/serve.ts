/** The console on a socket: HTTPS only, and nothing before it. */
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { limitConnections } from '@belkluis/shared/access/quota';
import { getRequestListener } from '@hono/node-server';
import type { Console } from './app.ts';
import {
  HEAD_TIMEOUT_MS,
  MAX_CONNECTIONS,
  MAX_CONNECTIONS_PER_SOURCE,
  MAX_HEAD,
  REQUEST_TIMEOUT_MS,
} from './limits.ts';

/** PEM; `chain` begins with the certificate of the key. */
export interface KeyAndChain {
  readonly key: string;
  readonly chain: string;
}

export interface ServeOptions {
  readonly app: Pick<Console, 'fetch'>;
  readonly certificate: KeyAndChain;
  readonly address: string;
  /** 0: any that is free. */
  readonly port: number;
}

export interface ServingConsole {
  readonly port: number;
  /** New connections get this certificate. */
  renewed(certificate: KeyAndChain): void;
  close(): Promise<void>;
}

/** Listens. @throws the system's error when the port cannot be had, or key and certificate are none. */
export async function serveConsole({ app, certificate, address, port }: ServeOptions): Promise<ServingConsole> {
  const secure = ({ key, chain }: KeyAndChain) => ({ key, cert: chain, minVersion: 'TLSv1.2' as const });
  const server: Server = createServer(
    { ...secure(certificate), maxHeaderSize: MAX_HEAD, handshakeTimeout: HEAD_TIMEOUT_MS },
    getRequestListener(app.fetch, { overrideGlobalObjects: false }),
  );
  server.headersTimeout = HEAD_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.maxConnections = MAX_CONNECTIONS;
  limitConnections(server, MAX_CONNECTIONS_PER_SOURCE);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    renewed: (next) => server.setSecureContext(secure(next)),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
