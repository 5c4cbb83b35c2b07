/** Rollouts as people see and steer them. */

import { type SqlBool, sql } from 'kysely';
import { z } from 'zod';
import { keysAfter, type Page, type PageAsk, pageOf, rowsOf } from '../db/page.ts';
import { inScope, type Scope } from '../tenants/scope.ts';
import type { PolicyKeys } from './keys.ts';
import { type Db, type Parts, view, within } from './parts.ts';
import { problem } from './problems.ts';
import { move, type RolloutRow, ringsOf } from './progress.ts';
import type { Input, Ring } from './rings.ts';
import type { Resigner } from './sign-again.ts';
import { type SignedState, signedStates } from './tables.ts';

export type RolloutCounts = { readonly [State in SignedState]?: number };

export interface Rollout {
  readonly id: string;
  readonly title: string;
  readonly state: RolloutRow['state'];
  readonly halted: RolloutRow['halted'];
  /** Which ring is open, from 0; -1: none yet. */
  readonly ring: number;
  /** When it was opened, wall clock, ms; 0: never. */
  readonly openedAt: number;
  /** Each with how many of its boxes are how far; of those in scope. */
  readonly rings: readonly (Ring & { readonly counts: RolloutCounts })[];
  /** How many of all are how far. */
  readonly counts: RolloutCounts;
  readonly by: string;
  readonly createdAt: number;
  readonly endedAt: number | null;
}

/** What a rollout is for one box. */
export interface RolloutBox {
  readonly box: string;
  readonly name: string;
  readonly customer: string;
  readonly site: string;
  readonly ring: number;
  readonly version: number;
  readonly state: SignedState;
  /** Of `rejected` the box's own code (`shared/contract/policy-refusals.ts`); of `failed` `no_answer`, `gone`, `unsendable`, `agreement_missing`, `agreement_expired`. */
  readonly why: string | null;
  readonly sentAt: number | null;
  readonly answeredAt: number | null;
}

const timeKeys = z.tuple([z.number().int(), z.string()]);
const boxKeys = z.tuple([z.number().int(), z.string()]);

