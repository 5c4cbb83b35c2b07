/** Whether a message is of a time that can be, though its box's clock be wrong. */
import { MAX_AGE_MS, MAX_AHEAD_MS, SKEW_TOLERATED_MS } from './limits.ts';

export type Judged =
  /** As old as a message may be. */
  | { readonly is: 'fine' }
  /** Newer than can be: the box's clock went ahead, to so far from ours (ms). */
  | { readonly is: 'ahead'; readonly skewMs: number }
  | { readonly is: 'from_future' }
  | { readonly is: 'from_past' };

/**
 * `ts`: when the message was made, by its box's clock; `now`: by ours, ms. `skewMs`: how far the box's clock was ahead of ours when it last
 * said that it is there; null: not known. A clock that was set right since then counts as well: what is possible by either is taken.
 */
export function judgeTime(ts: number, now: number, skewMs: number | null): Judged {
  const ages = [now - ts, ...(skewMs === null ? [] : [now - ts + skewMs])];
  if (ages.some((age) => age >= -SKEW_TOLERATED_MS && age <= MAX_AGE_MS)) return { is: 'fine' };
  const ahead = ages.filter((age) => age < 0);
  if (ahead.length === 0) return { is: 'from_past' };
  return ahead.some((age) => -age <= MAX_AHEAD_MS) ? { is: 'ahead', skewMs: ts - now } : { is: 'from_future' };
}
