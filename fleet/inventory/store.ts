/** Messages of many boxes in one transaction. All decisions are pure functions; here the rows are read, changed and written. */
import type { FindingCode } from '@belkluis/shared/contract/finding-codes';
import type { Health } from '@belkluis/shared/contract/health';
import { type Presence, presenceAfter } from '@belkluis/shared/contract/presence';
import type { Reported } from '@belkluis/shared/contract/reported';
import { type Kysely, type SqlBool, sql } from 'kysely';
import type { AnyTables } from '../db/open.ts';
import { transact } from '../db/transact.ts';
import {
  type Findings,
  findingsAfterEvent,
  findingsAfterHealth,
  levelAt,
  levelRank,
  type Open,
  worstOf,
} from './findings-after.ts';
import type { Change, Fate, Heard } from './heard.ts';
import { storeHours } from './hours.ts';
import { CLOCK_SLACK_MS, HOUR_MS, OLDEST_BELIEVED_MS } from './limits.ts';
import { type Sequence, sequenceAfter } from './sequence.ts';
import type { InventoryTables, PolicyState } from './tables.ts';
import { rankOf, urgencyAt, urgencyOf } from './urgency.ts';

type Db = Kysely<InventoryTables>;
type Row<Name extends keyof InventoryTables> = InventoryTables[Name];

export interface Stored {
  /** Of each message, in their order. */
  readonly fates: readonly Fate[];
  readonly changes: readonly Change[];
}

/** When it was, unless the box's clock cannot be right; then when it came. */
const believed = (at: number, heardAt: number): number =>
  at <= heardAt + CLOCK_SLACK_MS && at >= heardAt - OLDEST_BELIEVED_MS ? at : heardAt;

const policyStateOf = ({ policy }: Reported): PolicyState => {
  if (policy.pending) return 'pending';
  if (policy.rejected) return 'rejected';
  return policy.applied ? 'applied' : 'none';
};

/** One box while the batch is gone through. */
interface Draft {
  readonly row: Row<'boxes'>;
  software: string | null;
  policyState: PolicyState | null;
  policyVersion: number | null;
  provenAt: number | null;
  diskDays: number | null;
  presence: Row<'box_presence'> | null;
  reported: Row<'box_reported'> | null;
  health: Row<'box_health'> | null;
  sequence: Sequence | null;
  skewMs: number | null;
  findings: Findings;
}

const byBox = <R extends { readonly box: string }>(rows: readonly R[]): Map<string, R> =>
  new Map(rows.map((row) => [row.box, row]));

async function readDrafts(db: Db, ids: readonly string[]): Promise<Map<string, Draft>> {
  const of = <
    Name extends 'box_clocks' | 'box_presence' | 'box_reported' | 'box_health' | 'box_sequences' | 'box_findings',
  >(
    name: Name,
  ) =>
    db
      .selectFrom(name as 'box_presence')
      .selectAll()
      .where('box', 'in', ids)
      .execute() as unknown as Promise<Row<Name>[]>;
  const boxes = await db.selectFrom('boxes').selectAll().where('id', 'in', ids).where('state', '=', 'active').execute();
  const presences = byBox(await of('box_presence'));
  const reports = byBox(await of('box_reported'));
  const healths = byBox(await of('box_health'));
  const sequences = byBox(await of('box_sequences'));
  const clocks = byBox(await of('box_clocks'));
  const findings = Map.groupBy(await of('box_findings'), ({ box }) => box);
  return new Map(
    boxes.map((row) => {
      const sequence = sequences.get(row.id);
      const open = (findings.get(row.id) ?? []).map(({ code, level, since }): [FindingCode, Open] => [
        code as FindingCode,
        { level: levelAt(level), since },
      ]);
      return [
        row.id,
        {
          row,
          software: row.software,
          policyState: row.policy_state,
          policyVersion: row.policy_version,
          provenAt: row.proven_at,
          diskDays: row.disk_days,
          presence: presences.get(row.id) ?? null,
          reported: reports.get(row.id) ?? null,
          health: healths.get(row.id) ?? null,
          sequence: sequence
            ? { ...sequence, saidAt: sequence.said_at, gaps: JSON.parse(sequence.gaps) as Sequence['gaps'] }
            : null,
          skewMs: clocks.get(row.id)?.skew_ms ?? null,
          findings: new Map(open),
        },
      ];
    }),
  );
}

/** As the contract has it, so far as the rule of what is so after it looks at it. */
const presenceOf = (row: Row<'box_presence'>): Presence => ({
  is: row.present,
  boot: row.boot,
  conn: row.conn,
  reads: row.reads,
  software: '',
  policyVersion: null,
});

