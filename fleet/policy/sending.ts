/**
 * Policies on their way to the broker, and back. Whoever sends claims rows first, so that of two processes one does it; what a claim outlives is
 * taken to be of a process that died, and is sent again: the same message. Nothing of a box is sent while something of it is still to be taken back.
 */
import { type Desired, desiredSchema } from '@belkluis/shared/contract/desired';
import type { ExpressionBuilder } from 'kysely';
import { wanted } from './answers.ts';
import { SEND_AGAIN_MS, SEND_BATCH } from './limits.ts';
import type { Look } from './look.ts';
import { agreementsOnce, type Db, type Parts, type Tables, tryJson, view, within } from './parts.ts';
import type { PolicyTables, SignedState } from './tables.ts';

/** Hands a policy to the broker, retained; null: nothing is wanted of the box any more. Resolves when the broker has it. */
export type Send = (box: string, policy: Desired | null) => Promise<void>;

export interface Wanted {
  readonly version: number;
  readonly policy: Desired;
}

type Row = PolicyTables['policy_signed'];
type Key = Pick<Row, 'box' | 'version'>;
type Values = Partial<Pick<Row, 'state' | 'why' | 'claimed_at' | 'sent_at' | 'answered_at'>>;

/** No process is at it: none has begun, or the one that has died. */
const unclaimed = (now: number) => (is: ExpressionBuilder<Tables, 'policy_signed'>) =>
  is.or([is('policy_signed.claimed_at', 'is', null), is('policy_signed.claimed_at', '<', now - SEND_AGAIN_MS)]);

