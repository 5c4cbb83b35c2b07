/** The console joined to the rooms that its pages show. */
import { createPublicKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { rawPublicKey } from '@belkluis/shared/audit/note';
import type { Clock } from '@belkluis/shared/base/clock';
import type { Log } from '@belkluis/shared/base/log';
import type { BoxWitness } from './audit/witness.ts';
import { type Config, siteOf } from './config.ts';
import type { KeyAndChain } from './enrolment/ca.ts';
import type { Front } from './join-api.ts';
import { auditPack } from './join-compliance.ts';
import { readLock } from './join-software.ts';
import type { Rooms } from './open-rooms.ts';
import packageJson from './package.json' with { type: 'json' };
import type { Scope } from './tenants/scope.ts';
import { createConsole } from './web/app.ts';
import { loadAssets } from './web/assets.ts';
import type { Live } from './web/live.ts';
import { serveConsole } from './web/serve.ts';

export interface JoinedConsole {
  /** The fleet's own certificate is another; so may be the one in files. */
  renewed(own: KeyAndChain): void;
  close(): Promise<void>;
}

export interface ConsoleParts {
  readonly config: Config;
  readonly rooms: Rooms;
  readonly witness: BoxWitness;
  /** Of `join-boxes.ts`. */
  readonly revoke: (box: string, by: string) => Promise<void>;
  readonly live: Live;
  /** The fleet's own. */
  readonly certificate: KeyAndChain;
  readonly clock: Clock;
  readonly log: Log;
  /** What answers programs at the same address. */
  readonly front: Front;
}

/** Listens where the configuration says; null: nowhere. */
export async function joinConsole({
  config,
  rooms,
  witness,
  revoke,
  live,
  certificate,
  clock,
  log,
  front,
}: ConsoleParts): Promise<JoinedConsole | null> {
  const { address, ports, region, timeZone } = config;
  if (ports.console === null) return null;
  const { compliance, policies, logKey, ca } = rooms;
  const services = {
    ...{ clock, log, region, timeZone, witness, live },
    ...{ access: rooms.access, msps: rooms.msps, tenants: rooms.tenants, enrolment: rooms.enrolment },
    ...{ boxes: rooms.boxes, tags: rooms.tags, overview: rooms.overview, glance: rooms.glance },
    ...{ alerts: rooms.alerts, audit: rooms.audit },
    compliance,
    async auditPack(msp: string, actor: string) {
      return await auditPack({ rooms, msp, lock: await readLock(), clock, actor });
    },
    policies,
    policyKeyOf: (msp: string) => policies.keys.pinned(msp, 'fleet'),
    commands: rooms.commands,
    software: rooms.software,
    views: rooms.views,
    policyOf: (scope: Scope, box: string) => rooms.policies.standing.box(scope, box),
    revoke,
    logKey: rawPublicKey(createPublicKey(logKey)).toString('base64'),
    ends: () => ({ root: endOf(ca.root), boxes: endOf(ca.boxIssuers) }),
    version: packageJson.version,
    site: siteOf(config),
  };
  const shown = (own: KeyAndChain) => fromFiles(config) ?? own;
  const pages = createConsole(services, loadAssets());
  const serving = await serveConsole({
    app: { fetch: (request, env) => front(request, env as object) ?? pages.fetch(request, env) },
    certificate: shown(certificate),
    address,
    port: ports.console,
  });
  return { renewed: (own) => serving.renewed(shown(own)), close: serving.close };
}

/** Of the first certificate in a PEM, wall clock, ms. */
const endOf = (pem: string): number => Date.parse(new X509Certificate(pem).validTo);

/** What whoever runs the server got from an authority that browsers know. */
function fromFiles({ console: told }: Config): { readonly key: string; readonly chain: string } | null {
  if (!told?.keyFile || !told.certificateFile) return null;
  return { key: readFileSync(told.keyFile, 'utf8'), chain: readFileSync(told.certificateFile, 'utf8') };
}
