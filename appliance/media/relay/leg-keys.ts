/**
 * The SRTP contexts of one leg. A key that comes back (a session refresh, an offer that was rolled back) finds its context as it
 * was: rollover counter, replay window and the numbers that left. Starting it anew would encrypt two packets with one key
 * stream, and would take a replayed packet for a fresh one.
 */
import type { LegGeneration } from '../door.ts';
import type { SrtpKey } from '../srtp/key.ts';
import { SrtpOpener } from '../srtp/opener.ts';
import { SrtpSealer } from '../srtp/sealer.ts';
import { MAX_LEG_KEYS, MAX_SOURCES } from './limits.ts';
import { SequenceGuard } from './sequence.ts';

const NO_MKI = Buffer.alloc(0);

const sameKey = (a: SrtpKey, b: SrtpKey): boolean =>
  a.suite === b.suite &&
  Buffer.compare(a.masterKey, b.masterKey) === 0 &&
  Buffer.compare(a.masterSalt, b.masterSalt) === 0 &&
  Buffer.compare(a.mki ?? NO_MKI, b.mki ?? NO_MKI) === 0;

/** What leaves under one key, or in plain. */
export class Outgoing {
  readonly sealer: SrtpSealer | null;
  readonly #guards = new Map<number, SequenceGuard>();
  #lastSsrc = -1;
  #last: SequenceGuard | null = null;

  constructor(sealer: SrtpSealer | null) {
    this.sealer = sealer;
  }

  /** The numbers of one source; null: there were MAX_SOURCES already. */
  guard(ssrc: number): SequenceGuard | null {
    if (ssrc === this.#lastSsrc) return this.#last;
    let guard = this.#guards.get(ssrc);
    if (guard === undefined) {
      if (this.#guards.size >= MAX_SOURCES) {
        // Under a key nothing may be forgotten; in plain a number that comes twice harms nobody.
        if (this.sealer !== null) return null;
        this.#guards.clear();
      }
      guard = new SequenceGuard();
      this.#guards.set(ssrc, guard);
    }
    this.#lastSsrc = ssrc;
    this.#last = guard;
    return guard;
  }
}

interface Kept<T> {
  readonly key: SrtpKey;
  readonly context: T;
}

function find<T>(kept: Kept<T>[], asked: SrtpKey, make: (key: SrtpKey) => T): T {
  const known = kept.find((entry) => sameKey(entry.key, asked));
  if (known) return known.context;
  // A message between threads turns Buffers into plain byte arrays.
  const { suite, masterKey, masterSalt, mki } = asked;
  const bytes = { masterKey: Buffer.from(masterKey), masterSalt: Buffer.from(masterSalt) };
  const key = { suite, ...bytes, ...(mki && { mki: Buffer.from(mki) }) };
  const context = make(key);
  kept.push({ key, context });
  if (kept.length > MAX_LEG_KEYS) kept.shift();
  return context;
}

export class LegKeys {
  /** Null: the peer sends plain RTP. */
  opener: SrtpOpener | null = null;
  outgoing = new Outgoing(null);
  readonly #openers: Kept<SrtpOpener>[] = [];
  readonly #sealed: Kept<Outgoing>[] = [];
  readonly #plain = this.outgoing;

  /** @throws Problem `srtp_key_malformed`, and nothing has changed. */
  use(keys: LegGeneration['keys']): void {
    const opener = keys && find(this.#openers, keys.open, (key) => new SrtpOpener(key));
    this.outgoing = keys ? find(this.#sealed, keys.seal, (key) => new Outgoing(new SrtpSealer(key))) : this.#plain;
    this.opener = opener;
    opener?.renegotiated();
  }

  /** Packets that the openers of this leg refused. */
  refused(): SrtpOpener['refused'] {
    const sum = { auth: 0, replay: 0, malformed: 0, sources: 0 };
    for (const { context } of this.#openers) {
      for (const why of ['auth', 'replay', 'malformed', 'sources'] as const) sum[why] += context.refused[why];
    }
    return sum;
  }
}
