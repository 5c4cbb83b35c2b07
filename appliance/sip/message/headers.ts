/** Headers of a message: found once, read when asked (RFC 3261 7.3). */
import { splitOutside } from './text.ts';

/** Compact form -> name (RFC 3261 7.3.3 and the RFCs that added more). */
const compact: Readonly<Record<string, string>> = {
  a: 'accept-contact',
  b: 'referred-by',
  c: 'content-type',
  d: 'request-disposition',
  e: 'content-encoding',
  f: 'from',
  i: 'call-id',
  j: 'reject-contact',
  k: 'supported',
  l: 'content-length',
  m: 'contact',
  o: 'event',
  r: 'refer-to',
  s: 'subject',
  t: 'to',
  u: 'allow-events',
  v: 'via',
  x: 'session-expires',
  y: 'identity',
};

/** Headers whose value is a list: several lines and one line with commas are the same (RFC 3261 7.3.1). */
const lists = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'alert-info',
  'allow',
  'allow-events',
  'call-info',
  'contact',
  'content-encoding',
  'content-language',
  'diversion',
  'error-info',
  'history-info',
  'in-reply-to',
  'p-asserted-identity',
  'path',
  'proxy-require',
  'record-route',
  'require',
  'route',
  'service-route',
  'supported',
  'unsupported',
  'via',
  'warning',
]);

/** Names as they were written, and what they mean: the same few come with every message. */
const known = new Map<string, string>();

/** Spellings that are remembered: all that phones use, and no more than a stranger can make up. */
const MAX_SPELLINGS = 1000;

/** Lower-case long name of a header. */
export function canonicalName(name: string): string {
  const before = known.get(name);
  if (before !== undefined) return before;
  const lower = name.toLowerCase();
  const canonical = compact[lower] ?? lower;
  if (known.size < MAX_SPELLINGS) known.set(name, canonical);
  return canonical;
}

/** Headers in the order received, names as sent, folded lines joined, looked up without regard to case or compact form. */
export class Headers {
  readonly #entries: readonly (readonly [string, string])[];
  #byName: Map<string, string[]> | undefined;

  constructor(entries: readonly (readonly [string, string])[]) {
    this.#entries = entries;
  }

  static of(entries: Iterable<readonly [name: string, value: string]>): Headers {
    return new Headers([...entries]);
  }

  #values(name: string): readonly string[] {
    if (!this.#byName) {
      this.#byName = new Map();
      for (const [raw, value] of this.#entries) {
        const key = canonicalName(raw);
        const values = this.#byName.get(key);
        if (values) values.push(value.trim());
        else this.#byName.set(key, [value.trim()]);
      }
    }
    return this.#byName.get(canonicalName(name)) ?? [];
  }

  /** The first value, trimmed; of a list, its first item. */
  get(name: string): string | undefined {
    return this.all(name)[0];
  }

  /** Every value; lists are split at their commas. */
  all(name: string): readonly string[] {
    const values = this.#values(name);
    if (!lists.has(canonicalName(name))) return values;
    const [only] = values;
    if (values.length === 1 && only !== '' && !only!.includes(',')) return values;
    return values
      .flatMap((value) => (value.includes(',') ? splitOutside(value, ',') : [value]))
      .filter((v) => v !== '');
  }

  /** Every line's value, trimmed, a list in it as one piece. */
  rows(name: string): readonly string[] {
    return this.#values(name);
  }

  has(name: string): boolean {
    return this.#values(name).length > 0;
  }

  /** How many lines a header has: one that must be single and is not is an attack or a bug. */
  lines(name: string): number {
    return this.#values(name).length;
  }

  /** Name and value as sent, white space around the value included. */
  entries(): readonly (readonly [string, string])[] {
    return this.#entries;
  }
}
