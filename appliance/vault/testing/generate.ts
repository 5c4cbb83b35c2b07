/**
 * A catalogue of any size, the same for the same seed: an office with extensions and a main number, and customers who call it. For benchmarks
 * and tests; rows are as the box writes them, but they go in sorted and without fsync, so that a million takes half a minute.
 */
import Database from 'better-sqlite3';
import { openCatalogue } from '../catalogue.ts';
import { partsOf } from '../party-forms.ts';
import { expiriesOf } from '../retention.ts';

const DAY_MS = 24 * 3600_000;

/** The office's main number: half of all calls come to it, so that one part of a number is in very many recordings. */
export const MAIN_NUMBER = '+31201234567';

export const generatedPurposes = [
  { id: 'complaints', name: 'Complaints', share: 0.5, contentDays: 400 },
  { id: 'orders', name: 'Orders', share: 0.3, contentDays: 500 },
  { id: 'quality', name: 'Quality', share: 0.19, contentDays: 450 },
  { id: 'emergencies', name: 'Emergencies', share: 0.01, contentDays: 800 },
] as const;

/** Calls lie within so many days before `now`. */
const SPAN_DAYS = 365;

export interface Generated {
  /** Ids of the recordings that have expired by `now`, with the others' untouched. */
  readonly expired: readonly string[];
  /** Every distinct party. */
  readonly parties: readonly string[];
}

/** Small, fast and good enough to choose test data by (xorshift128, Marsaglia 2003). */
export function seededRandom(seed: number): () => number {
  let [x, y, z, w] = [123456789 ^ seed, 362436069, 521288629, 88675123];
  const next = () => {
    const t = x ^ (x << 11);
    [x, y, z] = [y, z, w];
    w = (w ^ (w >>> 19) ^ (t ^ (t >>> 8))) >>> 0;
    return w / 2 ** 32;
  };
  for (let round = 0; round < 20; round++) next();
  return next;
}

export interface GenerateOptions {
  readonly recordings: number;
  readonly seed: number;
  /** Wall clock, ms. */
  readonly now: number;
  /** How many of them have expired; none without it. */
  readonly expired?: number;
  /** Also the record of each recording's call. */
  readonly calls?: boolean;
}