function takePresence(draft: Draft, body: Presence, heardAt: number): void {
  const known = draft.presence;
  if (known && presenceAfter(presenceOf(known), body) !== body) return;
  const same = known?.present === body.is;
  draft.presence = {
    box: draft.row.id,
    present: body.is,
    boot: body.boot,
    conn: body.conn,
    reads: body.reads,
    since: same ? known.since : heardAt,
    gone: body.is === 'online' ? 0 : (known?.gone ?? 0),
  };
  // A will says what was so when its connection began.
  if (body.is === 'online') {
    draft.software = body.software;
    draft.policyVersion = body.policyVersion;
  }
}

function takeReported(draft: Draft, heard: Heard, body: Reported): void {
  const known = draft.reported;
  // One that was overtaken by its follower. A box that lost its count is newer by its clock, one whose clock was set back by its count.
  if (known && heard.seq <= known.seq && heard.ts <= known.said_at) return;
  draft.reported = {
    box: draft.row.id,
    seq: heard.seq,
    said_at: heard.ts,
    heard_at: heard.heardAt,
    document: JSON.stringify(body),
  };
  draft.software = body.software.version;
  draft.policyState = policyStateOf(body);
  draft.policyVersion = body.policy.applied?.version ?? null;
}

/** A sample that is the newest; `at`: when it was, as far as the box's clock is believed. */
function takeHealth(draft: Draft, said: Health, heardAt: number, at: number): void {
  const { recorded_hours_ago: recorded, test_call_hours_ago: tested, disk_days_left: room } = said.gauges;
  const hours = Math.min(recorded ?? Number.POSITIVE_INFINITY, tested ?? Number.POSITIVE_INFINITY);
  draft.health = { box: draft.row.id, until_at: said.until, heard_at: heardAt, document: JSON.stringify(said) };
  // To the hour, as the box tells it: then it changes once an hour and not with each sample.
  draft.provenAt = Number.isFinite(hours) ? (Math.floor(at / HOUR_MS) - hours) * HOUR_MS : null;
  draft.diskDays = room ?? null;
  draft.findings = findingsAfterHealth(draft.findings, said.findings, at);
}

/** Whether a health sample is of now: newer than the last, unless that one came out of the future. */
const isNewest = (known: Row<'box_health'> | null, until: number, heardAt: number): boolean =>
  !known || until > known.until_at || known.until_at > heardAt + CLOCK_SLACK_MS;

/**
 * Stores `batch`, in the order in which it came. The same message again changes nothing, so that several processes may hear the same boxes.
 * @throws what the database says; then nothing of it is stored.
 */
export function storeBatch(database: AnyTables, batch: readonly Heard[]): Promise<Stored> {
  return transact(database, async (whole) => {
    const db = whole.$extendTables<InventoryTables>();
    const drafts = await readDrafts(db, [...new Set(batch.map(({ box }) => box))]);
    const before = new Map([...drafts].map(([box, draft]) => [box, { ...draft }]));
    const fates = await storeIds(
      db,
      batch.map((heard) => (drafts.has(heard.box) ? heard : null)),
    );
    const fresh = batch.filter((_, at) => fates[at] === 'stored' || fates[at] === 'number_taken');
    await storeEvents(db, fresh);
    await storeHours(db, fresh);
    const raw = new Map<string, Row<'health_raw'>>();
    for (const heard of fresh) {
      const draft = drafts.get(heard.box)!;
      const { said, heardAt } = heard;
      if (heard.numbered) draft.sequence = sequenceAfter(draft.sequence, heard);
      draft.skewMs = heard.skewMs ?? draft.skewMs;
      if (said.kind === 'presence') takePresence(draft, said.body, heardAt);
      else if (said.kind === 'reported') takeReported(draft, heard, said.body);
      else if (said.kind === 'health') {
        const at = believed(said.body.until, heardAt);
        raw.set(`${heard.box} ${at}`, { box: heard.box, at, gauges: JSON.stringify(said.body.gauges) });
        if (isNewest(draft.health, said.body.until, heardAt)) takeHealth(draft, said.body, heardAt, at);
      } else if (said.kind === 'event' && said.body.is === 'finding') {
        // Of the same instant as a sample it is the later word: the box takes the sample first.
        if (isNewest(draft.health, heard.ts + 1, heardAt))
          draft.findings = findingsAfterEvent(draft.findings, said.body, believed(heard.ts, heardAt));
      }
    }
    if (raw.size > 0)
      await db
        .insertInto('health_raw')
        .values([...raw.values()])
        .onConflict((on) => on.doNothing())
        .execute();
    const changed = [...drafts.values()].map((draft) => ({ draft, was: before.get(draft.row.id)! }));
    await writeLast(db, changed);
    const changes = await writeStanding(db, changed);
    return { fates, changes };
  });
}

