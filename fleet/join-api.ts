/** The API, metrics and probes joined to the rooms that answer them. */
import type { Clock } from '@belkluis/shared/base/clock';
import type { Counters } from '@belkluis/shared/base/counters';
import type { Log } from '@belkluis/shared/base/log';
import { openAlertTotals } from './alerts/totals.ts';
import { createApi } from './api/app.ts';
import { openMetrics } from './api/metrics.ts';
import { alive, type Checks, ready } from './api/probes.ts';
import { routes } from './api/routes.ts';
import { serveMetrics } from './api/serve-metrics.ts';
import type { ApiServices } from './api/services.ts';
import type { openBoxWitness } from './audit/witness.ts';
import type { Broker } from './broker/broker.ts';
import { type Config, siteOf } from './config.ts';
import { openTotals } from './inventory/totals.ts';
import type { Writer } from './inventory/writer.ts';
import type { JoinedBoxes } from './join-boxes.ts';
import type { Rooms } from './open-rooms.ts';
import packageJson from './package.json' with { type: 'json' };

export interface ApiParts {
  readonly config: Config;
  readonly rooms: Rooms;
  readonly boxes: JoinedBoxes;
  readonly witness: ReturnType<typeof openBoxWitness>;
  /** By what an MSP signs policies, as boxes pin it when they are claimed; null: no room keeps one, so codes are typed where it is given. */
  readonly policyKeyOf: ((msp: string) => Promise<string>) | null;
  readonly checks: Checks;
  readonly clock: Clock;
  readonly log: Log;
}

/** An answer to what is asked below `/api/`, and to probes; null: it is for the console. */
export type Front = (request: Request, env: object) => Response | Promise<Response> | null;

export function joinApi({ config, rooms, boxes, witness, policyKeyOf, checks, clock, log }: ApiParts): Front {
  const { access, tenants, overview, audit, enrolment, operator, policies, compliance } = rooms;
  const services: ApiServices = {
    ...{ clock, log, access, tenants, overview, audit, witness, boxes: rooms.boxes, alerts: rooms.alerts },
    ...{ policies, compliance, commands: rooms.commands },
    ...{
      clock,
      log,
      access,
      tenants,
      overview,
      audit,
      witness,
      boxes: rooms.boxes,
      tags: rooms.tags,
      alerts: rooms.alerts,
    },
    ...{ policies, compliance },
    database: rooms.database.kysely,
    version: packageJson.version,
    origin: siteOf(config).origin,
    revoke: boxes.revoke,
    claims: {
      async type(site, code, by) {
        const { msp, mspName, siteName } = await operator.place(site);
        const claimant = { msp, mspName, site, siteName, policyKey: await policyKeyOf!(msp) };
        return await enrolment.typed(code, claimant, by.id);
      },
      at: enrolment.claimsAt,
      withdraw: enrolment.withdraw,
    },
  };
  const api = createApi(services, policyKeyOf === null ? routes.filter(({ id }) => id !== 'claimBox') : routes);
  return (request, env) => {
    const { pathname } = new URL(request.url);
    const json = ({ status, body }: { readonly status: number; readonly body: string }) =>
      new Response(body, { status, headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' } });
    if (pathname === '/healthz') return json(alive);
    if (pathname === '/readyz') return ready(checks, clock).then(json);
    return pathname.startsWith('/api/') ? api.fetch(request, env) : null;
  };
}

export interface MetricsParts extends Pick<ApiParts, 'rooms' | 'checks' | 'clock'> {
  readonly port: number | null;
  readonly counters: Counters;
  readonly broker: Pick<Broker, 'connected'>;
  readonly writer: Writer;
}

/** Listens on loopback where the configuration says; null: nowhere. */
export async function joinMetrics({ port, rooms, checks, clock, counters, broker, writer }: MetricsParts) {
  if (port === null) return null;
  const totals = openTotals({ database: rooms.database.kysely });
  const metrics = openMetrics({
    version: packageJson.version,
    counts: () => counters.snapshot(),
    boxes: totals.byUrgency,
    alerts: openAlertTotals({ database: rooms.database.kysely }).byLevel,
    connected: () => broker.connected()?.size ?? null,
    queues: () => ({ writer: writer.waiting() }),
  });
  return await serveMetrics({ metrics, checks, clock, port });
}