export function openRollouts({ database, clock, append, keys }: Parts & { readonly keys: PolicyKeys }) {
  const db = view(database);

  /** Of its rollouts those with a box in scope. */
  const seen = (on: Db, scope: Scope) => {
    const query = on.selectFrom('policy_rollouts').where('policy_rollouts.msp', '=', scope.msp);
    if (scope.within === 'all') return query;
    return query.where(({ exists, selectFrom }) =>
      exists(
        selectFrom('policy_signed')
          .innerJoin('boxes', 'boxes.id', 'policy_signed.box')
          .select('policy_signed.box')
          .whereRef('policy_signed.rollout', '=', 'policy_rollouts.id')
          .where(inScope(scope, 'boxes')),
      ),
    );
  };

  async function counted(scope: Scope, rows: readonly RolloutRow[]): Promise<readonly Rollout[]> {
    if (rows.length === 0) return [];
    const counts = await db
      .selectFrom('policy_signed')
      .innerJoin('boxes', 'boxes.id', 'policy_signed.box')
      .select(['rollout', 'ring', 'policy_signed.state'])
      .select(({ fn }) => fn.countAll<number>().as('boxes'))
      .where(
        'rollout',
        'in',
        rows.map(({ id }) => id),
      )
      .where('policy_signed.state', '<>', 'renewed')
      .where(inScope(scope, 'boxes'))
      .groupBy(['rollout', 'ring', 'policy_signed.state'])
      .execute();
    const sums = (of: typeof counts): RolloutCounts =>
      Object.fromEntries(
        signedStates.flatMap((state) => {
          const boxes = of.filter((one) => one.state === state).reduce((sum, one) => sum + Number(one.boxes), 0);
          return boxes === 0 ? [] : [[state, boxes]];
        }),
      );
    return rows.map((row) => {
      const mine = counts.filter(({ rollout }) => rollout === row.id);
      return {
        ...{
          id: row.id,
          title: row.title,
          state: row.state,
          halted: row.halted,
          ring: row.ring,
          openedAt: row.opened_at,
        },
        rings: ringsOf(row).map((ring, at) => ({ ...ring, counts: sums(mine.filter((one) => one.ring === at)) })),
        ...{ counts: sums(mine), by: row.created_by, createdAt: row.created_at, endedAt: row.ended_at },
      };
    });
  }

  /** Steers one: all of its boxes must be in scope. */
  async function steer(
    scope: Scope,
    id: string,
    kind: Input['kind'],
    actor: string,
    resigner?: Resigner,
  ): Promise<void> {
    await within(database, async (tx, whole) => {
      const row = await seen(tx, scope).selectAll().where('id', '=', id).executeTakeFirst();
      if (!row) throw problem('rollout_unknown');
      if (scope.within !== 'all') {
        const beyond = await tx
          .selectFrom('policy_signed')
          .innerJoin('boxes', 'boxes.id', 'policy_signed.box')
          .select('policy_signed.box')
          .where('rollout', '=', id)
          .where(({ not }) => not(inScope(scope, 'boxes') as never))
          .executeTakeFirst();
        if (beyond) throw problem('scope_too_small');
      }
      const moved = await move(
        tx,
        whole,
        row,
        { kind, now: clock.now() },
        { append, actor, resigner: () => resigner! },
      );
      if (moved) return;
      throw problem(kind === 'resume' && row.state === 'running' ? 'rollout_not_halted' : 'rollout_over');
    });
  }

  return {
    /** Newest first. */
    async list(scope: Scope, ask: PageAsk = {}): Promise<Page<Rollout>> {
      const after = keysAfter(ask, timeKeys);
      let query = seen(db, scope)
        .selectAll()
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(rowsOf(ask) + 1);
      if (after) query = query.where(sql<SqlBool>`(created_at, id) < (${after[0]}, ${after[1]})`);
      const page = pageOf(await query.execute(), ask, ({ created_at, id }) => [created_at, id]);
      return { ...page, rows: await counted(scope, page.rows) };
    },

    /** @throws Problem `rollout_unknown`. */
    async one(scope: Scope, id: string): Promise<Rollout> {
      const row = await seen(db, scope).selectAll().where('id', '=', id).executeTakeFirst();
      if (!row) throw problem('rollout_unknown');
      return (await counted(scope, [row]))[0]!;
    },

    /** Its boxes, ring after ring; of a state or all. @throws Problem `rollout_unknown`. */
    async boxes(
      scope: Scope,
      id: string,
      ask: PageAsk & { readonly state?: SignedState | undefined } = {},
    ): Promise<Page<RolloutBox>> {
      await this.one(scope, id);
      const after = keysAfter(ask, boxKeys);
      let query = db
        .selectFrom('policy_signed')
        .innerJoin('boxes', 'boxes.id', 'policy_signed.box')
        .select([
          'policy_signed.box',
          'boxes.name',
          'boxes.customer',
          'boxes.site',
          'ring',
          'version',
          'policy_signed.state',
        ])
        .select(['why', 'sent_at as sentAt', 'answered_at as answeredAt'])
        .where('rollout', '=', id)
        .where('policy_signed.state', '<>', 'renewed')
        .where(inScope(scope, 'boxes'))
        .orderBy('ring')
        .orderBy('policy_signed.box')
        .limit(rowsOf(ask) + 1);
      if (ask.state !== undefined) query = query.where('policy_signed.state', '=', ask.state);
      if (after) query = query.where(sql<SqlBool>`(ring, policy_signed.box) > (${after[0]}, ${after[1]})`);
      return pageOf(await query.execute(), ask, ({ ring, box }) => [ring, box]);
    },

    /** Nothing more is sent until somebody goes on. @throws Problem `rollout_unknown`, `rollout_over`, `scope_too_small`. */
    halt: (scope: Scope, id: string, actor: string): Promise<void> => steer(scope, id, 'halt', actor),

    /** Goes on, also after failures that halted it: only more of them halt it again. @throws Problem as `halt`, `rollout_not_halted`. */
    resume: (scope: Scope, id: string, actor: string): Promise<void> => steer(scope, id, 'resume', actor),

    /**
     * Sends no more, and takes back what was sent and not answered. A box where it is in force keeps it: sign what was before. One where it waits for a person
     * keeps it waiting, until that person refuses it or another comes. @throws Problem as `halt`.
     */
    cancel: (scope: Scope, id: string, actor: string): Promise<void> => steer(scope, id, 'cancel', actor),

    /**
     * Signs again what boxes refused or did not answer, to follow what they have now, and goes on. `actor`: who may 'sign policies'.
     * @throws Problem as `halt`, `policy_key_elsewhere`.
     */
    async retry(scope: Scope, id: string, actor: string): Promise<void> {
      await steer(scope, id, 'retry', actor, { signers: await keys.signers(scope.msp, actor), now: clock.now() });
    },
  };
}
