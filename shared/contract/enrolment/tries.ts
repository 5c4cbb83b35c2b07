/** Five tries, then a wait. A try counts before it is known to be right, so that many at once are not more than five. */
import { FORGET_TRIES_MS, LOCK_MS, MAX_TRIES } from './limits.ts';

/** Tries of one kind at one thing. */
export interface Tries {
  readonly tries: number;
  /** Of the last one, ms. */
  readonly last: number;
}

/** What remains after one more try; null: there is none before `mayTryAt`. */
export function takeTry(before: Tries | null, now: number): Tries | null {
  if (mayTryAt(before) > now) return null;
  // A clock that went back forgives nothing.
  const forgotten = !before || now - before.last >= FORGET_TRIES_MS || before.tries >= MAX_TRIES;
  return { tries: forgotten ? 1 : before.tries + 1, last: Math.max(now, before?.last ?? now) };
}

/** When another try may be made: ms; 0: now. */
export const mayTryAt = (before: Tries | null): number =>
  before && before.tries >= MAX_TRIES ? before.last + LOCK_MS : 0;
