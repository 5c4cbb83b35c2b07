/**
 * The enrolment endpoint: HTTPS of its own, because the proofs are bound to the TLS session that ends here. No proxy may stand before it that ends
 * TLS itself.
 */
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { limitConnections, openQuota, sourceOf } from '@belkluis/shared/access/quota';
import type { Clock } from '@belkluis/shared/base/clock';
import type { Log } from '@belkluis/shared/base/log';
import { MAX_ENROLMENT_BYTES } from '@belkluis/shared/contract/enrolment/limits';
import {
  type Answer,
  actSchema,
  ENROL_PATHS,
  helloSchema,
  proofSchema,
  renewSchema,
} from '@belkluis/shared/contract/enrolment/messages';
import { EXPORTER } from '@belkluis/shared/contract/enrolment/transcript';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { z } from 'zod';
import type { KeyAndChain } from './ca.ts';
import type { Enrolment, Said } from './enrolment.ts';
import {
  HEAD_TIMEOUT_MS,
  MAX_CONNECTIONS,
  MAX_CONNECTIONS_PER_SOURCE,
  MAX_HEAD,
  MAX_SOURCES,
  REQUEST_TIMEOUT_MS,
  SOURCE_BURST,
  SOURCE_RATE,
} from './limits.ts';
import { begun, type Session } from './machine.ts';

export interface ServeOptions {
  readonly enrolment: Enrolment;
  readonly certificate: KeyAndChain;
  readonly address: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly log: Log;
  /** Whether the fleet works, for whoever watches its machine. */
  readonly healthy: () => Promise<boolean>;
}

export interface ServingEnrolment {
  readonly port: number;
  /** New connections get this certificate. */
  renewed(certificate: KeyAndChain): void;
  close(): Promise<void>;
}

const schemas = { hello: helloSchema, proof: proofSchema, act: actSchema, renew: renewSchema } as const;

type Path = keyof typeof ENROL_PATHS;

const paths = Object.keys(ENROL_PATHS) as Path[];

interface Connection {
  readonly exporter: Buffer;
  readonly source: string;
  session: Session;
  /** One question after the other: the machine of a connection is at one place at a time. */
  busy: boolean;
}

const statusOf = (answer: Answer): 200 | 400 | 403 | 429 => {
  if (answer.kind !== 'refused') return 200;
  if (answer.code === 'malformed') return 400;
  return answer.code === 'too_many' || answer.code === 'locked' ? 429 : 403;
};

/** Listens. @throws the system's error when the port cannot be had. */
export async function serveEnrolment(options: ServeOptions): Promise<ServingEnrolment> {
  const { enrolment, certificate, address, port, clock, log, healthy } = options;
  const quota = openQuota(clock, { burst: SOURCE_BURST, rate: SOURCE_RATE, sources: MAX_SOURCES });
  const connections = new WeakMap<Socket, Connection>();
  const refused = (code: Extract<Answer, { kind: 'refused' }>['code']): Answer => ({ kind: 'refused', code });

  async function answered(path: Path, socket: Socket, body: () => Promise<unknown>): Promise<Answer> {
    const connection = connections.get(socket);
    if (!connection || !quota.takes(connection.source)) return refused('too_many');
    if (connection.busy) return refused('malformed');
    connection.busy = true;
    try {
      const read = schemas[path].safeParse(await body()) as z.ZodSafeParseResult<Said['message']>;
      if (!read.success) return refused('malformed');
      const said = { path, message: read.data } as Said;
      const [session, answer] = await enrolment.hear(connection.session, said, connection.exporter, connection.source);
      connection.session = session;
      return answer;
    } finally {
      connection.busy = false;
    }
  }

  const app = new Hono<{ Bindings: HttpBindings }>();
  app.use(bodyLimit({ maxSize: MAX_ENROLMENT_BYTES, onError: (c) => c.json(refused('malformed'), 413) }));
  for (const path of paths) {
    app.post(ENROL_PATHS[path], async (c) => {
      const json = async (): Promise<unknown> => {
        try {
          return JSON.parse(await c.req.text());
        } catch {
          return undefined;
        }
      };
      const answer = await answered(path, c.env.incoming.socket, json);
      return c.json(answer, statusOf(answer), { 'cache-control': 'no-store' });
    });
  }
  app.get('/healthz', async (c) => {
    if (!quota.takes(connections.get(c.env.incoming.socket)?.source ?? '')) return c.json({ ok: false }, 429);
    const ok = await healthy();
    return c.json({ ok }, ok ? 200 : 503, { 'cache-control': 'no-store' });
  });
  app.notFound((c) => c.json(refused('malformed'), 404));
  app.onError((error, c) => {
    log('enrolment_failed', { code: (error as { code?: string }).code ?? error.name });
    return c.json(refused('too_many'), 503);
  });

  const server: Server = createServer(
    {
      key: certificate.key,
      cert: certificate.chain,
      // The exporter of earlier versions does not name one session alone (RFC 9266 2).
      minVersion: 'TLSv1.3',
      maxHeaderSize: MAX_HEAD,
      handshakeTimeout: HEAD_TIMEOUT_MS,
    },
    getRequestListener(app.fetch, { overrideGlobalObjects: false }),
  );
  server.headersTimeout = HEAD_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.maxConnections = MAX_CONNECTIONS;
  limitConnections(server, MAX_CONNECTIONS_PER_SOURCE);
  server.on('secureConnection', (socket: TLSSocket) => {
    connections.set(socket, {
      exporter: socket.exportKeyingMaterial(EXPORTER.length, EXPORTER.label, Buffer.alloc(0)),
      source: sourceOf(socket.remoteAddress ?? ''),
      session: begun,
      busy: false,
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    renewed: ({ key, chain }) => server.setSecureContext({ key, cert: chain, minVersion: 'TLSv1.3' }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
