/** How long somebody must wait after failed logins. Kept in memory: it is forgotten with the process, which only root can end. */
import type { Clock } from '../base/clock.ts';
import { FIRST_WAIT_MS, FORGET_FAILURES_MS, FREE_TRIES, MAX_THROTTLED } from './limits.ts';

interface Entry {
  failures: number;
  /** Monotonic ms of the last failure. */
  last: number;
}

export interface Throttle {
  /** Milliseconds until `key` may try again; 0: now. */
  waitMs(key: string): number;
  /** Counts a failure. What it returns takes it back: for one that was counted before the answer was known, and was right. */
  failed(key: string): () => void;
  /** Forgets all failures of `key`. */
  succeeded(key: string): void;
}

export function openThrottle(clock: Clock, maxWaitMs: number): Throttle {
  // A Map keeps its order of insertion: the first entry is the one that failed longest ago.
  const entries = new Map<string, Entry>();
  const live = (key: string): Entry | undefined => {
    const entry = entries.get(key);
    if (entry && clock.monotonic() - entry.last > FORGET_FAILURES_MS) {
      entries.delete(key);
      return undefined;
    }
    return entry;
  };
  return {
    waitMs(key) {
      const entry = live(key);
      if (!entry || entry.failures < FREE_TRIES) return 0;
      const wait = Math.min(maxWaitMs, FIRST_WAIT_MS * 2 ** Math.min(30, entry.failures - FREE_TRIES));
      return Math.max(0, Math.ceil(entry.last + wait - clock.monotonic()));
    },
    failed(key) {
      const before = live(key);
      const entry = { failures: (before?.failures ?? 0) + 1, last: clock.monotonic() };
      entries.delete(key);
      entries.set(key, entry);
      if (entries.size > MAX_THROTTLED) entries.delete(entries.keys().next().value!);
      return () => {
        const now = entries.get(key);
        if (!now) return;
        now.failures--;
        if (now === entry && before) now.last = before.last;
      };
    },
    succeeded: (key) => {
      entries.delete(key);
    },
  };
}
