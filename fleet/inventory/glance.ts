/** What overviews say of many boxes and customers at once, as somebody with a scope sees them: each in one look at an index. */
import type { FindingCode, Level } from '@belkluis/shared/contract/finding-codes';
import { sql } from 'kysely';
import type { AnyTables } from '../db/open.ts';
import { inScope, namedCustomer, type Scope } from '../tenants/scope.ts';
import type { TenantTables } from '../tenants/tables.ts';
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
  /** Active boxes that have told their health and have proven nothing yet. */
  readonly unproven: number;
  /** Least days of room; null: none runs short. */
  readonly diskDays: number | null;
  readonly policy: { readonly [State in PolicyState]: number };
}

/** `proven`: within the time that was asked about. `unknown`: not heard, or heard without a proof; of a customer: of no box is it late, and of one not known. */
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

/** What the boxes of a customer have told, those that were not revoked. */
export interface Told {
  readonly customer: string;
  readonly boxes: number;
  /** As of `ProofGlance`. */
  readonly late: number;
  readonly unknown: number;
  /** That have told their health. */
  readonly measured: number;
  /** That run out of room in the time that they look ahead. */
  readonly short: number;
}

const sumOf = (told: readonly Told[], name: Exclude<keyof Told, 'customer'>): number =>
  told.reduce((sum, one) => sum + one[name], 0);

export function openGlance({ database }: { readonly database: AnyTables }) {
  const db = database.$extendTables<InventoryTables & TenantTables>();
  const active = (scope: Scope) =>
    db.selectFrom('boxes').where('boxes.state', '=', 'active').where(inScope(scope, 'boxes'));

  /** By their ids and then by scope: SQLite would go through all of the MSP. `LIMIT` keeps it from putting the two together. */
  const boxesOf = (ids: readonly string[]) =>
    db.selectFrom((from) => from.selectFrom('boxes').selectAll().where('id', 'in', ids).limit(ids.length).as('boxes'));

  async function doorsOfBoxes(scope: Scope, since: number): Promise<Door[]> {
    const rows = await db
      .selectFrom('boxes')
      .where('boxes.state', '<>', 'revoked')
      .where(inScope(scope, 'boxes'))
      .select(['name', 'proven_at'])
      .orderBy('name_key')
      .orderBy('id')
      .limit(WALL_DOORS)
      .execute();
    return rows.map(({ name, proven_at }) => ({
      name,
      proof: proven_at === null ? 'unknown' : proven_at < since ? 'late' : 'proven',
    }));
  }

  async function doorsOfCustomers(scope: Scope, proofs: ReadonlyMap<string, Proof>): Promise<Door[]> {
    const rows = await db
      .selectFrom('customers')
      .select(['id', 'name'])
      .where(namedCustomer(scope))
      .orderBy('name_key')
      .orderBy('id')
      .execute();
    return rows.flatMap(({ id, name }) => {
      const proof = proofs.get(id);
      return proof === undefined ? [] : { name, proof };
    });
  }

  return {
    /** Of these boxes, as far as they are in scope. */
    async boxes(scope: Scope, ids: readonly string[]): Promise<ReadonlyMap<string, BoxGlance>> {
      if (ids.length === 0) return new Map();
      const rows = await boxesOf(ids)
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
        .select(({ fn }) => [
          'boxes.customer',
          fn.min('proven_at').as('proven'),
          fn.min('disk_days').as('disk'),
          sql<number>`SUM(CASE WHEN proven_at IS NULL THEN measured ELSE 0 END)`.as('unproven'),
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

    /** What boxes that were not revoked have told, by customer: what `proof` and `room` count. `since`: from when on something counts as proven, ms. */
    async told(scope: Scope, since: number): Promise<readonly Told[]> {
      return await db
        .selectFrom('boxes')
        .select(({ fn }) => [
          'customer',
          fn.countAll<number>().as('boxes'),
          sql<number>`SUM(CASE WHEN proven_at < ${since} THEN 1 ELSE 0 END)`.as('late'),
          sql<number>`SUM(CASE WHEN proven_at IS NULL THEN 1 ELSE 0 END)`.as('unknown'),
          fn.sum<number>('measured').as('measured'),
          fn.count<number>('disk_days').as('short'),
        ])
        .where('state', '<>', 'revoked')
        .where(inScope(scope, 'boxes'))
        .groupBy('customer')
        .execute();
    },

    /** Which boxes have sealed a recording or a test call since `since`, ms. `told`: since then. */
    async proof(scope: Scope, since: number, told: readonly Told[]): Promise<ProofGlance> {
      const boxes = sumOf(told, 'boxes');
      const of = boxes > WALL_DOORS ? 'customers' : 'boxes';
      const proofs = new Map(
        told.map(({ customer, late, unknown }): [string, Proof] => [
          customer,
          late > 0 ? 'late' : unknown > 0 ? 'unknown' : 'proven',
        ]),
      );
      const doors = await (of === 'boxes' ? doorsOfBoxes(scope, since) : doorsOfCustomers(scope, proofs));
      const order: readonly Proof[] = ['late', 'unknown', 'proven'];
      doors.sort((a, b) => order.indexOf(a.proof) - order.indexOf(b.proof));
      const counts = { boxes, late: sumOf(told, 'late'), unknown: sumOf(told, 'unknown') };
      return { ...counts, of, doors: doors.slice(0, WALL_DOORS) };
    },

    /** Which boxes run out of room: `most` of them, and how many. */
    async room(scope: Scope, most: number, told: readonly Told[]): Promise<RoomGlance> {
      const rows = await active(scope)
        .select(['id', 'name', 'site', 'disk_days'])
        .where('disk_days', 'is not', null)
        .orderBy('disk_days')
        .orderBy('id')
        .limit(most)
        .execute();
      const [all, measured, short] = [sumOf(told, 'boxes'), sumOf(told, 'measured'), sumOf(told, 'short')];
      return {
        rows: rows.map((row) => ({ box: row.id, name: row.name, site: row.site, diskDays: row.disk_days! })),
        ...{ short, roomy: measured - short, unknown: all - measured },
      };
    },

    /** How many boxes each of these sites has, and how the most urgent one stands. */
    async sites(scope: Scope, ids: readonly string[]): Promise<ReadonlyMap<string, SiteGlance>> {
      if (ids.length === 0) return new Map();
      // Sites first: with a condition on the MSP's boxes too, SQLite would go through all of these.
      const own = await db
        .selectFrom('sites')
        .select('id')
        .where('id', 'in', ids)
        .where(inScope(scope, 'sites', { site: 'id' }))
        .execute();
      if (own.length === 0) return new Map();
      const rows = await db
        .selectFrom('boxes')
        .select(({ fn }) => ['site', fn.countAll<number>().as('boxes'), fn.min('urgency').as('worst')])
        .where(
          'site',
          'in',
          own.map(({ id }) => id),
        )
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
