/** How many alerts stand, of all MSPs together: for whoever runs the server. No tenant asks here. */
import type { AnyTables } from '../db/open.ts';
import { alertLevels, rankOfLevel } from './codes.ts';
import { view } from './parts.ts';

export function openAlertTotals({ database }: { readonly database: AnyTables }) {
  return {
    async byLevel(): Promise<Readonly<Record<string, number>>> {
      const rows = await view(database)
        .selectFrom('alerts')
        .select(({ fn }) => ['level', fn.countAll<number>().as('alerts')])
        .where('cleared_at', 'is', null)
        .groupBy('level')
        .execute();
      const counted = new Map(rows.map(({ level, alerts }) => [level, alerts]));
      return Object.fromEntries(alertLevels.map((level) => [level, counted.get(rankOfLevel(level)) ?? 0]));
    },
  };
}
