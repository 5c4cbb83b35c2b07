/** What the fleet itself found at a box and when it went, for its timeline. What the box found, its own events tell. */
import { healthCodes } from '@belkluis/shared/contract/health-codes';
import { type SqlBool, sql } from 'kysely';
import { z } from 'zod';
import { keysAfter, type Page, type PageAsk, pageOf, rowsOf } from '../db/page.ts';
import { inScope, type Scope } from '../tenants/scope.ts';
import { type AlertLevel, alertCodes, type FleetCode, levelOfRank } from './codes.ts';
import { type Parts, view } from './parts.ts';

export interface PastAlert {
  readonly id: string;
  readonly code: FleetCode;
  readonly level: AlertLevel;
  /** Wall clock, ms. */
  readonly since: number;
  /** Null: it stands. */
  readonly clearedAt: number | null;
}

const ownCodes = alertCodes.filter((code) => !Object.hasOwn(healthCodes, code));
const timeKeys = z.tuple([z.number().int(), z.string()]);

export function openAlertHistory({ database }: Pick<Parts, 'database'>) {
  const db = view(database);
  return {
    /** Newest first. */
    async of(scope: Scope, box: string, ask: PageAsk = {}): Promise<Page<PastAlert>> {
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
  };
}
