/** UDP ports in pairs, even for RTP and the next for RTCP (RFC 3550 11), drawn from a range by chance. */
import type { Chance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import { MAX_RESERVED_PAIRS, PORT_MIN_REST_MS, PORT_QUARANTINE_MS } from './relay/limits.ts';

/** First and last UDP port, both usable. */
export type PortRange = readonly [first: number, last: number];

/** Cuts a range into `parts` that share no pair, one for each worker; all but the last are the same size. */
export function splitRange([first, last]: PortRange, parts: number): PortRange[] {
  const start = first + (first % 2);
  const pairs = Math.floor((last - start + 1) / 2);
  const each = Math.floor(pairs / parts);
  return Array.from({ length: parts }, (_, part) => {
    const from = start + 2 * each * part;
    const end = part === parts - 1 ? start + 2 * pairs : from + 2 * each;
    return [from, end - 1] as const;
  });
}

/** Pairs of a range that emergency calls alone may have: two of eight, and of a large range enough for eight calls. */
export function reservedPairs([first, last]: PortRange): number {
  const pairs = Math.floor((last - first + 1) / 2);
  return Math.min(MAX_RESERVED_PAIRS, 2 * Math.floor(pairs / 8));
}

/**
 * Which pairs are free. Nothing is bound here. A pair that was given back waits PORT_QUARANTINE_MS, so that the late packets of
 * one call never reach the next; only when all are taken or waiting, the one that waited longest goes first. Ports are drawn by chance, so that nobody can guess where the next call will be.
 */
export class PortPairs {
  readonly #clock: Clock;
  readonly #chance: Chance;
  readonly #reserved: number;
  readonly #free: number[] = [];
  readonly #waiting: { port: number; until: number }[] = [];

  /** `reserved`: pairs that are kept free for whoever must have one. */
  constructor([first, last]: PortRange, clock: Clock, chance: Chance, reserved = 0) {
    this.#clock = clock;
    this.#chance = chance;
    this.#reserved = reserved;
    for (let port = first + (first % 2); port < last; port += 2) this.#free.push(port);
  }

  /** The even port of a free pair; null: all are in use, waiting or reserved. `urgent`: the reserve is for this one. */
  take(urgent = false): number | null {
    const now = this.#clock.monotonic();
    while (this.#waiting.length > 0 && this.#waiting[0]!.until <= now) this.#free.push(this.#waiting.shift()!.port);
    const [longest] = this.#waiting;
    const kept = urgent ? 0 : this.#reserved;
    // For a call for help a stray packet of another call is the lesser evil.
    const restMs = urgent ? 0 : PORT_MIN_REST_MS;
    if (this.#free.length <= kept && longest && now >= longest.until - PORT_QUARANTINE_MS + restMs)
      return this.#waiting.shift()!.port;
    if (this.#free.length <= kept) return null;
    const drawn = this.#chance.bytes(4).readUInt32BE() % this.#free.length;
    const port = this.#free[drawn]!;
    // The last takes the drawn one's place: no port is moved twice for one draw.
    const end = this.#free.pop()!;
    if (end !== port) this.#free[drawn] = end;
    return port;
  }

  /** Gives a pair back, also one that could not be bound. */
  giveBack(port: number): void {
    this.#waiting.push({ port, until: this.#clock.monotonic() + PORT_QUARANTINE_MS });
  }
}
