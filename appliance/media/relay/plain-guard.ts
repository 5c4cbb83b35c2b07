/**
 * What a packet without SRTP must show, since it cannot prove anything: that it comes from where the peer is said to be, and, while its
 * source is heard, that it is of that source. It keeps out whoever scans ports for calls to hear or to speak into; not who stands on
 * the way and writes both into forged packets. Only SRTP does that.
 */
import { MAX_SOURCES, SOURCE_REST_MS } from './limits.ts';

export class PlainGuard {
  #addresses: ReadonlySet<string> = new Set();
  readonly #known = new Set<number>();
  #current = -1;
  #heardAt = Number.NEGATIVE_INFINITY;

  /** A new generation: where its packets may come from. None: it is on hold and says nothing, so as before. */
  renew(addresses: readonly string[]): void {
    if (addresses.length > 0) this.#addresses = new Set(addresses);
    this.#known.clear();
    this.#current = -1;
    this.#heardAt = Number.NEGATIVE_INFINITY;
  }

  comesFrom(address: string): boolean {
    return this.#addresses.has(address);
  }

  /**
   * Whether a packet of this source is taken: a new one only when the last has fallen silent, or when it is the first from the very place
   * that the description names (`asDescribed`), which whoever spoke before did not come from. One that was taken stays known.
   */
  takes(ssrc: number, nowMs: number, asDescribed = false): boolean {
    if (ssrc !== this.#current) {
      const known = this.#known.has(ssrc);
      const tooSoon = !asDescribed && nowMs - this.#heardAt < SOURCE_REST_MS;
      if (!known && (tooSoon || this.#known.size >= MAX_SOURCES)) return false;
      this.#known.add(ssrc);
      this.#current = ssrc;
    }
    this.#heardAt = nowMs;
    return true;
  }
}
