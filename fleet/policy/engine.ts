/**
 * What the process does for policies: sends them, looks at what boxes report, moves rollouts, signs anew what is about to expire. Everything is in the
 * database: killed at any moment, or in two processes at once, it goes on, and what is sent twice is the same message.
 */

import { Problem } from '@belkluis/shared/base/problem';
import type { Desired } from '@belkluis/shared/contract/desired';
import type { Reported } from '@belkluis/shared/contract/reported';
import type { AnyTables } from '../db/open.ts';
import { answerOf, live, standingOf, wanted } from './answers.ts';
import { FLEET, type PolicyEvent } from './events.ts';
import type { PolicyKeys } from './keys.ts';
import { ANSWER_WITHIN_MS, RENEW_BEFORE_MS, ROWS_AT_ONCE, SEND_AGAIN_MS, SEND_BATCH, SIGNED_KEPT } from './limits.ts';
import { type Agreement, type Db, type Parts, view, within } from './parts.ts';
import { move, signAgain } from './progress.ts';
import type { PolicyTables } from './tables.ts';

/** Hands a policy to the broker, retained; null: nothing is wanted of the box any more. Resolves when the broker has it. */
export type Send = (box: string, policy: Desired | null) => Promise<void>;

export interface Wanted {
  readonly version: number;
  readonly policy: Desired;
}

type Row = PolicyTables['policy_signed'];
type Answer = Pick<Row, 'state' | 'why'>;

/** Refusals that say that the box has another policy than the one that was followed: the same, to follow that one, may be taken. */
const OVERTAKEN = ['policy_out_of_order', 'policy_rollback', 'policy_expired'];

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

