/** How often one source may ask: a bucket that fills at a rate. In memory; a restart forgives. */
import { isIPv6 } from 'node:net';
import type { Clock } from '@belkluis/shared/base/clock';
import { MAX_SOURCES, SOURCE_BURST, SOURCE_RATE } from './limits.ts';

/** Whose quota an address counts on: of IPv6 the /64, which one line has to itself. */
export function sourceOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = plain.split('%')[0]!.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - before.length - after.length }, () => '0');
  return `${[...before, ...zeros, ...after]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::`;
}

export interface Throttle {
  /** Counts one request; false: it is one too many. */
  takes(source: string): boolean;
}

export function openThrottle(clock: Pick<Clock, 'monotonic'>): Throttle {
  const buckets = new Map<string, { left: number; at: number }>();
  return {
    takes(source) {
      const now = clock.monotonic();
      const bucket = buckets.get(source) ?? { left: SOURCE_BURST, at: now };
      const left = Math.min(SOURCE_BURST, bucket.left + ((now - bucket.at) / 1000) * SOURCE_RATE);
      // A Map keeps its order of insertion: the first one is the one that asked longest ago.
      buckets.delete(source);
      buckets.set(source, { left: Math.max(0, left - 1), at: now });
      if (buckets.size > MAX_SOURCES) buckets.delete(buckets.keys().next().value!);
      return left >= 1;
    },
  };
}
