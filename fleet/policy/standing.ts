/** How boxes stand: what is wanted of each, and what it says that it has. */
import type { Reported } from '@belkluis/shared/contract/reported';
import type { Policy } from '@belkluis/shared/policy/schema';
import { type SqlBool, sql } from 'kysely';
import { z } from 'zod';
import { keysAfter, type Page, type PageAsk, pageOf, rowsOf } from '../db/page.ts';
import { inScope, type Scope } from '../tenants/scope.ts';
import { live } from './answers.ts';
import { chosen, type Judged, type Judgement, judge, judgeAll, type ShownChange } from './choose.ts';
import { customersPolicy, knownOf, policyIn, policyOfBody } from './documents.ts';
import { type Level, layersOf, levelOf, placeOf, readLevels, refsTo } from './levels.ts';
import { type Agreement, type Parts, view } from './parts.ts';
import { problem } from './problems.ts';
import { type Fault, render, type Said } from './render.ts';
import { type SignedState, type Standing, standings } from './tables.ts';

export interface PolicyCounts {
  /** Of active boxes in scope. */
  readonly counts: { readonly [State in Standing]: number };
  /** Since when the one that is longest in this state is in it, wall clock, ms; null: none is. */
  readonly oldest: { readonly [State in Exclude<Standing, 'none'>]: number | null };
}

export interface StandingRow {
  readonly box: string;
  readonly name: string;
  readonly customer: string;
  readonly site: string;
  readonly state: Standing;
  /** Of what is wanted; null: nothing is. */
  readonly version: number | null;
  /** As of `RolloutBox.why`. */
  readonly why: string | null;
  /** Wall clock, ms; null: nothing is wanted. */
  readonly since: number | null;
}

/** A policy that was signed for a box, without what it says. */
export interface SignedRow {
  readonly version: number;
  readonly hash: string;
  readonly state: SignedState;
  readonly why: string | null;
  readonly rollout: string | null;
  readonly by: string;
  readonly signedAt: number;
  readonly expiresAt: number;
  readonly sentAt: number | null;
  readonly answeredAt: number | null;
}

export interface BoxPolicy {
  readonly state: Standing;
  readonly why: string | null;
  readonly since: number | null;
  /** What is wanted of it; null: nothing. `policy`: what it says; null: somebody has changed it in the database. */
  readonly desired: (SignedRow & { readonly policy: Policy | null }) | null;
  /** What it says that it has, and when that was heard; null: it has not said anything. */
  readonly reported: (Reported['policy'] & { readonly heardAt: number }) | null;
  /** What it has in force, if the fleet knows it. Null: bring it (`documents.bring`). */
  readonly inForce: Policy | null;
  /** From what is in force to what is wanted; null: one of the two is not known. */
  readonly changes: readonly ShownChange[] | null;
  /** Newest first. */
  readonly signed: readonly SignedRow[];
  /** What signing now would change. */
  readonly next: Judgement;
  readonly agreement: Agreement;
}

/** What levels make of a policy for a box, whoever signs it. */
export interface Draft {
  /** Ready for `belkluis policy sign`, which adds the recipients; null: see `faults`. */
  readonly policy: Omit<Policy, 'recipients'> | null;
  readonly faults: readonly Fault[];
  /** Who said each part last, by path; what is not there is the customer's own. */
  readonly origins: Readonly<Record<string, Said>>;
  readonly levels: readonly Level[];
  /** Hash of the customer's own policy that lies below; null: none is known, and levels say everything. */
  readonly foundation: string | null;
}

const standingKeys = z.tuple([z.number().int(), z.string()]);

