/** Token buckets by key: a burst, then a steady rate. Bounded: the key that was unheard for longest is forgotten. */
import type { Clock } from '@belkluis/shared/base/clock';
import { BoundedMap } from './bounded-map.ts';

export interface Buckets {
  /** true when this key had a token left; it is spent. */
  take(key: string): boolean;
  /** The same, and nothing is spent. */
  has(key: string): boolean;
}

export interface BucketRule {
  readonly burst: number;
  readonly perSecond: number;
  readonly maxKeys: number;
}

export function buckets(clock: Clock, rule: BucketRule): Buckets {
  const held = new BoundedMap<string, { tokens: number; at: number }>(rule.maxKeys);
  const left = (key: string, now: number): number => {
    const before = held.get(key) ?? { tokens: rule.burst, at: now };
    return Math.min(rule.burst, before.tokens + ((now - before.at) / 1000) * rule.perSecond);
  };
  return {
    take(key) {
      const now = clock.monotonic();
      const tokens = left(key, now);
      held.set(key, { tokens: tokens >= 1 ? tokens - 1 : tokens, at: now });
      return tokens >= 1;
    },
    has: (key) => left(key, clock.monotonic()) >= 1,
  };
}
