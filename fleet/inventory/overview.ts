/** Many boxes at a glance, and one over time, as somebody with a scope sees them. */
import type { Clock } from '@belkluis/shared/base/clock';
import type { Event } from '@belkluis/shared/contract/event';
import type { FindingCode, Level } from '@belkluis/shared/contract/finding-codes';
import type { GaugeName, Gauges } from '@belkluis/shared/contract/gauges';
import { type SqlBool, sql } from 'kysely';
import { z } from 'zod';
import type { AnyTables } from '../db/open.ts';
import { keysAfter, type Page, type PageAsk, pageOf, rowsOf, searchPattern } from '../db/page.ts';
import { inScope, namedCustomer, type Scope } from '../tenants/scope.ts';
import type { TenantTables } from '../tenants/tables.ts';
import { type Columns, newColumns, type Range } from './columns.ts';
import { levelAt } from './findings-after.ts';
import type { HourRow } from './hours.ts';
import { HEALTH_STEPS, MAX_POINTS } from './limits.ts';
import { mustSee } from './must-see.ts';
import { beginOf, eachPoint, type Point, rollUp, unpackPoints } from './points.ts';
import type { InventoryTables } from './tables.ts';
import { rankOf, type Urgency, urgencies, urgencyAt } from './urgency.ts';

export interface CustomerRow {
  readonly id: string;
  readonly name: string;
  /** Of the most urgent box; null: it has none. */
  readonly urgency: Urgency | null;
  readonly boxes: number;
  readonly counts: { readonly [Name in Urgency]: number };
}

export interface FindingGroup {
  readonly code: FindingCode;
  readonly level: Level;
  readonly boxes: number;
  /** When the first of them came. */
  readonly since: number;
}

export interface FindingRow {
  readonly box: string;
  readonly name: string;
  readonly customer: string;
  readonly site: string;
  readonly code: FindingCode;
  readonly level: Level;
  readonly since: number;
}

export interface TimelineRow {
  readonly id: string;
  readonly at: number;
  readonly event: Event;
}

export interface Series {
  /** ms between points; 0: as they came. */
  readonly step: number;
  readonly points: readonly Point[];
}

/** A request for health takes less, ms. */
const ASKED_AGO_MS = 60_000;

/** Where customers without boxes stand: last. */
const NO_BOXES = urgencies.length;

const urgencyKeys = z.tuple([z.number().int(), z.string(), z.string()]);
const findingKeys = z.tuple([z.number().int(), z.number().int(), z.string(), z.string()]);
const timeKeys = z.tuple([z.number().int(), z.string()]);

// Findings are joined to their boxes by CROSS JOIN, which SQLite takes as an order: few findings first, and not all boxes of the MSP.

export type Overview = ReturnType<typeof openOverview>;

