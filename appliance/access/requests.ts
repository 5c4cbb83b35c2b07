/** How many requests somebody may make: a bucket for each that fills again by the second. In memory, as its keys are proven ones. */

import { MAX_THROTTLED } from '@belkluis/shared/access/limits';
import type { Clock } from '@belkluis/shared/base/clock';
import { TOKEN_BURST, TOKEN_REQUESTS_PER_S } from './limits.ts';

export interface Requests {
  /** Takes one of `key`'s; 0: it may. Otherwise the milliseconds until there is one. */
  take(key: string): number;
}

export function openRequests(clock: Clock): Requests {
  const buckets = new Map<string, { left: number; at: number }>();
  return {
    take(key) {
      const now = clock.monotonic();
      const bucket = buckets.get(key) ?? { left: TOKEN_BURST, at: now };
      bucket.left = Math.min(TOKEN_BURST, bucket.left + ((now - bucket.at) / 1000) * TOKEN_REQUESTS_PER_S);
      bucket.at = now;
      buckets.delete(key);
      buckets.set(key, bucket);
      if (buckets.size > MAX_THROTTLED) buckets.delete(buckets.keys().next().value!);
      if (bucket.left < 1) return Math.ceil(((1 - bucket.left) * 1000) / TOKEN_REQUESTS_PER_S);
      bucket.left--;
      return 0;
    },
  };
}
