/**
 * How often recordings of a box were opened, exported and erased, by the hour. Few of an hour are hidden by the box already (`contract/audit.ts`), so
 * whatever is made of these numbers tells no more than they do.
 */
import type { Audit } from '@belkluis/shared/contract/audit';
import type { Kysely } from 'kysely';
import type { Heard } from './heard.ts';
import { CLOCK_SLACK_MS, HOUR_MS, HOURS_AT_ONCE, OLDEST_BELIEVED_MS } from './limits.ts';
import type { InventoryTables } from './tables.ts';

/** When it began, ms; each count null where it is smaller than FEWEST_TOLD. */
export type HourRow = Audit['hours'][number];

export const countedKinds = ['released', 'exported', 'erased'] as const;
export type CountedKind = (typeof countedKinds)[number];

/** Of several hours. */
export interface Total {
  /** Of the counts that were told: there were so many at least. */
  readonly told: number;
  /** Hours of which only is known that there were few. */
  readonly few: number;
  /** Hours of which nothing is known. */
  readonly untold: number;
}

/** What can be said of hours together; undefined: the hour was not told. */
export function totalOf(hours: readonly (HourRow | undefined)[], kind: CountedKind): Total {
  let [told, few, untold] = [0, 0, 0];
  for (const hour of hours) {
    if (hour === undefined) untold++;
    else if (hour[kind] === null) few++;
    else told += hour[kind];
  }
  return { told, few, untold };
}

/** Over by the fleet's clock, and not older than a box remembers: what a wrong clock says of other hours has no place. */
const isBelieved = (hour: number, heardAt: number): boolean =>
  hour + HOUR_MS <= heardAt + CLOCK_SLACK_MS && hour >= heardAt - OLDEST_BELIEVED_MS;

/** Keeps the hours of messages that were not there yet. An hour has one word, the first: no later message makes it another. */
export async function storeHours(db: Kysely<InventoryTables>, batch: readonly Heard[]): Promise<void> {
  const rows = batch.flatMap(({ box, said, heardAt }) =>
    said.kind === 'audit'
      ? said.hours.filter(({ hour }) => isBelieved(hour, heardAt)).map((hour) => ({ box, ...hour }))
      : [],
  );
  for (let from = 0; from < rows.length; from += HOURS_AT_ONCE)
    await db
      .insertInto('box_hours')
      .values(rows.slice(from, from + HOURS_AT_ONCE))
      .onConflict((on) => on.doNothing())
      .execute();
}
