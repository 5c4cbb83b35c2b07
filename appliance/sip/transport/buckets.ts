/** Token buckets by key: a burst, then a steady rate. Bounded: the key that was unheard for longest is forgotten. */
import type { Clock } from '@belkluis/shared/base/clock';

export interface Buckets {
  /** true when this key had a token left; it is spent. */
  take(key: string): boolean;
}

export interface BucketRule {
  readonly burst: number;
  readonly perSecond: number;
  readonly maxKeys: number;
}

export function buckets(clock: Clock, rule: BucketRule): Buckets {
  const held = new Map<string, { tokens: number; at: number }>();
  return {
    take(key) {
      const now = clock.monotonic();
      const before = held.get(key) ?? { tokens: rule.burst, at: now };
      const tokens = Math.min(rule.burst, before.tokens + ((now - before.at) / 1000) * rule.perSecond);
      // Taken out and put back at the end: the map's order is the order of last use.
      held.delete(key);
      if (held.size >= rule.maxKeys) held.delete(held.keys().next().value!);
      held.set(key, { tokens: tokens >= 1 ? tokens - 1 : tokens, at: now });
      return tokens >= 1;
    },
  };
}
