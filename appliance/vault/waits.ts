/**
 * How long callers waited in a queue, as totals of an hour and never of one call. Ten calls at least stand behind a figure that is shown:
 * of fewer one could still work out whose wait it was.
 */
import type { Database } from '../db/open.ts';

const HOUR_MS = 3600_000;

/** Calls of an hour below which nothing but that is said of it: the k that the customer's requirements name. */
export const FEWEST_SHOWN = 10;

export interface Waited {
  readonly queue: string;
  /** When the call came, wall clock, ms. */
  readonly at: number;
  /** Until somebody answered, or the caller gave up. */
  readonly ms: number;
  readonly answered: boolean;
  /** When the record of the call leaves. */
  readonly expiresAt: number;
}

/** Waiting times of one hour in one queue. `figures` null: fewer calls than `FEWEST_SHOWN`. */
export interface WaitsOfHour {
  /** When the hour began, wall clock, ms. */
  readonly hour: number;
  readonly queue: string;
  readonly figures: {
    readonly calls: number;
    readonly answered: number;
    readonly meanMs: number;
    readonly longestMs: number;
  } | null;
}

interface Row {
  readonly hour: number;
  readonly queue: string;
  readonly calls: number;
  readonly answered: number;
  readonly totalMs: number;
  readonly longestMs: number;
}

function shown({ hour, queue, calls, answered, totalMs, longestMs }: Row): WaitsOfHour {
  if (calls < FEWEST_SHOWN) return { hour, queue, figures: null };
  return { hour, queue, figures: { calls, answered, meanMs: Math.round(totalMs / calls), longestMs } };
}

export function openWaits(database: Database) {
  // An hour stays as long as the record of one of its calls, and no longer.
  const count = database.prepare(
    `INSERT INTO waits VALUES (@hour, @queue, 1, @answered, @ms, @ms, @expiresAt)
     ON CONFLICT DO UPDATE SET calls = calls + 1, answered = answered + excluded.answered, total_ms = total_ms + excluded.total_ms,
       longest_ms = max(longest_ms, excluded.longest_ms), expires_at = max(expires_at, excluded.expires_at)`,
  );
  const all = database.prepare(
    `SELECT hour, queue, calls, answered, total_ms AS totalMs, longest_ms AS longestMs FROM waits
     WHERE hour >= ? AND hour < ? ORDER BY hour, queue`,
  );
  return {
    add({ at, answered, ...waited }: Waited): void {
      count.run({ ...waited, hour: Math.floor(at / HOUR_MS) * HOUR_MS, answered: Number(answered) });
    },
    /** Hours that began within [from, until), oldest first. */
    between: (from: number, until: number): WaitsOfHour[] => (all.all(from, until) as Row[]).map(shown),
  };
}
