/** The desk on a socket: HTTPS only. */
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Desk } from './app.ts';
import { HEAD_TIMEOUT_MS, MAX_CONNECTIONS, MAX_HEAD, REQUEST_TIMEOUT_MS } from './limits.ts';

export interface ServeOptions {
  readonly desk: Desk;
  /** PEM. */
  readonly key: string;
  readonly certificate: string;
  readonly address: string;
  /** 0: any that is free. */
  readonly port: number;
}

export interface Serving {
  readonly port: number;
  close(): Promise<void>;
}

/** Listens. @throws the system's error when the port cannot be had. */
export async function serveDesk({ desk, key, certificate, address, port }: ServeOptions): Promise<Serving> {
  const server: Server = createServer(
    { key, cert: certificate, minVersion: 'TLSv1.2', maxHeaderSize: MAX_HEAD },
    getRequestListener(desk.fetch, { overrideGlobalObjects: false }),
  );
  server.headersTimeout = HEAD_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.maxConnections = MAX_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