/** Notes the messages that were not there yet, and says of each how it is; null: its box is not known. */
async function storeIds(db: Db, batch: readonly (Heard | null)[]): Promise<readonly Fate[]> {
  const known = batch.filter((heard) => heard !== null);
  if (known.length === 0) return batch.map(() => 'unknown');
  const ids = sql.join(known.map(({ box, id }) => sql`(${box}, ${id})`));
  const seen = await db
    .selectFrom('box_messages')
    .select(['box', 'id', 'digest'])
    .where(sql<SqlBool>`(box, id) IN (VALUES ${ids})`)
    .execute();
  const digests = new Map(seen.map(({ box, id, digest }) => [`${box} ${id}`, digest]));
  const counted = known.filter(({ numbered }) => numbered);
  const numbers = sql.join(counted.map(({ box, seq }) => sql`(${box}, CAST(${seq} AS bigint))`));
  const taken =
    counted.length === 0
      ? []
      : await db
          .selectFrom('box_messages')
          .select(['box', 'number'])
          .where(sql<SqlBool>`(box, number) IN (VALUES ${numbers})`)
          .execute();
  const used = new Set(taken.map(({ box, number }) => `${box} ${number}`));
  const rows: Row<'box_messages'>[] = [];
  const fates = batch.map((heard): Fate => {
    if (!heard) return 'unknown';
    const { box, id, digest, seq, numbered, heardAt } = heard;
    const before = digests.get(`${box} ${id}`);
    if (before !== undefined) return before === digest ? 'seen' : 'changed';
    digests.set(`${box} ${id}`, digest);
    rows.push({ box, id, digest, number: numbered ? seq : null, heard_at: heardAt });
    if (!numbered) return 'stored';
    const number = `${box} ${seq}`;
    if (used.has(number)) return 'number_taken';
    used.add(number);
    return 'stored';
  });
  if (rows.length > 0) await db.insertInto('box_messages').values(rows).execute();
  return fates;
}

async function storeEvents(db: Db, batch: readonly Heard[]): Promise<void> {
  const rows: Row<'box_events'>[] = [];
  for (const { box, id, ts, heardAt, said } of batch) {
    if (said.kind !== 'event') continue;
    rows.push({ box, id, at: believed(ts, heardAt), heard_at: heardAt, document: JSON.stringify(said.body) });
  }
  if (rows.length === 0) return;
  await db
    .insertInto('box_events')
    .values(rows)
    .onConflict((on) => on.doNothing())
    .execute();
}

interface Changed {
  readonly draft: Draft;
  readonly was: Draft;
}

/** The rows that say what a box said last. */
async function writeLast(db: Db, changed: readonly Changed[]): Promise<void> {
  const pick = <Key extends 'presence' | 'reported' | 'health' | 'sequence'>(key: Key) =>
    changed.filter(({ draft, was }) => draft[key] !== was[key] && draft[key] !== null).map(({ draft }) => draft);
  const presences = pick('presence').map(({ presence }) => presence!);
  if (presences.length > 0)
    await db
      .insertInto('box_presence')
      .values(presences)
      .onConflict((on) =>
        on.column('box').doUpdateSet(({ ref }) => ({
          present: ref('excluded.present'),
          boot: ref('excluded.boot'),
          conn: ref('excluded.conn'),
          reads: ref('excluded.reads'),
          since: ref('excluded.since'),
          gone: ref('excluded.gone'),
        })),
      )
      .execute();
  const reports = pick('reported').map(({ reported }) => reported!);
  if (reports.length > 0)
    await db
      .insertInto('box_reported')
      .values(reports)
      .onConflict((on) =>
        on.column('box').doUpdateSet(({ ref }) => ({
          seq: ref('excluded.seq'),
          said_at: ref('excluded.said_at'),
          heard_at: ref('excluded.heard_at'),
          document: ref('excluded.document'),
        })),
      )
      .execute();
  const healths = pick('health').map(({ health }) => health!);
  if (healths.length > 0)
    await db
      .insertInto('box_health')
      .values(healths)
      .onConflict((on) =>
        on.column('box').doUpdateSet(({ ref }) => ({
          until_at: ref('excluded.until_at'),
          heard_at: ref('excluded.heard_at'),
          document: ref('excluded.document'),
        })),
      )
      .execute();
  const clocks = changed.filter(({ draft, was }) => draft.skewMs !== was.skewMs).map(({ draft }) => draft);
  if (clocks.length > 0)
    await db
      .insertInto('box_clocks')
      .values(clocks.map(({ row, skewMs }) => ({ box: row.id, skew_ms: skewMs! })))
      .onConflict((on) => on.column('box').doUpdateSet(({ ref }) => ({ skew_ms: ref('excluded.skew_ms') })))
      .execute();
  const sequences = pick('sequence').map(({ row, sequence }) => ({
    box: row.id,
    last: sequence!.last,
    said_at: sequence!.saidAt,
    gaps: JSON.stringify(sequence!.gaps),
    forgotten: sequence!.forgotten,
    restarts: sequence!.restarts,
  }));
  if (sequences.length > 0)
    await db
      .insertInto('box_sequences')
      .values(sequences)
      .onConflict((on) =>
        on.column('box').doUpdateSet(({ ref }) => ({
          last: ref('excluded.last'),
          said_at: ref('excluded.said_at'),
          gaps: ref('excluded.gaps'),
          forgotten: ref('excluded.forgotten'),
          restarts: ref('excluded.restarts'),
        })),
      )
      .execute();
}

