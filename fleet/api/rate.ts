/** How often somebody may ask, and how they are told: a bucket that fills at a rate. In memory; several processes allow as much each. */
import type { Clock } from '@belkluis/shared/base/clock';
import { MAX_COUNTED } from './limits.ts';

export interface RateLimits {
  /** Requests that are free at once, and how fast more come, a second. */
  readonly burst: number;
  readonly rate: number;
}

export interface Counted {
  readonly ok: boolean;
  /** Requests that are left now. */
  readonly left: number;
  /** Whole seconds until the bucket is full again, and until there is one more. */
  readonly fullIn: number;
  readonly nextIn: number;
}

export function openRate(clock: Pick<Clock, 'monotonic'>, { burst, rate }: RateLimits) {
  const buckets = new Map<string, { left: number; at: number }>();
  return {
    /** Counts one request of `who`. */
    take(who: string): Counted {
      const now = clock.monotonic();
      const bucket = buckets.get(who) ?? { left: burst, at: now };
      const there = Math.min(burst, bucket.left + ((now - bucket.at) / 1000) * rate);
      const ok = there >= 1;
      const left = ok ? there - 1 : there;
      // A Map keeps its order of insertion: the first one is the one that asked longest ago.
      buckets.delete(who);
      buckets.set(who, { left, at: now });
      if (buckets.size > MAX_COUNTED) buckets.delete(buckets.keys().next().value!);
      const seconds = (missing: number) => Math.max(0, Math.ceil(missing / rate));
      return { ok, left: Math.floor(left), fullIn: seconds(burst - left), nextIn: seconds(1 - left) };
    },
  };
}

/** RateLimit header fields for HTTP, draft 10: a policy, and what is left of it. */
export const rateHeaders = ({ burst, rate }: RateLimits, { left, fullIn }: Counted): Record<string, string> => ({
  'RateLimit-Policy': `"token";q=${burst};w=${Math.ceil(burst / rate)}`,
  RateLimit: `"token";r=${left};t=${fullIn}`,
});
