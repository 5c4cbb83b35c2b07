/** What overviews say of many boxes and customers at once, as somebody with a scope sees them: each in one look at an index. */
import type { FindingCode, Level } from '@belkluis/shared/contract/finding-codes';
import { sql } from 'kysely';
import type { AnyTables } from '../db/open.ts';
import { inScope, namedCustomer, type Scope } from '../tenants/scope.ts';
import type { TenantTables } from '../tenants/tables.ts';
import type { Counts } from './boxes.ts';
import { levelAt } from './findings-after.ts';
import { WALL_DOORS } from './limits.ts';
import type { InventoryTables, PolicyState } from './tables.ts';
import { type Urgency, urgencyAt } from './urgency.ts';

export interface CustomerGlance {
  readonly sites: number;
  /** Open findings that somebody must act on, worst first. */
  readonly findings: readonly { readonly code: FindingCode; readonly level: Level; readonly boxes: number }[];
  /** When the box that lags most last sealed a recording or a test call; null: of none it is known. */
  readonly provenAt: number | null;
  /** Boxes that were heard and have proven nothing yet. */
  readonly unproven: number;
  /** Least days of room; null: none runs short. */
  readonly diskDays: number | null;
  readonly policy: { readonly [State in PolicyState]: number };
}

/** `proven`: within the time that was asked about. `unknown`: not heard, or heard without a proof. */
export type Proof = 'proven' | 'late' | 'unknown';

export interface Door {
  readonly name: string;
  readonly proof: Proof;
}

export interface ProofGlance {
  /** Boxes that were not revoked, and how many of them are how. */
  readonly boxes: number;
  readonly late: number;
  readonly unknown: number;
  /** One door a box, or a customer where there are more than WALL_DOORS boxes; the worst first. */
  readonly of: 'boxes' | 'customers';
  readonly doors: readonly Door[];
}

export interface BoxGlance {
  /** Open findings that somebody must act on, worst first. */
  readonly codes: readonly FindingCode[];
  /** When a recording or a test call was last sealed, to the hour; null: not known. */
  readonly provenAt: number | null;
  readonly diskDays: number | null;
}

export interface SiteGlance {
  readonly boxes: number;
  readonly urgency: Urgency;
}

export interface RoomRow {
  readonly box: string;
  readonly name: string;
  readonly site: string;
  readonly diskDays: number;
}

export interface RoomGlance {
  /** Boxes that run out of room, the first of them first: as many as were asked for. */
  readonly rows: readonly RoomRow[];
  /** Of boxes that were not revoked: how many run out of room in the time that they look ahead, do not, and have told nothing of it. */
  readonly short: number;
  readonly roomy: number;
  readonly unknown: number;
}

/** What an id is called: a customer, a site or a box. */
export interface Named {
  readonly kind: 'customer' | 'site' | 'box';
  readonly name: string;
}

export type Glance = ReturnType<typeof openGlance>;

const unrevoked = (counts: Counts['urgency']): number =>
  Object.values(counts).reduce((sum, one) => sum + one, 0) - counts.revoked;