type Listed = Pick<
  Row<'boxes'>,
  'urgency' | 'software' | 'policy_state' | 'policy_version' | 'proven_at' | 'disk_days' | 'measured'
>;

/** Boxes that are to be listed alike in one statement: when all of them come back, or get a policy, that is how most of a batch are. */
async function writeListed(db: Db, listed: ReadonlyMap<string, Listed>): Promise<void> {
  for (const alike of Map.groupBy(listed, ([, lists]) => JSON.stringify(lists)).values()) {
    const boxes = alike.map(([box]) => box);
    await db.updateTable('boxes').set(alike[0]![1]).where('id', 'in', boxes).execute();
  }
}

/** Open findings, of few boxes in a batch, and the order of lists. What changed. */
async function writeStanding(db: Db, changed: readonly Changed[]): Promise<Change[]> {
  const changes: Change[] = [];
  const listed = new Map<string, Listed>();
  for (const { draft, was } of changed) {
    const { row, findings, software, policyState, policyVersion, provenAt, diskDays } = draft;
    const raised = [...findings].filter(([code, { level }]) => was.findings.get(code)?.level !== level);
    const cleared = [...was.findings.keys()].filter((code) => !findings.has(code));
    if (cleared.length > 0)
      await db.deleteFrom('box_findings').where('box', '=', row.id).where('code', 'in', cleared).execute();
    if (raised.length > 0)
      await db
        .insertInto('box_findings')
        .values(raised.map(([code, { level, since }]) => ({ box: row.id, code, level: levelRank(level), since })))
        .onConflict((on) => on.columns(['box', 'code']).doUpdateSet(({ ref }) => ({ level: ref('excluded.level') })))
        .execute();
    const urgency = rankOf(
      urgencyOf({
        state: row.state,
        heard: draft.presence !== null || draft.health !== null,
        gone: draft.presence?.gone === 1,
        worst: worstOf(findings),
      }),
    );
    const said = { software, policy_state: policyState, policy_version: policyVersion };
    const measured = draft.health === null ? 0 : 1;
    const lists = { urgency, ...said, proven_at: provenAt, disk_days: diskDays, measured };
    if (Object.entries(lists).some(([name, value]) => row[name as keyof typeof lists] !== value))
      listed.set(row.id, lists);
    if (urgency === row.urgency && raised.length === 0 && cleared.length === 0) continue;
    changes.push({
      box: row.id,
      msp: row.msp,
      customer: row.customer,
      site: row.site,
      before: urgencyAt(row.urgency),
      after: urgencyAt(urgency),
      raised: raised.map(([code]) => code),
      cleared,
    });
  }
  await writeListed(db, listed);
  return changes;
}

/**
 * Marks those as gone whose goodbye is older than `before`, by the fleet's clock, and says which. Called every few seconds, by each process.
 */
export function settleGone(database: AnyTables, before: number): Promise<readonly Change[]> {
  return transact(database, async (whole) => {
    const db = whole.$extendTables<InventoryTables>();
    const rows = await db
      .updateTable('box_presence')
      .set({ gone: 1 })
      .where('gone', '=', 0)
      .where('present', '<>', 'online')
      .where('since', '<=', before)
      .returning('box')
      .execute();
    if (rows.length === 0) return [];
    const drafts = await readDrafts(
      db,
      rows.map(({ box }) => box),
    );
    return writeStanding(
      db,
      [...drafts.values()].map((draft) => ({ draft, was: draft })),
    );
  });
}

/**
 * Takes the word of all who are online back, as of `since`: after the embedded broker was down nobody's will is told. Who connects again says
 * so itself before the grace ends, when `since` leaves it the time.
 */
export async function presumeGone(database: AnyTables, since: number): Promise<void> {
  await database
    .$extendTables<InventoryTables>()
    .updateTable('box_presence')
    .set({ present: 'offline', since })
    .where('present', '=', 'online')
    .execute();
}
