/** The boxes of an MSP, as somebody with a scope sees and changes them. */
import type { Clock } from '@belkluis/shared/base/clock';
import type { FindingCode } from '@belkluis/shared/contract/finding-codes';
import type { Health } from '@belkluis/shared/contract/health';
import type { Reported } from '@belkluis/shared/contract/reported';
import { type Expression, type SqlBool, sql } from 'kysely';
import { z } from 'zod';
import { faultOf } from '../db/faults.ts';
import type { AnyTables } from '../db/open.ts';
import { keysAfter, nameKey, type Page, type PageAsk, pageOf, rowsOf, searchPattern } from '../db/page.ts';
import { transact } from '../db/transact.ts';
import type { Append } from '../tenants/events.ts';
import { checkName } from '../tenants/fields.ts';
import { inScope, type Scope } from '../tenants/scope.ts';
import type { TenantTables } from '../tenants/tables.ts';
import { problem } from './problems.ts';
import { missingOf, type Sequence } from './sequence.ts';
import type { InventoryTables, PolicyState } from './tables.ts';
import { tagsOf } from './tags.ts';
import { type BoxState, rankOf, type Urgency, urgencies, urgencyAt } from './urgency.ts';

export interface BoxEvent {
  readonly kind: 'box_added' | 'box_renamed' | 'box_moved' | 'box_tagged' | 'box_revoked' | 'box_removed';
  readonly actor: string;
  readonly msp: string;
  /** Id of the box. */
  readonly of: string;
}

/** A row of a list. */
export interface BoxRow {
  readonly id: string;
  readonly name: string;
  readonly customer: string;
  readonly site: string;
  readonly state: BoxState;
  readonly urgency: Urgency;
  readonly software: string | null;
  readonly policyState: PolicyState | null;
  readonly policyVersion: number | null;
  readonly presence: {
    readonly is: 'online' | 'offline' | 'sleep';
    /** When it became so, by the fleet's clock. */
    readonly since: number;
    /** Longer than the grace: shown as offline. */
    readonly gone: boolean;
  } | null;
  /** When health was last heard. */
  readonly heardAt: number | null;
  readonly tags: readonly string[];
}

export interface Box extends BoxRow {
  readonly createdAt: number;
  readonly activatedAt: number | null;
  readonly revokedAt: number | null;
  readonly reported: Reported | null;
  readonly health: Health | null;
  /** Messages that never came, and how often the box lost its count of them. */
  readonly missing: number;
  readonly restarts: number;
}

/** What is left out filters nothing. */
export interface BoxFilter {
  /** Part of a name or a tag, or the beginning of an id. */
  readonly search?: string | undefined;
  readonly customer?: string | undefined;
  readonly site?: string | undefined;
  readonly urgency?: Urgency | readonly Urgency[] | undefined;
  readonly software?: string | undefined;
  readonly policyState?: PolicyState | undefined;
  /** However it is written. */
  readonly tag?: string | undefined;
  /** With this finding open, as a fault. */
  readonly finding?: FindingCode | undefined;
  /** Of these. */
  readonly ids?: readonly string[] | undefined;
}

export interface BoxAsk extends BoxFilter, PageAsk {
  /** Default `urgency`. */
  readonly order?: 'urgency' | 'name' | undefined;
}

export interface Counts {
  readonly urgency: { readonly [Name in Urgency]: number };
  /** By version; those that never said one are not counted. Most first. */
  readonly software: readonly { readonly version: string; readonly boxes: number }[];
  readonly policy: { readonly [Name in PolicyState]: number };
}

/** Characters of an id that are looked for: fewer are in too many. */
const MIN_ID_SEARCH = 4;

/** Rows of `boxes` that have a tag of which `is` holds. */
const tagged = ({ msp }: Scope, is: Expression<unknown>): Expression<SqlBool> =>
  sql<SqlBool>`boxes.id IN (SELECT box FROM box_tags WHERE msp = ${msp} AND ${is})`;