/** Fills the catalogue at `path`, which must be empty. */
export function generateCatalogue(
  path: string,
  { recordings, seed, now, expired = 0, calls = false }: GenerateOptions,
): Generated {
  openCatalogue(path).close();
  const database = new Database(path);
  const random = seededRandom(seed);
  const whole = (below: number) => Math.floor(random() * below);
  const digits = (count: number) => Array.from({ length: count }, () => whole(10)).join('');
  const hex = () =>
    Array.from({ length: 4 }, () =>
      whole(2 ** 32)
        .toString(16)
        .padStart(8, '0'),
    ).join('');

  const staff = Array.from({ length: 300 }, (_, index) => (index % 3 === 0 ? `${2000 + index}` : `agent-${index}`));
  const written = [
    () => `+316${digits(8)}`,
    () => `00316${digits(8)}`,
    () => `06${digits(8)}`,
    () => `+3120${digits(7)}`,
    () => `010${digits(7)}`,
    () => `+49${digits(10)}`,
    () => `+44${digits(10)}`,
    () => `+1${digits(10)}`,
  ];
  const customers = Array.from({ length: Math.max(1, Math.ceil(recordings / 4)) }, () =>
    written[whole(written.length)]!(),
  );

  database.pragma('synchronous = OFF');
  database.pragma('cache_size = -200000');
  const indexes = database
    .prepare(
      "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ('recordings', 'calls')",
    )
    .all() as { name: string; sql: string }[];
  const insert = database.prepare(
    `INSERT INTO recordings (id, call, purpose, purpose_name, level, may_open, rule, policy_version, policy_hash, announcement_hash,
       announced_at, recipients, caller, callee, direction, started_at, ended_at, end_reason, codecs, duration_ms, bytes, segments, gaps,
       lost, content_root, expires_at, traffic_expires_at, evidence_expires_at, locked_until, lock_ground)
     VALUES (?, ?, ?, ?, 'standard', '["custodian"]', 'all', 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'finished', '["PCMA"]', ?, ?, ?, 0, 0, ?, ?, ?, ?, 0, NULL)`,
  );
  const insertCall = database.prepare(
    `INSERT INTO calls (id, caller, callee, direction, started_at, talk_ms, status, recording, policy_hash, purpose, rule, expires_at)
     VALUES (?, ?, ?, ?, ?, ?, 200, ?, ?, ?, 'all', ?)`,
  );
  const insertPart = database.prepare('INSERT INTO party_parts VALUES (?, ?)');
  const recipients = JSON.stringify(['a'.repeat(40), 'b'.repeat(40)]);
  const [policyHash, announcementHash] = ['c'.repeat(64), 'd'.repeat(64)];
  const ids = Array.from({ length: recordings }, hex).sort();
  const gone: string[] = [];
  const parties = new Set<string>();
  const purposeAt = (share: number) => {
    let sum = 0;
    for (const purpose of generatedPurposes) {
      sum += purpose.share;
      if (share < sum) return purpose;
    }
    return generatedPurposes[0];
  };
  database.transaction(() => {
    for (const { name } of indexes) database.exec(`DROP INDEX ${name}`);
    ids.forEach((id, index) => {
      const purpose = purposeAt(random());
      const inbound = random() < 0.7;
      const customer = customers[whole(customers.length)]!;
      const agent = staff[whole(staff.length)]!;
      const caller = inbound ? customer : agent;
      const callee = inbound ? (random() < 0.7 ? MAIN_NUMBER : agent) : customer;
      // Spread evenly over the ids, so that what expires lies everywhere.
      const isExpired = Math.floor(((index + 1) * expired) / recordings) > Math.floor((index * expired) / recordings);
      const startedAt = now - (isExpired ? purpose.contentDays + 1 : 0) * DAY_MS - whole(SPAN_DAYS * DAY_MS) - 1;
      // Most calls are short, a few last an hour.
      const durationMs = Math.round(5000 + 180_000 * -Math.log(1 - random() * 0.999999));
      const { expiresAt, trafficExpiresAt, evidenceExpiresAt } = expiriesOf(startedAt, {
        contentDays: purpose.contentDays,
        trafficDays: purpose.contentDays + SPAN_DAYS,
        evidenceDays: purpose.contentDays + SPAN_DAYS,
        minimum: null,
      });
      const endedAt = startedAt + durationMs;
      const segments = Math.ceil(durationMs / 5000);
      const direction = inbound ? 'inbound' : 'outbound';
      insert.run(
        id,
        `call-${id}`,
        purpose.id,
        purpose.name,
        policyHash,
        announcementHash,
        startedAt,
        recipients,
        caller,
        callee,
        direction,
        startedAt,
        endedAt,
        durationMs,
        durationMs * 16,
        segments,
        id + id,
        expiresAt,
        trafficExpiresAt,
        evidenceExpiresAt,
      );
      if (calls)
        insertCall.run(
          `call-${id}`,
          caller,
          callee,
          direction,
          startedAt - (startedAt % 60_000),
          durationMs,
          id,
          policyHash,
          purpose.id,
          trafficExpiresAt,
        );
      parties.add(caller).add(callee);
      if (isExpired) gone.push(id);
    });
    const parts = [...parties].flatMap((party) => partsOf(party).map((part) => [part, party] as const));
    const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
    parts.sort((a, b) => compare(a[0], b[0]) || compare(a[1], b[1]));
    for (const [part, party] of parts) insertPart.run(part, party);
    for (const { sql } of indexes) database.exec(sql);
  })();
  database.pragma('wal_checkpoint(TRUNCATE)');
  database.close();
  return { expired: gone, parties: [...parties] };
}