export function openSending({
  look: { lookIn },
  ...parts
}: Pick<Parts, 'database' | 'clock' | 'agreementOf'> & { readonly look: Pick<Look, 'lookIn'> }) {
  const { database, clock } = parts;
  const db = view(database);

  /** Those of these rows that are in one of `states`, a statement for each version. How many there were. */
  async function change(on: Db, rows: readonly Key[], states: readonly SignedState[], values: Values, claim?: number) {
    let count = 0;
    for (const [version, some] of Map.groupBy(rows, (row) => row.version)) {
      let query = on
        .updateTable('policy_signed')
        .set(values)
        .where('version', '=', version)
        .where(
          'box',
          'in',
          some.map(({ box }) => box),
        )
        .where('state', 'in', states);
      if (claim !== undefined) query = query.where('claimed_at', '=', claim);
      count += Number((await query.executeTakeFirst()).numUpdatedRows);
    }
    return count;
  }

  /** What is due, claimed. */
  const claimDue = () =>
    within(database, async (tx) => {
      const now = clock.now();
      const rows = await tx
        .selectFrom('policy_signed')
        .innerJoin('boxes', 'boxes.id', 'policy_signed.box')
        .leftJoin('policy_rollouts', 'policy_rollouts.id', 'policy_signed.rollout')
        .select(['policy_signed.box', 'version', 'envelope', 'boxes.site', 'boxes.customer'])
        .where('policy_signed.state', 'in', ['due', 'sending'])
        .where(unclaimed(now))
        // One that is done has boxes that were away: theirs are renewed.
        .where(({ or, eb }) => or([eb('rollout', 'is', null), eb('policy_rollouts.state', 'in', ['running', 'done'])]))
        .where('boxes.state', '=', 'active')
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('policy_signed as back')
                .select('back.box')
                .whereRef('back.box', '=', 'policy_signed.box')
                .where('back.state', '=', 'withdraw'),
            ),
          ),
        )
        .limit(SEND_BATCH)
        .execute();
      await change(tx, rows, ['due', 'sending'], { state: 'sending', claimed_at: now });
      return rows;
    });

  /** The broker has got these. What was cancelled meanwhile may have come there after it was taken back: it is taken back once more. */
  const backAgain = (rows: readonly Key[]) =>
    change(db, rows, ['withdraw', 'cancelled'], { state: 'withdraw', claimed_at: null });

  /** The broker has these. Who has answered meanwhile is further. */
  async function markSent(rows: readonly Key[]): Promise<void> {
    const marked = await change(db, rows, ['sending'], { state: 'sent', sent_at: clock.now(), claimed_at: null });
    if (marked < rows.length) await backAgain(rows);
  }

  /** Sends a batch of what is due. Whether there may be more. */
  async function sendDue(send: Send): Promise<boolean> {
    const rows = await claimDue();
    const agreementOf = agreementsOnce(parts);
    const sent: Key[] = [];
    const failed: (Key & { readonly why: string })[] = [];
    const sending: (typeof rows)[number][] = [];
    for (const row of rows) {
      const { state } = await agreementOf(row);
      if (state === 'valid') sending.push(row);
      else failed.push({ ...row, why: `agreement_${state}` });
    }
    const sendOne = async (row: (typeof rows)[number]): Promise<void> => {
      try {
        await send(row.box, JSON.parse(row.envelope) as Desired);
        sent.push(row);
      } catch (error) {
        // Somebody changed what was signed into what is no message; anything else comes again.
        if (!(error instanceof RangeError) && !(error instanceof SyntaxError)) throw error;
        failed.push({ ...row, why: 'unsendable' });
      }
    };
    // Not one after another: a broker beside the fleet answers each behind all that boxes say meanwhile.
    await Promise.all(sending.map(sendOne));
    await markSent(sent);
    for (const [why, some] of Map.groupBy(failed, (row) => row.why))
      await within(database, async (tx, whole) => {
        const values = { state: 'failed', why, answered_at: clock.now(), claimed_at: null } as const;
        await change(tx, some, ['sending'], values);
        await change(tx, some, ['withdraw'], { claimed_at: null });
        await lookIn(
          tx,
          whole,
          some.map(({ box }) => box),
        );
      });
    return rows.length === SEND_BATCH;
  }

  /** What was cancelled, claimed. What another process is sending at this moment comes first: it would arrive after it was taken back. */
  const claimBack = (claim: number) =>
    within(database, async (tx) => {
      const rows = await tx
        .selectFrom('policy_signed')
        .select(['box', 'version'])
        .where('state', '=', 'withdraw')
        .where(unclaimed(claim))
        .limit(SEND_BATCH)
        .execute();
      await change(tx, rows, ['withdraw'], { claimed_at: claim });
      return rows;
    });

  /** Takes a batch of what was cancelled back from the broker. Whether there may be more. */
  async function takeBack(send: Send): Promise<boolean> {
    const claim = clock.now();
    const rows = await claimBack(claim);
    if (rows.length === 0) return false;
    await Promise.all(rows.map(({ box }) => send(box, null)));
    await within(database, async (tx, whole) => {
      await change(tx, rows, ['withdraw'], { state: 'cancelled', claimed_at: null }, claim);
      await lookIn(
        tx,
        whole,
        rows.map(({ box }) => box),
      );
    });
    return rows.length === SEND_BATCH;
  }

  return {
    sendDue,
    takeBack,

    /** What is wanted of a box when it comes; null: nothing, or nothing may be sent, or it is no message any more. */
    async wanted(box: string): Promise<Wanted | null> {
      const newest = await db
        .selectFrom('policy_signed')
        .innerJoin('boxes', 'boxes.id', 'policy_signed.box')
        .leftJoin('policy_rollouts', 'policy_rollouts.id', 'policy_signed.rollout')
        .select(['version', 'envelope', 'boxes.site'])
        .where('box', '=', box)
        .where('policy_signed.state', 'in', wanted)
        // Of one that was cancelled a box keeps what it has; nobody gets it any more.
        .where(({ or, eb }) =>
          or([
            eb('rollout', 'is', null),
            eb('policy_rollouts.state', '<>', 'cancelled'),
            eb('policy_signed.state', '=', 'applied'),
          ]),
        )
        .orderBy('version', 'desc')
        .limit(1)
        .executeTakeFirst();
      const policy = newest && desiredSchema.safeParse(tryJson(newest.envelope)).data;
      if (!policy || (await parts.agreementOf(newest.site)).state !== 'valid') return null;
      return { version: newest.version, policy };
    },

    /** The broker has got what was wanted of a box that came. */
    async answered(box: string, version: number): Promise<void> {
      await backAgain([{ box, version }]);
    },
  };
}