/** Rows of `boxes` in scope that a filter lets through. */
function filtered(scope: Scope, filter: BoxFilter): Expression<SqlBool> {
  const parts: Expression<SqlBool>[] = [inScope(scope, 'boxes')];
  const is = (column: string, value: string | number | undefined) => {
    if (value !== undefined) parts.push(sql<SqlBool>`${sql.ref(`boxes.${column}`)} = ${value}`);
  };
  is('customer', filter.customer);
  is('site', filter.site);
  is('software', filter.software);
  is('policy_state', filter.policyState);
  if (filter.urgency !== undefined)
    parts.push(sql<SqlBool>`boxes.urgency IN (${sql.join([filter.urgency].flat().map(rankOf))})`);
  if (filter.finding !== undefined)
    parts.push(sql<SqlBool>`boxes.id IN (SELECT box FROM box_findings WHERE code = ${filter.finding} AND level > 0)`);
  if (filter.tag !== undefined) parts.push(tagged(scope, sql`tag_key = ${nameKey(filter.tag)}`));
  if (filter.ids !== undefined)
    parts.push(filter.ids.length === 0 ? sql<SqlBool>`1 = 0` : sql<SqlBool>`boxes.id IN (${sql.join(filter.ids)})`);
  const pattern = searchPattern(filter.search);
  if (pattern !== null) {
    const id = pattern.length > MIN_ID_SEARCH + 1 ? sql`boxes.id LIKE ${pattern.slice(1)} ESCAPE '!'` : sql`1 = 0`;
    const tag = tagged(scope, sql`tag_key LIKE ${pattern} ESCAPE '!'`);
    parts.push(sql<SqlBool>`(boxes.name_key LIKE ${pattern} ESCAPE '!' OR ${tag} OR ${id})`);
  }
  return sql<SqlBool>`(${sql.join(parts, sql` AND `)})`;
}

const urgencyKeys = z.tuple([z.number().int(), z.string(), z.string()]);
const nameKeys = z.tuple([z.string(), z.string()]);

export interface BoxesOptions {
  readonly database: AnyTables;
  readonly clock: Pick<Clock, 'now'>;
  readonly append: Append<BoxEvent>;
}

export type Boxes = ReturnType<typeof openBoxes>;