export function openStanding(parts: Parts) {
  const { database, clock } = parts;
  const db = view(database);

  async function judgedBox(scope: Scope, box: string): Promise<Judged> {
    try {
      return (await judgeAll(db, scope, await chosen(db, scope, { boxes: [box] }, { revoked: true }), parts))[0]!;
    } catch (error) {
      throw (error as { code?: string }).code === 'nothing_chosen' ? problem('box_unknown') : error;
    }
  }

  async function signedOf(box: string) {
    return await db
      .selectFrom('policy_signed')
      .select(['version', 'hash', 'state', 'why', 'rollout', 'signed_by as by', 'signed_at as signedAt'])
      .select(['expires_at as expiresAt', 'sent_at as sentAt', 'answered_at as answeredAt', 'envelope'])
      .where('box', '=', box)
      .orderBy('version', 'desc')
      .execute();
  }

  return {
    /** How many boxes stand how. */
    async counts(scope: Scope): Promise<PolicyCounts> {
      const rows = await db
        .selectFrom('boxes')
        .leftJoin('policy_standing', 'policy_standing.box', 'boxes.id')
        .select(['policy_standing.state'])
        .select(({ fn }) => [fn.countAll<number>().as('boxes'), fn.min('since').as('since')])
        .where(inScope(scope, 'boxes'))
        .where('boxes.state', '=', 'active')
        .groupBy('policy_standing.state')
        .execute();
      const of = (state: Standing) => rows.filter((row) => (row.state ?? 'none') === state);
      return {
        counts: Object.fromEntries(
          standings.map((state) => [state, of(state).reduce((sum, { boxes }) => sum + Number(boxes), 0)]),
        ) as PolicyCounts['counts'],
        oldest: Object.fromEntries(
          standings.filter((state) => state !== 'none').map((state) => [state, of(state)[0]?.since ?? null]),
        ) as PolicyCounts['oldest'],
      };
    },

    /** Boxes that stand so, the longest first; of a customer or a site, or all in scope. */
    async boxes(
      scope: Scope,
      ask: PageAsk & {
        readonly state?: Exclude<Standing, 'none'> | undefined;
        readonly customer?: string | undefined;
        readonly site?: string | undefined;
      } = {},
    ): Promise<Page<StandingRow>> {
      const after = keysAfter(ask, standingKeys);
      let query = db
        .selectFrom('policy_standing')
        .innerJoin('boxes', 'boxes.id', 'policy_standing.box')
        .select([
          'policy_standing.box',
          'boxes.name',
          'boxes.customer',
          'boxes.site',
          'policy_standing.state',
          'version',
        ])
        .select(['why', 'since'])
        .where(inScope(scope, 'boxes'))
        .where('boxes.state', '=', 'active')
        .orderBy('since')
        .orderBy('policy_standing.box')
        .limit(rowsOf(ask) + 1);
      if (ask.state !== undefined) query = query.where('policy_standing.state', '=', ask.state);
      if (ask.customer !== undefined) query = query.where('boxes.customer', '=', ask.customer);
      if (ask.site !== undefined) query = query.where('boxes.site', '=', ask.site);
      if (after) query = query.where(sql<SqlBool>`(since, policy_standing.box) > (${after[0]}, ${after[1]})`);
      return pageOf(await query.execute(), ask, ({ since, box }) => [since, box]);
    },

    /** Desired and reported side by side. @throws Problem `box_unknown`. */
    async box(scope: Scope, box: string): Promise<BoxPolicy> {
      const judged = await judgedBox(scope, box);
      const all = await signedOf(box);
      const standing = await db.selectFrom('policy_standing').selectAll().where('box', '=', box).executeTakeFirst();
      const report = await db.selectFrom('box_reported').select('heard_at').where('box', '=', box).executeTakeFirst();
      const said = judged.said?.policy ?? null;
      const has = new Map(said?.applied ? [[box, said.applied.hash]] : []);
      const known = (await knownOf(db, scope.msp, has)).get(box);
      const inForce = known
        ? known.hash === known.foundation
          ? await customersPolicy(db, scope.msp, known.hash)
          : await policyOfBody(db, scope.msp, known.body)
        : null;
      const newest = all.find(({ state }) => (live as readonly string[]).includes(state));
      const policy = newest ? policyIn(newest) : null;
      const rows = all.map(({ envelope: _envelope, ...row }): SignedRow => row);
      return {
        ...{ state: standing?.state ?? 'none', why: standing?.why ?? null, since: standing?.since ?? null },
        desired: newest ? { ...rows.find(({ version }) => version === newest.version)!, policy } : null,
        reported: said && { ...said, heardAt: report!.heard_at },
        inForce,
        changes: inForce && policy ? judge(inForce, policy).changes : null,
        ...{ signed: rows, next: judged.judgement, agreement: judged.agreement },
      };
    },

    /** The whole policy that levels make for a box, on the customer's own where that is known. @throws Problem `level_unknown`. */
    async draft(scope: Scope, box: string): Promise<Draft> {
      const place = await placeOf(db, scope, { kind: 'box', of: box }, true);
      const refs = refsTo(place);
      const all = await readLevels(db, refs);
      const levels = refs.map((ref) => levelOf(all, ref));
      const report = await db.selectFrom('box_reported').select('document').where('box', '=', box).executeTakeFirst();
      const applied = report ? (JSON.parse(report.document) as Reported).policy.applied : null;
      const known = (await knownOf(db, scope.msp, new Map(applied ? [[box, applied.hash]] : []))).get(box);
      const foundation = known ? await customersPolicy(db, scope.msp, known.foundation) : null;
      const now = clock.now();
      const { body, faults, origins } = render(foundation, layersOf(levels), now);
      const year = 365 * 86_400_000;
      return {
        policy: body && {
          schemaVersion: 2,
          audience: [box],
          version: (applied?.version ?? 0) + 1,
          previousHash: applied?.hash ?? null,
          issuedAt: new Date(now).toISOString(),
          expiresAt: new Date(now + year).toISOString(),
          ...body,
        },
        ...{ faults, origins: Object.fromEntries(origins), levels, foundation: foundation ? known!.foundation : null },
      };
    },
  };
}