export function openEngine({ database, clock, append, agreementOf, keys }: Parts & { readonly keys: PolicyKeys }) {
  const db = view(database);

  /** The policy of the highest version that counts, of each of these boxes. */
  async function newestOf(on: Db, boxes: readonly string[]): Promise<Map<string, Omit<Row, 'envelope'>>> {
    const rows = await on
      .selectFrom('policy_signed')
      .select(['box', 'version', 'msp', 'hash', 'body', 'previous', 'foundation', 'rollout', 'ring', 'state', 'why'])
      .select(['signed_by', 'signed_at', 'expires_at', 'claimed_at', 'sent_at', 'answered_at'])
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

  /** Rows of which a process has said that it sends them: another one leaves them alone for a while. */
  async function claimed(): Promise<
    readonly (Pick<Row, 'box' | 'version' | 'envelope'> & { site: string; customer: string })[]
  > {
    return within(database, async (tx) => {
      const now = clock.now();
      const rows = await tx
        .selectFrom('policy_signed')
        .innerJoin('boxes', 'boxes.id', 'policy_signed.box')
        .leftJoin('policy_rollouts', 'policy_rollouts.id', 'policy_signed.rollout')
        .select(['policy_signed.box', 'version', 'envelope', 'boxes.site', 'boxes.customer'])
        .where(({ or, and, eb }) =>
          or([
            eb('policy_signed.state', '=', 'due'),
            and([eb('policy_signed.state', '=', 'sending'), eb('claimed_at', '<', now - SEND_AGAIN_MS)]),
          ]),
        )
        .where(({ or, eb }) => or([eb('rollout', 'is', null), eb('policy_rollouts.state', '=', 'running')]))
        .where('boxes.state', '=', 'active')
        .limit(SEND_BATCH)
        .execute();
      if (rows.length > 0)
        await tx
          .updateTable('policy_signed')
          .set({ state: 'sending', claimed_at: now })
          .where(
            'box',
            'in',
            rows.map(({ box }) => box),
          )
          .where('state', 'in', ['due', 'sending'])
          .execute();
      return rows;
    });
  }

  const mark = (rows: readonly string[], state: 'sent' | 'failed', why: string | null) =>
    rows.length === 0
      ? Promise.resolve()
      : db
          .updateTable('policy_signed')
          .set(state === 'sent' ? { state, sent_at: clock.now() } : { state, why, answered_at: clock.now() })
          .where('box', 'in', rows)
          // Who has answered meanwhile is further.
          .where('state', '=', 'sending')
          .execute()
          .then(() => {});

  /** Sends a batch of what is due. Whether there may be more. */
  async function sendDue(send: Send): Promise<boolean> {
    const rows = await claimed();
    const agreements = new Map<string, Agreement>();
    const failed = new Map<string, string[]>();
    const sent: string[] = [];
    const fail = (box: string, why: string) => failed.set(why, [...(failed.get(why) ?? []), box]);
    const sendOne = async (box: string, envelope: string): Promise<void> => {
      try {
        await send(box, JSON.parse(envelope) as Desired);
        sent.push(box);
      } catch (error) {
        // Somebody changed what was signed into what is no message; anything else comes again.
        if (!(error instanceof RangeError) && !(error instanceof SyntaxError)) throw error;
        fail(box, 'unsendable');
      }
    };
    const sending: (readonly [box: string, envelope: string])[] = [];
    for (const { box, envelope, site, customer } of rows) {
      const agreement = agreements.get(customer) ?? (await agreementOf(site));
      agreements.set(customer, agreement);
      if (agreement.state === 'valid') sending.push([box, envelope]);
      else fail(box, `agreement_${agreement.state}`);
    }
    // Not one after another: a broker beside the fleet answers each behind all that boxes say meanwhile.
    await Promise.all(sending.map((one) => sendOne(...one)));
    await mark(sent, 'sent', null);
    for (const [why, boxes] of failed) {
      await mark(boxes, 'failed', why);
      await within(database, (tx, whole) => lookIn(tx, whole, boxes));
    }
    return rows.length === SEND_BATCH;
  }

  /** Takes back from the broker what was cancelled. */
  async function withdraw(send: Send): Promise<boolean> {
    const rows = await db
      .selectFrom('policy_signed')
      .select(['box', 'version'])
      .where('state', '=', 'withdraw')
      .limit(SEND_BATCH)
      .execute();
    for (const { box } of rows) await send(box, null);
    if (rows.length === 0) return false;
    const boxes = rows.map(({ box }) => box);
    await within(database, async (tx, whole) => {
      await tx
        .updateTable('policy_signed')
        .set({ state: 'cancelled' })
        .where('box', 'in', boxes)
        .where('state', '=', 'withdraw')
        .execute();
      await lookIn(tx, whole, boxes);
    });
    return rows.length === SEND_BATCH;
  }

  /** Boxes that are connected, and do not answer. */
  async function findSilent(): Promise<void> {
    const before = clock.now() - ANSWER_WITHIN_MS;
    const rows = await db
      .selectFrom('policy_signed')
      .innerJoin('box_presence', 'box_presence.box', 'policy_signed.box')
      .select('policy_signed.box')
      .where('state', '=', 'sent')
      .where('sent_at', '<', before)
      .where('present', '=', 'online')
      .where('since', '<', before)
      .limit(ROWS_AT_ONCE)
      .execute();
    if (rows.length === 0) return;
    const boxes = rows.map(({ box }) => box);
    await within(database, async (tx, whole) => {
      await tx
        .updateTable('policy_signed')
        .set({ state: 'failed', why: 'no_answer', answered_at: clock.now() })
        .where('box', 'in', boxes)
        .where('state', '=', 'sent')
        .execute();
      await lookIn(tx, whole, boxes);
    });
  }

  async function moveAll(): Promise<void> {
    const running = await db.selectFrom('policy_rollouts').select('id').where('state', '=', 'running').execute();
    const input = { kind: 'tick', now: clock.now() } as const;
    const by = {
      append,
      actor: FLEET,
      resigner: (): never => {
        throw new Error('a tick signs nothing');
      },
    };
    for (const { id } of running)
      await within(database, async (tx, whole) => {
        const row = await tx.selectFrom('policy_rollouts').selectAll().where('id', '=', id).executeTakeFirst();
        if (row) await move(tx, whole, row, input, by);
      }).catch((error: unknown) => {
        // Another process moved it at this moment.
        if (!(error instanceof Problem && error.code === 'rollout_changed')) throw error;
      });
  }

  /** Signs anew and says how many. Of one MSP in one go, for they have one key. */
  async function renewRows(rows: readonly Row[], keepRollout: boolean): Promise<void> {
    const now = clock.now();
    for (const [msp, mine] of Map.groupBy(rows, (row) => row.msp)) {
      const signers = await keys.signers(msp, FLEET);
      await within(database, async (tx, whole) => {
        const boxes = await signAgain(tx, mine, { signers, now }, FLEET, keepRollout);
        if (boxes > 0) await append({ kind: 'policies_renewed', actor: FLEET, facts: { msp, boxes } }, whole);
      });
    }
  }

  async function withAgreement(rows: readonly (Row & { site: string; customer: string })[]): Promise<readonly Row[]> {
    const agreements = new Map<string, Agreement>();
    const kept: Row[] = [];
    for (const { site, customer, ...row } of rows) {
      const agreement = agreements.get(customer) ?? (await agreementOf(site));
      agreements.set(customer, agreement);
      if (agreement.state === 'valid') kept.push(row);
    }
    return kept;
  }

  const newestRows = () =>
    db
      .selectFrom('policy_signed')
      .innerJoin('policy_standing', (join) =>
        join
          .onRef('policy_standing.box', '=', 'policy_signed.box')
          .onRef('policy_standing.version', '=', 'policy_signed.version'),
      )
      .innerJoin('boxes', 'boxes.id', 'policy_signed.box')
      .selectAll('policy_signed')
      .select(['boxes.site', 'boxes.customer'])
      .where('boxes.state', '=', 'active');

  return {
    /** What is wanted of a box when it comes; null: nothing, or nothing may be sent. */
    async wanted(box: string): Promise<Wanted | null> {
      const row = await db
        .selectFrom('policy_signed')
        .innerJoin('boxes', 'boxes.id', 'policy_signed.box')
        .select(['version', 'envelope', 'policy_signed.state', 'boxes.site'])
        .where('box', '=', box)
        .where('policy_signed.state', 'in', live)
        .orderBy('version', 'desc')
        .limit(5)
        .execute();
      const newest = row.find(({ state }) => (wanted as readonly string[]).includes(state));
      if (!newest || (await agreementOf(newest.site)).state !== 'valid') return null;
      return { version: newest.version, policy: JSON.parse(newest.envelope) as Desired };
    },

    /** These have reported, and the inventory has it. */
    async look(boxes: readonly string[]): Promise<void> {
      if (boxes.length > 0) await within(database, (tx, whole) => lookIn(tx, whole, boxes));
    },

    /** Looks at reports that nobody has looked at: of before this process, or of another one. Whether there may be more. */
    async sweep(): Promise<boolean> {
      const rows = await db
        .selectFrom('policy_standing')
        .innerJoin('box_reported', 'box_reported.box', 'policy_standing.box')
        .select('policy_standing.box')
        .where(({ or, eb, ref }) => or([eb('report_at', 'is', null), eb('report_at', '<>', ref('heard_at'))]))
        .limit(ROWS_AT_ONCE)
        .execute();
      await this.look(rows.map(({ box }) => box));
      return rows.length === ROWS_AT_ONCE;
    },

    /** One round: rollouts move, what is due is sent, what was cancelled is taken back. Whether there is more to send at once. */
    async step(send: Send): Promise<boolean> {
      await findSilent();
      await moveAll();
      const more = await sendDue(send);
      return (await withdraw(send)) || more;
    },

    /**
     * Signs anew what would expire before its box comes, and what a box refused because it has a policy of ours that it got meanwhile. What a person there
     * is deciding on is left alone. Whether there may be more. @throws Problem `policy_key_elsewhere`.
     */
    async renew(): Promise<boolean> {
      const expiring = await newestRows()
        .where('policy_signed.state', 'in', ['sent', 'applied'])
        .where('policy_standing.state', 'in', ['waiting', 'applied'])
        .where('policy_signed.expires_at', '<', clock.now() + RENEW_BEFORE_MS)
        .limit(SEND_BATCH)
        .execute();
      await renewRows(await withAgreement(expiring), false);
      const overtaken = await newestRows()
        .where('policy_signed.state', '=', 'rejected')
        .where('policy_signed.why', 'in', OVERTAKEN)
        .where(({ exists, selectFrom }) =>
          exists(
            selectFrom('policy_signed as ours')
              .select('ours.box')
              .whereRef('ours.box', '=', 'policy_signed.box')
              .where('ours.state', '=', 'applied')
              .whereRef('ours.version', '<', 'policy_signed.version')
              .whereRef('ours.hash', '<>', 'policy_signed.previous'),
          ),
        )
        .limit(SEND_BATCH)
        .execute();
      await renewRows(await withAgreement(overtaken), true);
      return expiring.length === SEND_BATCH;
    },

    /** Erases signed policies that nobody needs: what is in force, and the newest of each box, stay. */
    async forget(): Promise<void> {
      await db
        .deleteFrom('policy_signed')
        .where('state', 'in', ['superseded', 'renewed', 'cancelled', 'rejected', 'failed', 'applied'])
        .where(({ eb, selectFrom }) =>
          eb(
            'version',
            '<=',
            selectFrom('policy_signed as newer')
              .select(({ fn, eb: inner }) => inner(fn.max('newer.version'), '-', SIGNED_KEPT).as('floor'))
              .whereRef('newer.box', '=', 'policy_signed.box'),
          ),
        )
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('policy_signed as last')
                .select('last.box')
                .whereRef('last.box', '=', 'policy_signed.box')
                .where('last.state', '=', 'applied')
                .groupBy('last.box')
                .having(({ eb, fn, ref }) => eb(fn.max('last.version'), '=', ref('policy_signed.version'))),
            ),
          ),
        )
        .execute();
    },
  };
}
