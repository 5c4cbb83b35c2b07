/**
 * What the process does for policies: sends them, looks at what boxes report, moves rollouts, signs anew what is about to expire. Everything is in the
 * database: killed at any moment, or in two processes at once, it goes on, and what is sent twice is the same message.
 */

import { Problem } from '@belkluis/shared/base/problem';
import { FLEET } from './events.ts';
import type { PolicyKeys } from './keys.ts';
import { ANSWER_WITHIN_MS, ROWS_AT_ONCE, SIGNED_KEPT } from './limits.ts';
import { openLook } from './look.ts';
import { type Parts, view, within } from './parts.ts';
import { move } from './progress.ts';
import { openRenewal } from './renewal.ts';
import { openSending, type Send } from './sending.ts';

export function openEngine(parts: Parts & { readonly keys: PolicyKeys }) {
  const { database, clock, append } = parts;
  const db = view(database);
  const looking = openLook(parts);
  const { lookIn, look, sweep } = looking;
  const { sendDue, takeBack, wanted, answered } = openSending({ ...parts, look: looking });

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

  return {
    /** What is wanted of a box when it comes, and that the broker has got it (`sending.ts`). */
    wanted,
    answered,

    /** Looks at what these have reported; at what nobody has looked at (`look.ts`). */
    look,
    sweep,

    /** One round: rollouts move, what was cancelled is taken back, what is due is sent. Whether there is more to do at once. */
    async step(send: Send): Promise<boolean> {
      await findSilent();
      await moveAll();
      const more = await takeBack(send);
      return (await sendDue(send)) || more;
    },

    /** Signs anew what nobody has to decide on (`renewal.ts`). */
    renew: openRenewal(parts),

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
