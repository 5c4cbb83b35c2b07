/** What boxes have said of their policies, read out of the inventory: how far each policy is, and how each box stands. */
import type { Reported } from '@belkluis/shared/contract/reported';
import type { AnyTables } from '../db/open.ts';
import { answerOf, live, standingOf } from './answers.ts';
import { FLEET, type PolicyEvent } from './events.ts';
import { ROWS_AT_ONCE, SIGNED_KEPT } from './limits.ts';
import { type Db, type Parts, view, within } from './parts.ts';
import type { PolicyTables } from './tables.ts';

type Row = PolicyTables['policy_signed'];
type Answer = Pick<Row, 'state' | 'why'>;

/** Those who answered the same in one statement. */
async function storeAnswers(on: Db, answered: readonly (Pick<Row, 'box' | 'version'> & Answer)[], now: number) {
  const alike = Map.groupBy(answered, ({ version, state, why }) => JSON.stringify([version, state, why]));
  for (const some of alike.values()) {
    const { version, state, why } = some[0]!;
    const boxes = some.map(({ box }) => box);
    await on
      .updateTable('policy_signed')
      .set({ state, why, answered_at: now })
      .where('box', 'in', boxes)
      .where('version', '=', version)
      .execute();
  }
}

async function storeStandings(on: Db, rows: readonly PolicyTables['policy_standing'][]): Promise<void> {
  if (rows.length === 0) return;
  await on
    .insertInto('policy_standing')
    .values(rows)
    .onConflict((conflict) =>
      conflict.column('box').doUpdateSet(({ ref }) => ({
        state: ref('excluded.state'),
        version: ref('excluded.version'),
        hash: ref('excluded.hash'),
        why: ref('excluded.why'),
        since: ref('excluded.since'),
        report_at: ref('excluded.report_at'),
      })),
    )
    .execute();
}

export function openLook({ database, clock, append }: Pick<Parts, 'database' | 'clock' | 'append'>) {
  const db = view(database);

  /** The policy of the highest version that counts, of each of these boxes. */
  async function newestOf(
    on: Db,
    boxes: readonly string[],
  ): Promise<Map<string, Pick<Row, 'box' | 'version' | 'msp' | 'hash' | 'state' | 'why'>>> {
    const rows = await on
      .selectFrom('policy_signed')
      .select(['box', 'version', 'msp', 'hash', 'state', 'why'])
      .where('box', 'in', boxes)
      .where('state', 'in', live)
      .orderBy('version')
      .execute();
    return new Map(rows.map((row) => [row.box, row]));
  }

  /** What these boxes refused and nobody signed here. */
  async function alteredOf(on: Db, reports: readonly { readonly box: string; readonly document: string }[]) {
    const refused = reports.flatMap(({ box, document }) => {
      const { rejected } = (JSON.parse(document) as Reported).policy;
      return rejected ? [{ box, ...rejected }] : [];
    });
    const found = new Map<
      string,
      { readonly msp: string; readonly version: number; readonly hash: string; readonly why: string }
    >();
    if (refused.length === 0) return found;
    const boxes = refused.map(({ box }) => box);
    const signed = await on
      .selectFrom('policy_signed')
      .select(['box', 'version', 'hash'])
      .where('box', 'in', boxes)
      .execute();
    const owners = await on.selectFrom('boxes').select(['id', 'msp']).where('id', 'in', boxes).execute();
    for (const { box, version, hash, why } of refused) {
      const mine = signed.filter((row) => row.box === box);
      // Older ones are not kept.
      const isOld = version <= Math.max(0, ...mine.map((row) => row.version)) - SIGNED_KEPT;
      if (isOld || mine.some((row) => row.hash === hash)) continue;
      found.set(box, { msp: owners.find(({ id }) => id === box)!.msp, version, hash, why });
    }
    return found;
  }

  /** Some statements for all of these boxes, however many: many answer at once, and a database beside the fleet takes its time for each. */
  async function lookIn(on: Db, whole: AnyTables, asked: readonly string[]): Promise<void> {
    const boxes = [...new Set(asked)];
    const newest = await newestOf(on, boxes);
    const reported = await on.selectFrom('box_reported').selectAll().where('box', 'in', boxes).execute();
    const standing = await on.selectFrom('policy_standing').selectAll().where('box', 'in', boxes).execute();
    const altered = await alteredOf(on, reported);
    const reports = new Map(reported.map((row) => [row.box, row]));
    const standings = new Map(standing.map((row) => [row.box, row]));
    const now = clock.now();
    const answered: (Pick<Row, 'box' | 'version'> & Answer)[] = [];
    const events: PolicyEvent[] = [];
    const rows: PolicyTables['policy_standing'][] = [];
    const over: string[] = [];
    for (const box of boxes) {
      const report = reports.get(box);
      const said = report ? (JSON.parse(report.document) as Reported).policy : null;
      const row = newest.get(box);
      const before = standings.get(box);
      const forged = altered.get(box);
      if (!row && !forged) {
        if (before) over.push(box);
        continue;
      }
      const { version, hash, msp } = row ?? forged!;
      const answer = row && (said ? answerOf(row, said) : { state: row.state, why: row.why });
      if (answer && (answer.state !== row.state || answer.why !== row.why)) answered.push({ box, version, ...answer });
      const state = standingOf(answer ? { ...answer, hash } : null, said, forged !== undefined);
      const why = forged ? forged.why : (answer?.why ?? null);
      const isNew = before?.state !== state || before.version !== version || before.why !== why;
      if (isNew && state !== 'waiting' && state !== 'none')
        events.push({ kind: 'box_policy', actor: FLEET, facts: { msp, box, version, state, why } });
      const since = isNew ? now : before!.since;
      rows.push({ box, state, version, hash, why, since, report_at: report?.heard_at ?? null });
    }
    if (over.length > 0) await on.deleteFrom('policy_standing').where('box', 'in', over).execute();
    await storeAnswers(on, answered, now);
    if (events.length > 0) await append(events, whole);
    await storeStandings(on, rows);
  }

  /** These have reported, and the inventory has it. */
  async function look(boxes: readonly string[]): Promise<void> {
    if (boxes.length > 0) await within(database, (tx, whole) => lookIn(tx, whole, boxes));
  }

  /** Looks at reports that nobody has looked at: of before this process, or of another one. Whether there may be more. */
  async function sweep(): Promise<boolean> {
    const rows = await db
      .selectFrom('policy_standing')
      .innerJoin('box_reported', 'box_reported.box', 'policy_standing.box')
      .select('policy_standing.box')
      .where(({ or, eb, ref }) => or([eb('report_at', 'is', null), eb('report_at', '<>', ref('heard_at'))]))
      .limit(ROWS_AT_ONCE)
      .execute();
    await look(rows.map(({ box }) => box));
    return rows.length === ROWS_AT_ONCE;
  }

  return { lookIn, look, sweep };
}

export type Look = ReturnType<typeof openLook>;
