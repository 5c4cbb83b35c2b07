/** How often one source may ask, by a bucket that fills at a rate, and how much it has at once. In memory; a restart forgives. */
import { isIPv6, type Server, type Socket } from 'node:net';
import type { Clock } from '../base/clock.ts';

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

export interface QuotaLimits {
  /** Requests of one source that are free at once, and how fast more come, a second. */
  readonly burst: number;
  readonly rate: number;
  /** Sources that are remembered at once; the ones that were quiet longest go first. */
  readonly sources: number;
}

/** How one request was counted. */
export interface Counted {
  /** False: it is one too many. */
  readonly ok: boolean;
  /** Requests that are left now. */
  readonly left: number;
  /** Whole seconds until all are free again, and until there is one more. */
  readonly fullIn: number;
  readonly nextIn: number;
}

export interface Quota {
  /** Counts one request. */
  take(source: string): Counted;
  /** The same; false: it is one too many. */
  takes(source: string): boolean;
}

export function openQuota(clock: Pick<Clock, 'monotonic'>, { burst, rate, sources }: QuotaLimits): Quota {
  const buckets = new Map<string, { left: number; at: number }>();
  const seconds = (missing: number): number => Math.max(0, Math.ceil(missing / rate));
  function take(source: string): Counted {
    const now = clock.monotonic();
    const bucket = buckets.get(source) ?? { left: burst, at: now };
    const there = Math.min(burst, bucket.left + ((now - bucket.at) / 1000) * rate);
    const ok = there >= 1;
    // What is refused costs nothing: else several that wait as they were told would keep each other out for ever.
    const left = ok ? there - 1 : there;
    // A Map keeps its order of insertion: the first one is the one that asked longest ago.
    buckets.delete(source);
    buckets.set(source, { left, at: now });
    if (buckets.size > sources) buckets.delete(buckets.keys().next().value!);
    return { ok, left: Math.floor(left), fullIn: seconds(burst - left), nextIn: seconds(1 - left) };
  }
  return { take, takes: (source) => take(source).ok };
}

interface Places {
  /** One more of a source; null: it has all that it may have. What is returned gives the place back. */
  take(source: string): (() => void) | null;
}

/** How much of something one source has at once, such as connections. */
function openPlaces(most: number): Places {
  const taken = new Map<string, number>();
  return {
    take(source) {
      const here = (taken.get(source) ?? 0) + 1;
      if (here > most) return null;
      taken.set(source, here);
      return () => {
        const left = (taken.get(source) ?? 1) - 1;
        if (left === 0) taken.delete(source);
        else taken.set(source, left);
      };
    },
  };
}

/** Of one source at most `most` connections are open at once; what comes beyond them is closed. */
export function limitConnections(server: Server, most: number): void {
  const places = openPlaces(most);
  server.on('connection', (socket: Socket) => {
    const leave = places.take(sourceOf(socket.remoteAddress ?? ''));
    if (leave) socket.once('close', leave);
    else socket.destroy();
  });
}
