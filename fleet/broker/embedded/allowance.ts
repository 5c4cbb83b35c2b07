/** What one box may do in a while: a burst at once, then so much a second. Kept over its connections, so that coming back gives no more. */
import type { Clock } from '@belkluis/shared/base/clock';
import {
  BYTE_BURST,
  BYTES_PER_SECOND,
  CONNECT_BURST,
  CONNECTS_PER_SECOND,
  PACKET_BURST,
  PACKETS_PER_SECOND,
} from '../limits.ts';

/** A token bucket. */
class Bucket {
  readonly #burst: number;
  readonly #perSecond: number;
  #tokens: number;
  #at: number;

  constructor(burst: number, perSecond: number, now: number) {
    this.#burst = burst;
    this.#perSecond = perSecond;
    this.#tokens = burst;
    this.#at = now;
  }

  /** Takes `amount`; if there is less, all there is: who had too much is not let in again for what was left. */
  take(amount: number, now: number): boolean {
    this.#tokens = Math.min(this.#burst, this.#tokens + ((now - this.#at) / 1000) * this.#perSecond);
    this.#at = now;
    const enough = this.#tokens >= amount;
    this.#tokens = enough ? this.#tokens - amount : 0;
    return enough;
  }
}

export class Allowance {
  readonly #clock: Clock;
  readonly #packets: Bucket;
  readonly #bytes: Bucket;
  readonly #connects: Bucket;

  constructor(clock: Clock) {
    this.#clock = clock;
    const now = clock.monotonic();
    this.#packets = new Bucket(PACKET_BURST, PACKETS_PER_SECOND, now);
    this.#bytes = new Bucket(BYTE_BURST, BYTES_PER_SECOND, now);
    this.#connects = new Bucket(CONNECT_BURST, CONNECTS_PER_SECOND, now);
  }

  /** False: it has had enough. */
  spend(packets: number, bytes: number): boolean {
    const now = this.#clock.monotonic();
    return this.#packets.take(packets, now) && this.#bytes.take(bytes, now);
  }

  connect(): boolean {
    return this.#connects.take(1, this.#clock.monotonic());
  }
}
