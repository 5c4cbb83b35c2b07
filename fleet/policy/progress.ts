/** A rollout in the database: read, moved one step by the pure machine, and written where nobody else moved it meanwhile. */
import type { Reported } from '@belkluis/shared/contract/reported';
import { type Envelope, openEnvelope, type Signer } from '@belkluis/shared/policy/dsse';
import { POLICY_TYPE, type Policy } from '@belkluis/shared/policy/schema';
import type { AnyTables } from '../db/open.ts';
import { type Append, FLEET } from './events.ts';
import { ROWS_AT_ONCE } from './limits.ts';
import { chunks, type Db } from './parts.ts';
import { problem } from './problems.ts';
import { type Effect, type Input, type Progress, type Ring, type RingCount, step } from './rings.ts';
import { again } from './sign.ts';
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

/** What a retry needs to sign what was refused to follow what its box has by now. */
export type Resigner = { readonly signers: readonly Signer[]; readonly now: number };

/** What this MSP's own keys have signed for a box; null: they have not. Who can write to the database gets nothing signed by that. */
function ownPolicy({ box, envelope }: PolicyTables['policy_signed'], signers: readonly Signer[]): Policy | null {
  try {
    const trusted = signers.map(({ publicKey }) => publicKey);
    const opened = openEnvelope(JSON.parse(envelope) as Envelope, POLICY_TYPE, trusted);
    const policy = opened && (JSON.parse(opened.payload.toString('utf8')) as Policy);
    return policy?.audience.includes(box) ? policy : null;
  } catch {
    return null;
  }
}

/** Signs the rows anew, to follow what their boxes have now, and puts the new ones in their place, to be sent at once. Returns how many. */
export async function signAgain(
  db: Db,
  rows: readonly PolicyTables['policy_signed'][],
  { signers, now }: Resigner,
  by: string,
  keepRollout: boolean,
): Promise<number> {
  let count = 0;
  for (const some of chunks(rows, ROWS_AT_ONCE)) {
    const boxes = some.map(({ box }) => box);
    const reports = await db.selectFrom('box_reported').select(['box', 'document']).where('box', 'in', boxes).execute();
    const said = new Map(reports.map(({ box, document }) => [box, JSON.parse(document) as Reported]));
    const highest = await db
      .selectFrom('policy_signed')
      .select(['box'])
      .select(({ fn }) => fn.max('version').as('version'))
      .where('box', 'in', boxes)
      .groupBy('box')
      .execute();
    const versions = new Map(highest.map(({ box, version }) => [box, Number(version)]));
    const fresh = some.flatMap((row) => {
      const policy = said.get(row.box)?.policy;
      const own = ownPolicy(row, signers);
      if (!policy?.applied || !own) return [];
      const version = Math.max(versions.get(row.box) ?? 0, policy.applied.version, policy.pending?.version ?? 0) + 1;
      const to = { box: row.box, version, previous: policy.applied.hash, now };
      const { hash, envelope, expiresAt } = again(own, to, signers);
      return [
        {
          ...row,
          ...{
            version,
            hash,
            previous: to.previous,
            envelope: JSON.stringify(envelope),
            state: 'due' as const,
            why: null,
          },
          ...{ rollout: keepRollout ? row.rollout : null, signed_by: by, signed_at: now, expires_at: expiresAt },
          ...{ claimed_at: null, sent_at: null, answered_at: null },
        },
      ];
    });
    if (fresh.length === 0) continue;
    // What is in force stays known as that: it is what the new one follows.
    await db
      .updateTable('policy_signed')
      .set({ state: 'renewed' })
      .where(
        'box',
        'in',
        fresh.map(({ box }) => box),
      )
      .where('state', 'in', ['held', 'due', 'sending', 'sent', 'pending', 'rejected', 'failed'])
      .execute();
    await db.insertInto('policy_signed').values(fresh).execute();
    for (const { box, version, hash } of fresh)
      await db
        .updateTable('policy_standing')
        .set({ version, hash, state: 'waiting', why: null, since: now, report_at: null })
        .where('box', '=', box)
        .execute();
    count += fresh.length;
  }
  return count;
}

interface Move {
  readonly append: Append;
  readonly actor: string;
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
      await of.set({ state: 'cancelled' }).where('state', 'in', ['held', 'due']).execute();
      // What a process is sending at this moment may have arrived.
      await of.set({ state: 'withdraw' }).where('state', 'in', ['sending', 'sent']).execute();
      await db
        .deleteFrom('policy_standing')
        .where('box', 'in', (select) =>
          select
            .selectFrom('policy_signed')
            .select('box')
            .where('rollout', '=', row.id)
            .where('state', '=', 'cancelled'),
        )
        .where('state', '=', 'waiting')
        .execute();
      return;
    case 'again': {
      const failed = await db
        .selectFrom('policy_signed')
        .selectAll()
        .where('rollout', '=', row.id)
        .where('state', 'in', ['rejected', 'failed'])
        .execute();
      const boxes = failed.length === 0 ? 0 : await signAgain(db, failed, resigner(), actor, true);
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
