/**
 * What time it is, as far as erasing may believe it. The wall clock can be set by whoever has the machine; monotonic time cannot. So the
 * box keeps a mark, the latest time that it believed, and lets monotonic time carry it on:
 *
 * - set back, the wall clock is not followed: nothing revives, and the purge goes on by the mark;
 * - ahead of the mark, it is believed as far as time may have passed unseen (the box was off, a clock was corrected), and all of that
 *   together is MAX_UNPROVEN_MS at most until somebody confirms the time. What is further ahead waits: no two small lies make a big one;
 * - confirmed by two independent sources or by a person, the wall clock is the time, also when that is before the mark.
 *
 * Hence the tolerance: nothing is erased more than MAX_UNPROVEN_MS (and a source's CONFIRMED_WITHIN_MS) before its day, whatever is done
 * to the clock.
 */

const DAY_MS = 24 * 3600_000;

/** Longest that a clock is corrected by while the box runs, ms: more than any drift, less than a retention of one day. */
export const MAX_STEP_MS = 3600_000;

/**
 * Longest that time may have passed unseen until somebody confirms it, ms. A box that was switched off for ten days erases at its start
 * what fell due meanwhile (rows of the requirements: S36); the days above that are for a slow week.
 */
export const MAX_UNPROVEN_MS = 14 * DAY_MS;

/** How near sources and the wall clock must be to one another, ms: servers that keep time are seconds apart, fraud is days. */
export const CONFIRMED_WITHIN_MS = 5 * 60_000;

/** Sources that must agree: one alone can be a single server that lies. */
const SOURCES_NEEDED = 2;

/** What is remembered over a restart. Instants are wall clock, ms. */
export interface TimeMark {
  /** The latest time that was believed. */
  readonly believed: number;
  /** How much of it no monotonic clock has seen, ms, since the last confirmation. */
  readonly unprovenMs: number;
  /** The wall clock is ahead of what is believed, and nobody has confirmed it. */
  readonly unconfirmed: boolean;
  /** Confirmations so far: a number that changes tells the other process to take the mark over. */
  readonly confirmations: number;
}

/** What the two clocks say, and how long ago the mark was made by the monotonic one; null: it began anew since. */
export interface Reading {
  readonly wall: number;
  readonly sinceMarkMs: number | null;
}

/** What the time should be. */
export const expectedTime = ({ believed }: TimeMark, { sinceMarkMs }: Reading): number =>
  Math.floor(believed + Math.max(0, sinceMarkMs ?? 0));

/** The next mark: `believed` is the time to erase by. Without a mark, at the box's first start, there is nothing to erase and the wall clock is it. */
export function nextMark(mark: TimeMark | null, reading: Reading): TimeMark {
  const { wall, sinceMarkMs } = reading;
  if (mark === null) return { believed: wall, unprovenMs: 0, unconfirmed: false, confirmations: 0 };
  const expected = expectedTime(mark, reading);
  const ahead = wall - expected;
  if (ahead <= 0) return { ...mark, believed: expected, unconfirmed: false };
  const unprovenMs = mark.unprovenMs + ahead;
  // A restart is no confirmation: what was not believed before it is not believed after it.
  const most = sinceMarkMs === null && !mark.unconfirmed ? MAX_UNPROVEN_MS : MAX_STEP_MS;
  if (ahead > most || unprovenMs > MAX_UNPROVEN_MS) return { ...mark, believed: expected, unconfirmed: true };
  return { ...mark, believed: wall, unprovenMs, unconfirmed: false };
}

/** The mark once the wall clock was confirmed. */
export const confirmedMark = (mark: TimeMark | null, wall: number): TimeMark => ({
  believed: wall,
  unprovenMs: 0,
  unconfirmed: false,
  confirmations: (mark?.confirmations ?? 0) + 1,
});

/** Somebody else's idea of the time. */
export interface TimeSource {
  /** Two sources of one name count once. */
  readonly name: string;
  /** Wall clock, ms; null: it does not know, or cannot be reached. Never throws. */
  now(): Promise<number | null>;
}

/** What a source said, and what the wall clock showed at that moment. */
export interface Answer {
  readonly name: string;
  readonly says: number | null;
  readonly wall: number;
}

/** Whether enough independent sources agree with the wall clock. One that contradicts is not outvoted: then a person decides. */
export function confirms(answers: readonly Answer[]): boolean {
  const known = answers.filter(({ says }) => says !== null);
  const agrees = ({ says, wall }: Answer) => Math.abs((says as number) - wall) <= CONFIRMED_WITHIN_MS;
  return new Set(known.map(({ name }) => name)).size >= SOURCES_NEEDED && known.every(agrees);
}
