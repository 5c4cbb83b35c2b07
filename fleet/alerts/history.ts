/** When alerts stood before: of a box, for its timeline, and of one alert. */
import { healthCodes } from '@belkluis/shared/contract/health-codes';
import { type SqlBool, sql } from 'kysely';
import { z } from 'zod';
import { keysAfter, type Page, type PageAsk, pageOf, rowsOf } from '../db/page.ts';
import { inScope, type Scope } from '../tenants/scope.ts';
import { type AlertLevel, alertCodes, type FleetCode, levelOfRank } from './codes.ts';
import { type Parts, view } from './parts.ts';

/** What the fleet itself found. What the box found, its own events tell. */
export interface FoundAtBox {
  readonly id: string;
  readonly code: FleetCode;
  readonly level: AlertLevel;
  /** Wall clock, ms. */
  readonly since: number;
  /** Null: it stands. */
  readonly clearedAt: number | null;
}

/** An alert before: the same code of the same box, customer or MSP. */
export interface PastAlert {
  readonly id: string;
  /** The last that it had. */
  readonly level: AlertLevel;
  readonly since: number;
  readonly clearedAt: number;
  /** Person who acknowledged it last; null: nobody did. */
  readonly acknowledgedBy: string | null;
}

const ownCodes = alertCodes.filter((code) => !Object.hasOwn(healthCodes, code));
const timeKeys = z.tuple([z.number().int(), z.string()]);

export function openAlertHistory({ database }: Pick<Parts, 'database'>) {
  const db = view(database);
  return {
    /** What the fleet found at a box, newest first. */
    async of(scope: Scope, box: string, ask: PageAsk = {}): Promise<Page<FoundAtBox>> {
      const after = keysAfter(ask, timeKeys);
      let query = db
        .selectFrom('alerts')
        .select(['id', 'code', 'level', 'since', 'cleared_at'])
        .where('box', '=', box)
        .where('code', 'in', ownCodes)
        .where(inScope(scope, 'alerts'))
        .orderBy('since', 'desc')
        .orderBy('id', 'desc')
        .limit(rowsOf(ask) + 1);
      if (after) query = query.where(sql<SqlBool>`(since, id) < (${after[0]}, ${after[1]})`);
      const page = pageOf(await query.execute(), ask, ({ since, id }) => [since, id]);
      return {
        ...page,
        rows: page.rows.map((row) => ({
          ...{ id: row.id, code: row.code as FleetCode, level: levelOfRank(row.level) },
          ...{ since: row.since, clearedAt: row.cleared_at },
        })),
      };
    },

    /** Newest first, at most `limit`; as long as they are kept. Of one that is not in scope none. */
    async before(scope: Scope, alert: string, limit = 10): Promise<readonly PastAlert[]> {
      const rows = await db
        .selectFrom('alerts')
        .innerJoin('alerts as now', (join) =>
          join.onRef('now.subject', '=', 'alerts.subject').onRef('now.code', '=', 'alerts.code'),
        )
        .select(['alerts.id', 'alerts.level', 'alerts.since', 'alerts.cleared_at', 'alerts.acknowledged_by'])
        .where('now.id', '=', alert)
        .where('alerts.cleared_at', 'is not', null)
        .where(inScope(scope, 'now'))
        .where(inScope(scope, 'alerts'))
        .orderBy('alerts.cleared_at', 'desc')
        .limit(limit)
        .execute();
      return rows.map(({ id, level, since, cleared_at, acknowledged_by }) => ({
        ...{ id, level: levelOfRank(level), since, clearedAt: cleared_at!, acknowledgedBy: acknowledged_by },
      }));
    },
  };
}