export function openBoxes({ database, clock, append }: BoxesOptions) {
  const db = database.$extendTables<InventoryTables>();

  const within = <Result>(work: (transaction: typeof db, whole: AnyTables) => Promise<Result>) =>
    transact(database, (whole) => work(whole.$extendTables<InventoryTables>(), whole)).catch((error) => {
      throw faultOf(error) === 'duplicate' ? problem('name_taken') : error;
    });

  /** Of a site in scope, where a box may be put. */
  async function siteFor(whole: AnyTables, scope: Scope, site: string) {
    const row = await whole
      .$extendTables<TenantTables>()
      .selectFrom('sites')
      .select(['id', 'customer', 'msp', 'archived_at'])
      .where('id', '=', site)
      .where(inScope(scope, 'sites', { site: 'id' }))
      .executeTakeFirst();
    if (!row) throw problem('site_unknown');
    if (row.archived_at !== null) throw problem('archived');
    return { msp: row.msp, customer: row.customer, site: row.id };
  }

  const change = (
    scope: Scope,
    event: Omit<BoxEvent, 'msp'>,
    values: (whole: AnyTables) => Promise<Partial<InventoryTables['boxes']>>,
  ): Promise<void> =>
    within(async (transaction, whole) => {
      await append({ ...event, msp: scope.msp }, whole);
      const { numUpdatedRows } = await transaction
        .updateTable('boxes')
        .set(await values(whole))
        .where('id', '=', event.of)
        .where(inScope(scope, 'boxes'))
        .executeTakeFirst();
      if (numUpdatedRows === 0n) throw problem('box_unknown');
    });

  const listed = () =>
    db
      .selectFrom('boxes')
      .leftJoin('box_presence', 'box_presence.box', 'boxes.id')
      .leftJoin('box_health', 'box_health.box', 'boxes.id')
      .selectAll('boxes')
      .select(['box_presence.present', 'box_presence.since', 'box_presence.gone', 'box_health.heard_at']);

  type Listed = Awaited<ReturnType<ReturnType<typeof listed>['executeTakeFirstOrThrow']>>;

  const toRow = (row: Listed, tags: readonly string[]): BoxRow => ({
    id: row.id,
    name: row.name,
    customer: row.customer,
    site: row.site,
    state: row.state,
    urgency: urgencyAt(row.urgency),
    software: row.software,
    policyState: row.policy_state,
    policyVersion: row.policy_version,
    presence: row.present === null ? null : { is: row.present, since: row.since!, gone: row.gone === 1 },
    heardAt: row.heard_at,
    tags,
  });

  async function withTags({ rows, next }: Page<Listed>): Promise<Page<BoxRow>> {
    const tags = await tagsOf(
      db,
      rows.map(({ id }) => id),
    );
    return { rows: rows.map((row) => toRow(row, tags.get(row.id) ?? [])), next };
  }

  return {
    /**
     * A box that somebody has claimed for a site; its certificate makes it active. One that was revoked begins anew: nothing is left of before.
     * @throws Problem `site_unknown`, `archived`, `box_taken`, `name_taken`, `name_invalid`.
     */
    async add(
      scope: Scope,
      { id, site, name }: { readonly id: string; readonly site: string; readonly name: string },
      actor: string,
    ): Promise<void> {
      const named = checkName(name);
      await within(async (transaction, whole) => {
        const place = await siteFor(whole, scope, site);
        const known = await transaction.selectFrom('boxes').select('state').where('id', '=', id).executeTakeFirst();
        if (known && known.state !== 'revoked') throw problem('box_taken');
        await append({ kind: 'box_added', actor, msp: scope.msp, of: id }, whole);
        if (known) await transaction.deleteFrom('boxes').where('id', '=', id).execute();
        await transaction
          .insertInto('boxes')
          .values({
            id,
            ...place,
            ...named,
            state: 'pending',
            urgency: rankOf('pending'),
            software: null,
            policy_state: null,
            policy_version: null,
            proven_at: null,
            disk_days: null,
            measured: 0,
            created_at: clock.now(),
            activated_at: null,
            revoked_at: null,
          })
          .execute();
      });
    },

    /** Most urgent first, or by name. */
    async list(scope: Scope, ask: BoxAsk = {}): Promise<Page<BoxRow>> {
      const byName = ask.order === 'name';
      let query = listed()
        .where(filtered(scope, ask))
        .limit(rowsOf(ask) + 1);
      if (!byName) query = query.orderBy('boxes.urgency');
      query = query.orderBy('boxes.name_key').orderBy('boxes.id');
      if (byName) {
        const after = keysAfter(ask, nameKeys);
        if (after) query = query.where(sql<SqlBool>`(boxes.name_key, boxes.id) > (${after[0]}, ${after[1]})`);
        return await withTags(pageOf(await query.execute(), ask, ({ name_key, id }) => [name_key, id]));
      }
      const after = keysAfter(ask, urgencyKeys);
      if (after)
        query = query.where(
          sql<SqlBool>`(boxes.urgency, boxes.name_key, boxes.id) > (${after[0]}, ${after[1]}, ${after[2]})`,
        );
      const keys = ({ urgency, name_key, id }: Listed) => [urgency, name_key, id];
      return await withTags(pageOf(await query.execute(), ask, keys));
    },

    /** How many a list has in all its pages. */
    async count(scope: Scope, ask: BoxFilter = {}): Promise<number> {
      const { boxes } = await db
        .selectFrom('boxes')
        .select(({ fn }) => fn.countAll<number>().as('boxes'))
        .where(filtered(scope, ask))
        .executeTakeFirstOrThrow();
      return Number(boxes);
    },

    /** All that is known of one. @throws Problem `box_unknown`. */
    async get(scope: Scope, box: string): Promise<Box> {
      const row = await listed().where('boxes.id', '=', box).where(inScope(scope, 'boxes')).executeTakeFirst();
      if (!row) throw problem('box_unknown');
      const last = <Name extends 'box_reported' | 'box_health'>(name: Name) =>
        db
          .selectFrom(name as 'box_health')
          .select('document')
          .where('box', '=', box)
          .executeTakeFirst();
      const [reported, health, sequence] = [
        await last('box_reported'),
        await last('box_health'),
        await db.selectFrom('box_sequences').selectAll().where('box', '=', box).executeTakeFirst(),
      ];
      const counted = sequence && { ...sequence, gaps: JSON.parse(sequence.gaps) as Sequence['gaps'] };
      return {
        ...toRow(row, (await tagsOf(db, [box])).get(box) ?? []),
        createdAt: row.created_at,
        activatedAt: row.activated_at,
        revokedAt: row.revoked_at,
        reported: reported ? (JSON.parse(reported.document) as Reported) : null,
        health: health ? (JSON.parse(health.document) as Health) : null,
        missing: counted ? missingOf({ ...counted, saidAt: counted.said_at }) : 0,
        restarts: sequence?.restarts ?? 0,
      };
    },

    /** Versions that boxes say they have. */
    async versions(scope: Scope): Promise<readonly string[]> {
      const rows = await db
        .selectFrom('boxes')
        .select('software')
        .distinct()
        .where(inScope(scope, 'boxes'))
        .where('software', 'is not', null)
        .orderBy('software', 'desc')
        .execute();
      return rows.map(({ software }) => software!);
    },

    /** How many of each kind; of all, a customer or a site. */
    async counts(
      scope: Scope,
      of: { readonly customer?: string | undefined; readonly site?: string | undefined } = {},
    ): Promise<Counts> {
      const { customer, site } = of;
      const kinds = ['urgency', 'policy_state', 'software'] as const;
      const index = ['customer', 'state', ...kinds] as const;
      let own = db.selectFrom('boxes').select(index).where(inScope(scope, 'boxes'));
      if (customer !== undefined) own = own.where('customer', '=', customer);
      if (site !== undefined) own = own.where('site', '=', site);
      // All of them are counted in the order of an index that holds what is counted. Boxes of a site are read first, by the site's index; else SQLite would
      // go through all of the MSP in that order.
      const rows = await db
        .with(
          (name) => (site === undefined ? name('own').notMaterialized() : name('own').materialized()),
          () => own,
        )
        .selectFrom('own')
        .select(({ fn }) => [...kinds, fn.countAll<number>().as('boxes')])
        .groupBy(index)
        .execute();
      const by = (kind: (typeof kinds)[number]) => {
        const sums = new Map<string | number | null, number>();
        for (const row of rows) sums.set(row[kind], (sums.get(row[kind]) ?? 0) + row.boxes);
        return sums;
      };
      const [urgency, software, policy] = [by('urgency'), by('software'), by('policy_state')];
      const states: readonly PolicyState[] = ['none', 'applied', 'pending', 'rejected'];
      return {
        urgency: Object.fromEntries(
          urgencies.map((name) => [name, urgency.get(rankOf(name)) ?? 0]),
        ) as Counts['urgency'],
        software: [...software]
          .filter(([version]) => version !== null)
          .map(([version, boxes]) => ({ version: String(version), boxes }))
          .sort((a, b) => b.boxes - a.boxes),
        policy: Object.fromEntries(states.map((state) => [state, policy.get(state) ?? 0])) as Counts['policy'],
      };
    },

    /** @throws Problem `box_unknown`, `name_taken`, `name_invalid`. */
    rename: (scope: Scope, box: string, name: string, actor: string): Promise<void> =>
      change(scope, { kind: 'box_renamed', actor, of: box }, async () => checkName(name)),

    /** To another site of the same MSP. @throws Problem `box_unknown`, `site_unknown`, `archived`, `name_taken`. */
    move: (scope: Scope, box: string, site: string, actor: string): Promise<void> =>
      change(scope, { kind: 'box_moved', actor, of: box }, (whole) => siteFor(whole, scope, site)),

    /** Nothing that it says is taken any more; what it said stays to be read. @throws Problem `box_unknown`. */
    revoke: (scope: Scope, box: string, actor: string): Promise<void> =>
      change(scope, { kind: 'box_revoked', actor, of: box }, async () => ({
        state: 'revoked',
        urgency: rankOf('revoked'),
        revoked_at: clock.now(),
      })),

    /** Removes it and all that is known of it. @throws Problem `box_unknown`. */
    remove: (scope: Scope, box: string, actor: string): Promise<void> =>
      within(async (transaction, whole) => {
        await append({ kind: 'box_removed', actor, msp: scope.msp, of: box }, whole);
        const { numDeletedRows } = await transaction
          .deleteFrom('boxes')
          .where('id', '=', box)
          .where(inScope(scope, 'boxes'))
          .executeTakeFirst();
        if (numDeletedRows === 0n) throw problem('box_unknown');
      }),
  };
}