export function openGlance({ database }: { readonly database: AnyTables }) {
  const db = database.$extendTables<InventoryTables & TenantTables>();
  const active = (scope: Scope) =>
    db.selectFrom('boxes').where('boxes.state', '=', 'active').where(inScope(scope, 'boxes'));

  /** By their ids and then by scope: SQLite would go through all of the MSP. `LIMIT` keeps it from putting the two together. */
  const boxesOf = (ids: readonly string[]) =>
    db.selectFrom((from) => from.selectFrom('boxes').selectAll().where('id', 'in', ids).limit(ids.length).as('boxes'));

  /** Boxes whose last proof is older than `since`, and those that are heard and have none. */
  const lagging = (scope: Scope, since: number) =>
    db
      .selectFrom('box_health')
      .crossJoin('boxes')
      .whereRef('boxes.id', '=', 'box_health.box')
      .where('boxes.state', '=', 'active')
      .where(inScope(scope, 'boxes'))
      .where(({ eb, or }) => or([eb('proven_at', 'is', null), eb('proven_at', '<', since)]));

  async function doorsOfBoxes(scope: Scope, since: number): Promise<Door[]> {
    const rows = await active(scope)
      .leftJoin('box_health', 'box_health.box', 'boxes.id')
      .select(['boxes.name', 'proven_at'])
      .orderBy('boxes.name_key')
      .limit(WALL_DOORS)
      .execute();
    return rows.map(({ name, proven_at }) => ({
      name,
      proof: proven_at === null ? 'unknown' : proven_at < since ? 'late' : 'proven',
    }));
  }

  async function doorsOfCustomers(scope: Scope, since: number): Promise<Door[]> {
    const late = await lagging(scope, since)
      .select(({ fn }) => ['boxes.customer', fn.max('proven_at').as('proven_at')])
      .groupBy('boxes.customer')
      .execute();
    const worst = new Map(late.map(({ customer, proven_at }) => [customer, proven_at]));
    const rows = await db
      .selectFrom('customers')
      .select(['id', 'name'])
      .where(namedCustomer(scope))
      .where('archived_at', 'is', null)
      .where(({ exists, selectFrom }) =>
        exists(selectFrom('boxes').select('boxes.id').whereRef('boxes.customer', '=', 'customers.id')),
      )
      .orderBy('name_key')
      .limit(WALL_DOORS)
      .execute();
    return rows.map(({ id, name }) => {
      const at = worst.get(id);
      return { name, proof: at === undefined ? 'proven' : at === null ? 'unknown' : 'late' };
    });
  }

  return {
    /** Of these boxes, as far as they are in scope. */
    async boxes(scope: Scope, ids: readonly string[]): Promise<ReadonlyMap<string, BoxGlance>> {
      if (ids.length === 0) return new Map();
      const rows = await boxesOf(ids)
        .leftJoin('box_health', 'box_health.box', 'boxes.id')
        .select(['boxes.id', 'proven_at', 'disk_days'])
        .where(inScope(scope, 'boxes'))
        .execute();
      const findings = await db
        .selectFrom('box_findings')
        .crossJoin('boxes')
        .whereRef('boxes.id', '=', 'box_findings.box')
        .select(['box', 'code'])
        .where('box', 'in', ids)
        .where('level', '>', 0)
        .where(inScope(scope, 'boxes'))
        .orderBy('level', 'desc')
        .orderBy('code')
        .execute();
      const codes = Map.groupBy(findings, ({ box }) => box);
      return new Map(
        rows.map(({ id, proven_at, disk_days }) => [
          id,
          {
            codes: (codes.get(id) ?? []).map(({ code }) => code as FindingCode),
            ...{ provenAt: proven_at, diskDays: disk_days },
          },
        ]),
      );
    },

    /** Of these customers, as far as they are in scope. */
    async customers(scope: Scope, ids: readonly string[]): Promise<ReadonlyMap<string, CustomerGlance>> {
      if (ids.length === 0) return new Map();
      const own = () => active(scope).where('boxes.customer', 'in', ids);
      const health = await own()
        .innerJoin('box_health', 'box_health.box', 'boxes.id')
        .select(({ fn }) => [
          'boxes.customer',
          fn.min('proven_at').as('proven'),
          fn.min('disk_days').as('disk'),
          sql<number>`SUM(CASE WHEN proven_at IS NULL THEN 1 ELSE 0 END)`.as('unproven'),
        ])
        .groupBy('boxes.customer')
        .execute();
      const findings = await own()
        .crossJoin('box_findings')
        .whereRef('box_findings.box', '=', 'boxes.id')
        .where('box_findings.level', '>', 0)
        .select(({ fn }) => ['boxes.customer', 'code', 'level', fn.countAll<number>().as('boxes')])
        .groupBy(['boxes.customer', 'code', 'level'])
        .orderBy('level', 'desc')
        .orderBy('boxes', 'desc')
        .orderBy('code')
        .execute();
      const policies = await own()
        .where('boxes.policy_state', 'is not', null)
        .select(({ fn }) => ['boxes.customer', 'policy_state', fn.countAll<number>().as('boxes')])
        .groupBy(['boxes.customer', 'policy_state'])
        .execute();
      const sites = await db
        .selectFrom('sites')
        .select(({ fn }) => ['customer', fn.countAll<number>().as('sites')])
        .where('customer', 'in', ids)
        .where('archived_at', 'is', null)
        .where(inScope(scope, 'sites', { site: 'id' }))
        .groupBy('customer')
        .execute();
      return new Map(
        ids.map((id) => {
          const its = <Row extends { customer: string }>(rows: readonly Row[]) =>
            rows.filter(({ customer }) => customer === id);
          const [seen] = its(health);
          const policy = { none: 0, applied: 0, pending: 0, rejected: 0 };
          for (const { policy_state, boxes } of its(policies)) policy[policy_state!] = boxes;
          return [
            id,
            {
              sites: its(sites)[0]?.sites ?? 0,
              findings: its(findings).map(({ code, level, boxes }) => ({
                ...{ code: code as FindingCode, level: levelAt(level), boxes },
              })),
              provenAt: seen?.proven ?? null,
              unproven: seen?.unproven ?? 0,
              diskDays: seen?.disk ?? null,
              policy,
            },
          ];
        }),
      );
    },

    /** How many customers there are that are not archived. */
    async countCustomers(scope: Scope): Promise<number> {
      const { customers } = await db
        .selectFrom('customers')
        .select(({ fn }) => fn.countAll<number>().as('customers'))
        .where(namedCustomer(scope))
        .where('archived_at', 'is', null)
        .executeTakeFirstOrThrow();
      return customers;
    },

    /** Which boxes have sealed a recording or a test call since `since`, ms. `counts`: how many there are of each urgency (`boxes.counts`). */
    async proof(scope: Scope, since: number, counts: Counts['urgency']): Promise<ProofGlance> {
      const boxes = unrevoked(counts);
      const { late, unproven } = await lagging(scope, since)
        .select(({ fn }) => [
          fn.count<number>('proven_at').as('late'),
          sql<number>`SUM(CASE WHEN proven_at IS NULL THEN 1 ELSE 0 END)`.as('unproven'),
        ])
        .executeTakeFirstOrThrow();
      const of = boxes > WALL_DOORS ? 'customers' : 'boxes';
      const doors = await (of === 'boxes' ? doorsOfBoxes(scope, since) : doorsOfCustomers(scope, since));
      const order: readonly Proof[] = ['late', 'unknown', 'proven'];
      doors.sort((a, b) => order.indexOf(a.proof) - order.indexOf(b.proof));
      return { boxes, late, unknown: counts.pending + (unproven ?? 0), of, doors };
    },

    /** Which boxes run out of room: `most` of them, and how many. `counts`: how many there are of each urgency (`boxes.counts`). */
    async room(scope: Scope, most: number, counts: Counts['urgency']): Promise<RoomGlance> {
      const told = () =>
        db
          .selectFrom('box_health')
          .crossJoin('boxes')
          .whereRef('boxes.id', '=', 'box_health.box')
          .where('boxes.state', '=', 'active')
          .where(inScope(scope, 'boxes'));
      const { all, short } = await told()
        .select(({ fn }) => [fn.countAll<number>().as('all'), fn.count<number>('disk_days').as('short')])
        .executeTakeFirstOrThrow();
      const rows = await told()
        .select(['boxes.id', 'boxes.name', 'boxes.site', 'disk_days'])
        .where('disk_days', 'is not', null)
        .orderBy('disk_days')
        .orderBy('box_health.box')
        .limit(most)
        .execute();
      return {
        rows: rows.map((row) => ({ box: row.id, name: row.name, site: row.site, diskDays: row.disk_days! })),
        ...{ short, roomy: all - short, unknown: Math.max(0, unrevoked(counts) - all) },
      };
    },

    /** How many boxes each of these sites has, and how the most urgent one stands. */
    async sites(scope: Scope, ids: readonly string[]): Promise<ReadonlyMap<string, SiteGlance>> {
      if (ids.length === 0) return new Map();
      const rows = await db
        .selectFrom('boxes')
        .select(({ fn }) => ['site', fn.countAll<number>().as('boxes'), fn.min('urgency').as('worst')])
        .where('site', 'in', ids)
        .where(inScope(scope, 'boxes'))
        .groupBy('site')
        .execute();
      return new Map(rows.map(({ site, boxes, worst }) => [site, { boxes, urgency: urgencyAt(worst) }]));
    },

    /** What these ids are called; those that are nothing, or nothing in scope, are not there. */
    async names(scope: Scope, ids: readonly string[]): Promise<ReadonlyMap<string, Named>> {
      const wanted = [...new Set(ids)];
      if (wanted.length === 0) return new Map();
      const customers = await db
        .selectFrom('customers')
        .select(['id', 'name'])
        .where('id', 'in', wanted)
        .where(namedCustomer(scope))
        .execute();
      const sites = await db
        .selectFrom('sites')
        .select(['id', 'name'])
        .where('id', 'in', wanted)
        .where(inScope(scope, 'sites', { site: 'id' }))
        .execute();
      const boxes = await boxesOf(wanted).select(['boxes.id', 'boxes.name']).where(inScope(scope, 'boxes')).execute();
      const of = (kind: Named['kind'], rows: readonly { id: string; name: string }[]) =>
        rows.map(({ id, name }): [string, Named] => [id, { kind, name }]);
      return new Map([...of('customer', customers), ...of('site', sites), ...of('box', boxes)]);
    },
  };
}
