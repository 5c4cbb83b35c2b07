/** A rollout in the database: read, moved one step by the pure machine, and written where nobody else moved it meanwhile. */
import type { AnyTables } from '../db/open.ts';
import { type Append, FLEET } from './events.ts';
import type { Db } from './parts.ts';
import { problem } from './problems.ts';
import { type Effect, type Input, type Progress, type Ring, type RingCount, step } from './rings.ts';
import { type Resigner, signAgain } from './sign-again.ts';
import type { PolicyTables, SignedState } from './tables.ts';

export type RolloutRow = PolicyTables['policy_rollouts'];

export const ringsOf = ({ rings }: Pick<RolloutRow, 'rings'>): readonly Ring[] => JSON.parse(rings) as Ring[];

const progressOf = (row: RolloutRow): Progress => ({
  state: row.state,
  ring: row.ring,
  openedAt: row.opened_at,
  halted: row.halted,
  forgiven: JSON.parse(row.forgiven) as number[],
});

/** How far each ring is. */
async function countRings(db: Db, rollout: string, rings: number): Promise<readonly RingCount[]> {
  const rows = await db
    .selectFrom('policy_signed')
    .innerJoin('boxes', 'boxes.id', 'policy_signed.box')
    .leftJoin('box_presence', 'box_presence.box', 'policy_signed.box')
    .select(['ring', 'policy_signed.state', 'present'])
    .select(({ fn }) => fn.countAll<number>().as('boxes'))
    .where('rollout', '=', rollout)
    .where('boxes.state', '=', 'active')
    .where('policy_signed.state', 'not in', ['cancelled', 'withdraw', 'superseded', 'renewed'])
    .groupBy(['ring', 'policy_signed.state', 'present'])
    .execute();
  return Array.from({ length: rings }, (_, ring) => {
    const mine = rows.filter((row) => row.ring === ring);
    const sum = (...states: SignedState[]) =>
      mine.filter(({ state }) => states.includes(state)).reduce((total, { boxes }) => total + Number(boxes), 0);
    return {
      boxes: mine.reduce((total, { boxes }) => total + Number(boxes), 0),
      unsent: sum('held', 'due', 'sending'),
      awaited: mine
        .filter(({ state, present }) => state === 'sent' && present === 'online')
        .reduce((total, { boxes }) => total + Number(boxes), 0),
      answered: sum('applied', 'pending', 'rejected', 'failed'),
      failures: sum('rejected', 'failed'),
    };
  });
}

interface Move {
  readonly append: Append;
  readonly actor: string;
  /** What a retry signs with. */
  readonly resigner: () => Resigner;
}

async function act(
  db: Db,
  whole: AnyTables,
  row: RolloutRow,
  effect: Effect,
  { append, actor, resigner }: Move,
): Promise<void> {
  const of = db.updateTable('policy_signed').where('rollout', '=', row.id);
  switch (effect.kind) {
    case 'open':
      await of.set({ state: 'due' }).where('ring', '=', effect.ring).where('state', '=', 'held').execute();
      return;
    case 'withdraw':
      // Also what was not sent: the broker may hold one that it took the place of.
      await of.set({ state: 'withdraw' }).where('state', 'in', ['held', 'due', 'sending', 'sent', 'failed']).execute();
      return;
    case 'again': {
      const failed = await db
        .selectFrom('policy_signed')
        .selectAll()
        .where('rollout', '=', row.id)
        .where('state', 'in', ['rejected', 'failed'])
        .execute();
      const boxes = failed.length === 0 ? 0 : await signAgain(db, failed, resigner(), actor);
      await append({ kind: 'rollout_retried', actor, facts: { msp: row.msp, rollout: row.id, boxes } }, whole);
    }
  }
}

async function tell(
  append: Append,
  whole: AnyTables,
  { msp, id: rollout }: RolloutRow,
  kind: Input['kind'],
  now: Progress,
  actor: string,
) {
  const facts = { msp, rollout };
  if (now.state === 'halted')
    await append({ kind: 'rollout_halted', actor, facts: { ...facts, why: now.halted! } }, whole);
  else if (now.state === 'done') await append({ kind: 'rollout_done', actor: FLEET, facts }, whole);
  else if (kind === 'resume') await append({ kind: 'rollout_resumed', actor, facts }, whole);
  else if (kind === 'cancel') await append({ kind: 'rollout_cancelled', actor, facts }, whole);
}

/** Moves a rollout by `input`; whether it moved. Inside a transaction. @throws Problem `rollout_changed`. */
export async function move(db: Db, whole: AnyTables, row: RolloutRow, input: Input, by: Move): Promise<boolean> {
  const rings = ringsOf(row);
  const before = progressOf(row);
  const [after, ...effects] = step(rings, before, await countRings(db, row.id, rings.length), input);
  if (after === before) return false;
  const values = {
    ...{ state: after.state, ring: after.ring, opened_at: after.openedAt, halted: after.halted },
    ...{ forgiven: JSON.stringify(after.forgiven), revision: row.revision + 1 },
    ended_at: after.state === 'done' || after.state === 'cancelled' ? input.now : null,
  };
  if (after.state !== before.state) await tell(by.append, whole, row, input.kind, after, by.actor);
  const { numUpdatedRows } = await db
    .updateTable('policy_rollouts')
    .set(values)
    .where('id', '=', row.id)
    .where('revision', '=', row.revision)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) throw problem('rollout_changed');
  for (const effect of effects) await act(db, whole, row, effect, by);
  return true;
}
