/** When an alert stood before: the same code of the same box, customer or MSP. */
import { inScope, type Scope } from '../tenants/scope.ts';
import { type AlertLevel, levelOfRank } from './codes.ts';
import { type Parts, view } from './parts.ts';

export interface PastAlert {
  readonly id: string;
  /** The last that it had. */
  readonly level: AlertLevel;
  readonly since: number;
  readonly clearedAt: number;
  /** Person who acknowledged it last; null: nobody did. */
  readonly acknowledgedBy: string | null;
}

export const openPast =
  ({ database }: Pick<Parts, 'database'>) =>
  /** Newest first, at most `limit`; as long as they are kept. Of one that is not in scope none. */
  async (scope: Scope, alert: string, limit = 10): Promise<readonly PastAlert[]> => {
    const rows = await view(database)
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
  };
