/** The compliance face on the real configuration: what the fleet connects to, how long other rooms keep what, and the audit pack out of all rooms. */
import { createPublicKey, hash, type KeyObject } from 'node:crypto';
import { rawPublicKey } from '@belkluis/shared/audit/note';
import type { Clock } from '@belkluis/shared/base/clock';
import type { Log } from '@belkluis/shared/base/log';
import { PERSON_DAYS } from './access/limits.ts';
import { EVENT_DAYS } from './audit/limits.ts';
import type { openFleetLog } from './audit/log.ts';
import type { AuditTables } from './audit/tables.ts';
import { type Compliance, openCompliance } from './compliance/compliance.ts';
import { type Dialled, dialledBy, type Locations, openLocations } from './compliance/locations.ts';
import { makePack, type PackFile } from './compliance/pack.ts';
import { sbomOf } from './compliance/sbom.ts';
import type { Config } from './config.ts';
import type { AnyTables } from './db/open.ts';
import { parseDatabaseUrl } from './db/url.ts';
import type { EnrolmentTables } from './enrolment/tables.ts';
import { COUNTS_KEPT_MS, DAY_MS, EVENTS_KEPT_MS } from './inventory/limits.ts';
import type { Policies } from './policy/policies.ts';

const MQTTS_PORT = 8883;

/** Whom the configuration makes the fleet connect to. What a room adds to this is in the agreement with every customer. */
function dialledOf({ databaseUrl, mqttUrl, mail }: Config): readonly Dialled[] {
  const database = parseDatabaseUrl(databaseUrl);
  return [
    database.kind === 'postgres'
      ? { purpose: 'database', host: database.host, port: database.port }
      : { purpose: 'database', host: '/', port: 0 },
    ...(mqttUrl === null ? [] : [dialledBy('broker', mqttUrl, MQTTS_PORT)]),
    ...(mail === null ? [] : [{ purpose: 'mail', host: mail.host, port: mail.port } as const]),
  ];
}

/** @throws Problem `destination_undeclared`, `region_locked`, `transfer_blocked`, of the database's URL. */
export function joinLocations(config: Config): Locations {
  const { regionLock: lock, transfer: regionTransfer, destinations: declared, provider } = config.compliance;
  return openLocations({
    ...{ region: config.region, regionTransfer, lock, declared, dialled: dialledOf(config) },
    provider: provider?.country ?? null,
  });
}

type FleetLog = ReturnType<typeof openFleetLog>;

interface Parts {
  readonly config: Config;
  readonly locations: Locations;
  readonly database: AnyTables;
  readonly clock: Pick<Clock, 'now'>;
  readonly newId: () => string;
  readonly audit: FleetLog;
  readonly log: Log;
}

export function joinCompliance({ config, locations, database, clock, newId, audit, log }: Parts): Compliance {
  const { regionLock: lock, provider, certifications, audits } = config.compliance;
  const [days, counts] = [EVENTS_KEPT_MS / DAY_MS, COUNTS_KEPT_MS / DAY_MS];
  return openCompliance({
    ...{ database, clock, newId, log, timeZone: config.timeZone, locations, lock, provider, certifications, audits },
    append: (event, transaction) => audit.append(event, transaction),
    kept: { staff: PERSON_DAYS, boxes: days, counts, log: EVENT_DAYS, address: 1 },
    keysEncrypted: config.caPassphraseFile !== null,
  });
}

/** The newest signed head of each box's log as the fleet cosigned it, with the key that the box proved. */
async function witnessed(database: AnyTables, msp: string | null): Promise<readonly object[]> {
  const db = database.$extendTables<AuditTables & EnrolmentTables & { boxes: { id: string; msp: string } }>();
  let query = db
    .selectFrom('witness_logs')
    .innerJoin('enrolment_boxes', 'enrolment_boxes.box', 'witness_logs.box')
    .select(['witness_logs.box', 'audit_key', 'note', 'heard_at'])
    .where('note', 'is not', null)
    .orderBy('witness_logs.box');
  if (msp !== null)
    query = query.where('witness_logs.box', 'in', (is) => is.selectFrom('boxes').select('id').where('msp', '=', msp));
  return (await query.execute()).map(({ box, audit_key, note, heard_at }) => {
    const key = createPublicKey({ key: Buffer.from(audit_key, 'base64'), format: 'der', type: 'spki' });
    return { box, key: rawPublicKey(key).toString('base64'), note, heardAt: heard_at };
  });
}

/** Each event about an MSP with its proof, at the newest signature. */
async function* proofsAbout(audit: FleetLog, msp: string, size: number): AsyncGenerator<object> {
  for (let after: string | null = null; ; ) {
    const { rows, next } = await audit.about(msp, { after, limit: 200 });
    for (const { index } of rows) if (index < size) yield await audit.prove(index, size);
    if (next === null) return;
    after = next;
  }
}

async function lines(name: string, all: Iterable<unknown> | AsyncIterable<unknown>): Promise<PackFile> {
  const parts: string[] = [];
  for await (const one of all) parts.push(`${JSON.stringify(one)}\n`);
  return { name, content: Buffer.from(parts.join('')) };
}

export interface PackParts {
  readonly rooms: {
    readonly compliance: Compliance;
    readonly audit: FleetLog;
    readonly logKey: KeyObject;
    readonly database: { readonly kysely: AnyTables };
    readonly policies: Pick<Policies, 'register'>;
  };
  /** Null: of the whole fleet, with its whole log. Else of one MSP, with the proofs of what concerns it. */
  readonly msp: string | null;
  /** package-lock.json. */
  readonly lock: unknown;
  readonly clock: Pick<Clock, 'now'>;
  readonly actor: string;
}

/** The signed audit pack (`compliance/pack.ts`). It is in the log before it is handed out. */
export async function auditPack({ rooms, msp, lock, clock, actor }: PackParts): Promise<Buffer> {
  const { compliance, audit, logKey, database, policies } = rooms;
  const publicKey = createPublicKey(logKey);
  await compliance.terms.newest();
  await audit.checkpoint(logKey);
  const size = (await audit.checkpointSizes()).at(-1)!;
  const now = clock.now();
  const files = [
    await lines('agreements.jsonl', await compliance.agreements.register(msp)),
    await lines('terms.jsonl', await compliance.terms.history()),
    await lines('subprocessors.jsonl', await compliance.subprocessors.list()),
    await lines('locations.jsonl', compliance.locations(msp ?? undefined)),
    await lines('incidents.jsonl', msp === null ? await compliance.incidents.list() : []),
    await lines('orders.jsonl', msp === null ? await compliance.orders.list() : []),
    await lines('policies.jsonl', policies.register(msp)),
    await lines('witness.jsonl', await witnessed(database.kysely, msp)),
    msp === null
      ? await lines('log.jsonl', audit.exportLines(publicKey))
      : await lines('proofs.jsonl', proofsAbout(audit, msp, size)),
    await lines('sbom.json', [sbomOf(lock, now)]),
  ];
  const index = {
    ...{ type: 'belkluis/audit-pack@1', origin: audit.origin, msp, at: now, size },
    signer: rawPublicKey(publicKey).toString('base64'),
    files: files.map(({ name, content }) => ({ name, sha256: hash('sha256', content, 'hex') })),
  };
  const pack = makePack([await lines('pack.json', [index]), ...files], audit.origin, logKey, now);
  const digest = hash('sha256', pack, 'hex');
  await audit.append({ kind: 'audit_pack_made', actor, facts: { msp, digest } });
  return pack;
}
