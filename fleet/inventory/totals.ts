/** How many boxes there are of each kind, of all MSPs together: for whoever runs the server. No tenant asks here. */
import type { AnyTables } from '../db/open.ts';
import type { InventoryTables } from './tables.ts';
import { rankOf, urgencies } from './urgency.ts';

export function openTotals({ database }: { readonly database: AnyTables }) {
  const db = database.$extendTables<InventoryTables>();
  return {
    async byUrgency(): Promise<Readonly<Record<string, number>>> {
      const rows = await db
        .selectFrom('boxes')
        .select(({ fn }) => ['urgency', fn.countAll<number>().as('boxes')])
        .groupBy('urgency')
        .execute();
      const counted = new Map(rows.map(({ urgency, boxes }) => [urgency, boxes]));
      return Object.fromEntries(urgencies.map((name) => [name, counted.get(rankOf(name)) ?? 0]));
    },
  };
}
