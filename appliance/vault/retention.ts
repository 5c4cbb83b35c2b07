/** How long something is kept: one pure function from the purpose, so that nothing else can promise otherwise. */

const DAY_MS = 24 * 3600_000;

/** When something of a class expires that began at `startedAt` (wall clock, ms). Always finite, always after it began. */
export function expiryOf(startedAt: number, days: number): number {
  if (!Number.isInteger(days) || days < 1) throw new RangeError('a retention is a whole number of days, 1 at least');
  return startedAt + days * DAY_MS;
}
