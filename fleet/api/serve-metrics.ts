/** Metrics and probes on loopback, in the clear: whoever is on the machine may read them, and nobody else. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '@belkluis/shared/base/clock';
import type { Metrics } from './metrics.ts';
import { alive, type Checks, type Probed, ready } from './probes.ts';

export interface ServeMetricsOptions {
  readonly metrics: Metrics;
  readonly checks: Checks;
  readonly clock: Pick<Clock, 'after'>;
  /** 0: any that is free. */
  readonly port: number;
}

/** A page in a browser on this machine may reach loopback by a name of its own; then it names that. */
const isHere = (host: string | undefined): boolean => /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host ?? '');

/** Listens. @throws the system's error when the port cannot be had. */
export async function serveMetrics({ metrics, checks, clock, port }: ServeMetricsOptions) {
  async function answer(url: string): Promise<(Probed & { readonly type?: string }) | null> {
    if (url === '/healthz') return alive;
    if (url === '/readyz') return await ready(checks, clock);
    if (url === '/metrics')
      return { status: 200, body: await metrics.read(), type: 'text/plain; version=0.0.4; charset=utf-8' };
    return null;
  }
  const server: Server = createServer({ maxHeaderSize: 4096, requestTimeout: 10_000 }, (asked, answered) => {
    const refused = asked.method !== 'GET' ? 405 : isHere(asked.headers.host) ? null : 421;
    if (refused !== null) return void answered.writeHead(refused).end();
    answer(asked.url ?? '').then(
      (told) =>
        told
          ? answered
              .writeHead(told.status, { 'Content-Type': told.type ?? 'application/json', 'Cache-Control': 'no-store' })
              .end(told.body)
          : answered.writeHead(404).end(),
      () => answered.writeHead(503).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise<void>((resolve) => {
        metrics.close();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
