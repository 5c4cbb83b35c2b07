/** What RFC 3263 asks of the DNS, and answers remembered for as long as they are good. */
import { Resolver } from 'node:dns/promises';
import type { Clock } from '@belkluis/shared/base/clock';
import { problem } from '../problems.ts';
import {
  DNS_TIMEOUT_MS,
  DNS_TRIES,
  MAX_CACHED_ANSWERS,
  MAX_RECORDS,
  MAX_TTL_MS,
  MIN_TTL_MS,
  NEGATIVE_TTL_MS,
  SERVICE_TTL_MS,
  STALE_MS,
} from './limits.ts';

export interface Naptr {
  readonly order: number;
  readonly preference: number;
  readonly flags: string;
  readonly service: string;
  readonly replacement: string;
}

export interface Srv {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  /** Host name. */
  readonly name: string;
}

/** Records of a name, none when it has none. */
export interface Answer<T> {
  readonly records: readonly T[];
  /** How much longer they are good. */
  readonly ttlMs: number;
}

/** Each rejects with `dns_failed` when no server gave an answer. */
export interface Dns {
  naptr(name: string): Promise<Answer<Naptr>>;
  srv(name: string): Promise<Answer<Srv>>;
  addresses(name: string, family: 4 | 6): Promise<Answer<string>>;
}

/** Codes that say: asked, and there is nothing. */
const NOTHING = new Set(['ENODATA', 'ENOTFOUND']);

/** The machine's DNS servers, or those named: `192.0.2.53`, `127.0.0.1:5353`. */
export function systemDns(servers: readonly string[] = []): Dns {
  const resolver = new Resolver({ timeout: DNS_TIMEOUT_MS, tries: DNS_TRIES });
  if (servers.length > 0) resolver.setServers(servers);
  const ask = async <T>(name: string, query: () => Promise<Answer<T>>): Promise<Answer<T>> => {
    try {
      const { records, ttlMs } = await query();
      return { records: records.slice(0, MAX_RECORDS), ttlMs };
    } catch (cause) {
      if (NOTHING.has(String((cause as NodeJS.ErrnoException).code))) return { records: [], ttlMs: NEGATIVE_TTL_MS };
      throw problem('dns_failed', name, cause);
    }
  };
  const service = <T>(records: readonly T[]): Answer<T> => ({ records, ttlMs: SERVICE_TTL_MS });
  return {
    naptr: (name) => ask(name, async () => service(await resolver.resolveNaptr(name))),
    srv: (name) => ask(name, async () => service(await resolver.resolveSrv(name))),
    addresses: (name, family) =>
      ask(name, async () => {
        const found = await (family === 4
          ? resolver.resolve4(name, { ttl: true })
          : resolver.resolve6(name, { ttl: true }));
        const ttlMs = Math.min(...found.map(({ ttl }) => ttl * 1000), MAX_TTL_MS);
        return { records: found.map(({ address }) => address), ttlMs };
      }),
  };
}

interface Remembered {
  readonly answer: Promise<Answer<unknown>>;
  /** Monotonic ms; infinite while it is being asked. */
  goodUntil: number;
}

/** Asks each question once for as long as its answer is good, however many want to know. */
export function cachedDns(dns: Dns, clock: Clock): Dns {
  const known = new Map<string, Remembered>();
  /** The last answer of each name, for when nobody answers any more. */
  const last = new Map<string, { answer: Answer<unknown>; at: number }>();

  const bound = (table: Map<string, unknown>) => {
    for (const oldest of table.keys()) {
      if (table.size <= MAX_CACHED_ANSWERS) return;
      table.delete(oldest);
    }
  };
  const left = async <T>(entry: Remembered): Promise<Answer<T>> => {
    const answer = (await entry.answer) as Answer<T>;
    return { ...answer, ttlMs: Math.max(MIN_TTL_MS, entry.goodUntil - clock.monotonic()) };
  };
  const remember = <T>(key: string, ask: () => Promise<Answer<T>>): Promise<Answer<T>> => {
    const before = known.get(key);
    if (before && before.goodUntil > clock.monotonic()) return left<T>(before);
    const stale = last.get(key) ?? null;
    const entry: Remembered = {
      goodUntil: Number.POSITIVE_INFINITY,
      answer: ask().then(
        (answer) => {
          const ttlMs = Math.min(MAX_TTL_MS, Math.max(MIN_TTL_MS, answer.ttlMs));
          entry.goodUntil = clock.monotonic() + ttlMs;
          if (answer.records.length > 0) {
            last.delete(key);
            last.set(key, { answer, at: clock.monotonic() });
            bound(last);
          }
          return answer;
        },
        (error: unknown) => {
          entry.goodUntil = clock.monotonic() + MIN_TTL_MS;
          if (stale && clock.monotonic() - stale.at < STALE_MS) return stale.answer;
          throw error;
        },
      ),
    };
    known.delete(key);
    known.set(key, entry);
    bound(known);
    return left<T>(entry);
  };
  return {
    naptr: (name) => remember(`naptr ${name}`, () => dns.naptr(name)),
    srv: (name) => remember(`srv ${name}`, () => dns.srv(name)),
    addresses: (name, family) => remember(`${family} ${name}`, () => dns.addresses(name, family)),
  };
}
