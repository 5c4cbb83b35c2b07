/** Until when something must be done, as a pack says it. */
import { binds } from './effective.ts';
import type { Deadline, DeadlineName, Pack } from './pack.ts';

/** The deadline of this name that binds at an instant (wall clock, ms); null: this pack sets none. */
export const deadline = (pack: Pack, name: DeadlineName, at: number): Deadline | null =>
  pack.deadlines.find((one) => one.name === name && binds(one, at)) ?? null;

const HOUR_MS = 3_600_000;

/**
 * When it is over (wall clock, ms) for what began at `since`. Months end on the same day of the month, or on its last where there is none
 * (Regulation 1182/71, 3(2)(c)), at the same time of day, so never later than the law's end of that day.
 */
export function endOf({ amount, unit }: Pick<Deadline, 'amount' | 'unit'>, since: number): number {
  if (unit !== 'months') return since + amount * (unit === 'hours' ? 1 : 24) * HOUR_MS;
  const end = new Date(since);
  const day = end.getUTCDate();
  end.setUTCMonth(end.getUTCMonth() + amount);
  // Ran over into the month after: back to the last day before it.
  if (end.getUTCDate() !== day) end.setUTCDate(0);
  return end.getTime();
}