export function openOverview({ database, clock }: { database: AnyTables; clock: Pick<Clock, 'now'> }) {
  const db = database.$extendTables<InventoryTables & TenantTables>();

  /** What is kept of a box's health between two instants, of the finest step that reaches so far back. */
  async function kept(box: string, from: number, until: number) {
    // Whoever asks for all that a step keeps began to count a moment ago.
    const age = clock.now() - from - ASKED_AGO_MS;
    const { step, span } = HEALTH_STEPS.find(({ keep }) => age <= keep) ?? HEALTH_STEPS.at(-1)!;
    const chunks = await db
      .selectFrom('health_chunks')
      .select(['start_at', 'points'])
      .where('box', '=', box)
      .where('step', '=', step)
      .where('start_at', '>=', beginOf(from, span))
      .where('start_at', '<=', until)
      .execute();
    const raw = await db
      .selectFrom('health_raw')
      .select(['at', 'gauges'])
      .where('box', '=', box)
      .where('at', '>=', beginOf(from, step || 1))
      .where('at', '<=', until)
      .execute();
    return { step, chunks, raw };
  }

  return {
    /** Most urgent first; archived ones are not there. */
    async customers(
      scope: Scope,
      ask: PageAsk & {
        readonly search?: string | undefined;
        /** With boxes that stand so. */
        readonly having?: Urgency | undefined;
      } = {},
    ): Promise<Page<CustomerRow>> {
      const after = keysAfter(ask, urgencyKeys);
      const pattern = searchPattern(ask.search);
      const count = (rank: number) => sql<number>`SUM(CASE WHEN urgency = ${rank} THEN boxes ELSE 0 END)`;
      const worst = sql<number>`COALESCE(counted.worst, ${NO_BOXES})`;
      let query = db
        .selectFrom('customers')
        .leftJoin(
          (builder) =>
            builder
              // Twice, so that the many rows are only counted, in the order of an index that has all of it.
              .selectFrom((boxes) =>
                boxes
                  .selectFrom('boxes')
                  .select(({ fn }) => ['customer', 'urgency', fn.countAll<number>().as('boxes')])
                  .where(inScope(scope, 'boxes'))
                  .groupBy(['customer', 'urgency'])
                  .as('by_urgency'),
              )
              .select(({ fn }) => ['customer', fn.min('urgency').as('worst'), fn.sum<number>('boxes').as('boxes')])
              .select(urgencies.map((name) => count(rankOf(name)).as(name)))
              .groupBy('customer')
              .as('counted'),
          (join) => join.onRef('counted.customer', '=', 'customers.id'),
        )
        .select(['customers.id', 'customers.name', 'customers.name_key', worst.as('worst'), 'counted.boxes'])
        .select(urgencies.map((name) => `counted.${name}` as const))
        .where(namedCustomer(scope))
        .where('customers.archived_at', 'is', null)
        .orderBy(worst)
        .orderBy('customers.name_key')
        .orderBy('customers.id')
        .limit(rowsOf(ask) + 1);
      if (ask.having !== undefined) query = query.where(`counted.${ask.having}`, '>', 0);
      if (pattern !== null) query = query.where(sql<SqlBool>`customers.name_key LIKE ${pattern} ESCAPE '!'`);
      if (after)
        query = query.where(
          sql<SqlBool>`(${worst}, customers.name_key, customers.id) > (${after[0]}, ${after[1]}, ${after[2]})`,
        );
      const page = pageOf(await query.execute(), ask, (row) => [row.worst, row.name_key, row.id]);
      return {
        ...page,
        rows: page.rows.map((row) => ({
          id: row.id,
          name: row.name,
          urgency: row.worst === NO_BOXES ? null : urgencyAt(row.worst),
          boxes: row.boxes ?? 0,
          counts: Object.fromEntries(urgencies.map((name) => [name, row[name] ?? 0])) as CustomerRow['counts'],
        })),
      };
    },

    /** Open findings by code, worst and most first. Those of boxes that were revoked are not there. */
    async findingGroups(scope: Scope): Promise<readonly FindingGroup[]> {
      const rows = await db
        .selectFrom('box_findings')
        .crossJoin('boxes')
        .whereRef('boxes.id', '=', 'box_findings.box')
        .select(({ fn }) => ['code', 'level', fn.countAll<number>().as('boxes'), fn.min('since').as('since')])
        .where(inScope(scope, 'boxes'))
        .where('boxes.state', '=', 'active')
        .groupBy(['code', 'level'])
        .orderBy('level', 'desc')
        .orderBy('boxes', 'desc')
        .orderBy('code')
        .execute();
      return rows.map(({ code, level, boxes, since }) => ({
        code: code as FindingCode,
        level: levelAt(level),
        boxes,
        since,
      }));
    },

    /** Open findings one by one, worst first, then the newest; of all, of a code or of a box. */
    async findings(
      scope: Scope,
      ask: PageAsk & { readonly code?: FindingCode | undefined; readonly box?: string | undefined } = {},
    ): Promise<Page<FindingRow>> {
      const after = keysAfter(ask, findingKeys);
      let query = db
        .selectFrom('box_findings')
        .crossJoin('boxes')
        .whereRef('boxes.id', '=', 'box_findings.box')
        .select(['box', 'name', 'customer', 'site', 'code', 'level', 'since'])
        .where(inScope(scope, 'boxes'))
        .where('boxes.state', '=', 'active')
        .orderBy('level', 'desc')
        .orderBy('since', 'desc')
        .orderBy('box')
        .orderBy('code')
        .limit(rowsOf(ask) + 1);
      if (ask.code !== undefined) query = query.where('code', '=', ask.code);
      if (ask.box !== undefined) query = query.where('box', '=', ask.box);
      if (after)
        query = query.where(
          sql<SqlBool>`(-level, -since, box, code) > (${-after[0]}, ${-after[1]}, ${after[2]}, ${after[3]})`,
        );
      const page = pageOf(await query.execute(), ask, ({ level, since, box, code }) => [level, since, box, code]);
      return {
        ...page,
        rows: page.rows.map((row) => ({ ...row, code: row.code as FindingCode, level: levelAt(row.level) })),
      };
    },

    /** What happened at a box, newest first. @throws Problem `box_unknown`. */
    async timeline(scope: Scope, box: string, ask: PageAsk = {}): Promise<Page<TimelineRow>> {
      await mustSee(database, scope, box);
      const after = keysAfter(ask, timeKeys);
      let query = db
        .selectFrom('box_events')
        .select(['id', 'at', 'document'])
        .where('box', '=', box)
        .orderBy('at', 'desc')
        .orderBy('id', 'desc')
        .limit(rowsOf(ask) + 1);
      if (after) query = query.where(sql<SqlBool>`(at, id) < (${after[0]}, ${after[1]})`);
      const page = pageOf(await query.execute(), ask, ({ at, id }) => [at, id]);
      return {
        ...page,
        rows: page.rows.map(({ id, at, document }) => ({ id, at, event: JSON.parse(document) as Event })),
      };
    },

    /** What was counted in its hours that began between two instants, ms; those that it did not tell are not there. @throws Problem `box_unknown`. */
    async hours(
      scope: Scope,
      box: string,
      { from, until }: { readonly from: number; readonly until: number },
    ): Promise<readonly HourRow[]> {
      await mustSee(database, scope, box);
      return await db
        .selectFrom('box_hours')
        .select(['hour', 'released', 'exported', 'erased'])
        .where('box', '=', box)
        .where('hour', '>=', from)
        .where('hour', '<', until)
        .orderBy('hour')
        .execute();
    },

    /**
     * Health between two instants, ms: of the finest step that reaches so far back, and coarser where that would be too many points.
     * @throws Problem `box_unknown`.
     */
    async health(
      scope: Scope,
      box: string,
      { from, until }: { readonly from: number; readonly until: number },
    ): Promise<Series> {
      await mustSee(database, scope, box);
      const { step, chunks, raw } = await kept(box, from, until);
      const all = [
        ...chunks.flatMap(({ start_at, points }) => unpackPoints(start_at, points)),
        ...raw.map(({ at, gauges }): Point => ({ at, gauges: JSON.parse(gauges) as Gauges })),
      ].filter(({ at }) => at >= beginOf(from, step || 1) && at <= until);
      const points = rollUp(all, step);
      if (points.length <= MAX_POINTS) return { step, points };
      const coarser = Math.ceil((until - from) / MAX_POINTS / 1000) * 1000;
      return { step: coarser, points: rollUp(points, coarser) };
    },

    /** The same as a picture shows it, for some gauges. @throws Problem `box_unknown`. */
    async columns(scope: Scope, box: string, range: Range, names: readonly GaugeName[]): Promise<Columns> {
      await mustSee(database, scope, box);
      const { step, chunks, raw } = await kept(box, range.from, range.until);
      const columns = newColumns(range, names);
      const first = beginOf(range.from, step || 1);
      for (const { start_at, points } of chunks)
        eachPoint(start_at, points, (at, told) => {
          if (at >= first) columns.take(at, told);
        });
      for (const { at, gauges } of raw) {
        const measured = JSON.parse(gauges) as Gauges;
        columns.take(at, (name) => measured[name]);
      }
      return columns.done();
    },
  };
}
