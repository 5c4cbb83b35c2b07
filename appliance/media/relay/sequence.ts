/**
 * Sequence numbers of one source as one leg sees them. They pass as they came until the source restarts; then they go on from
 * where they were. Under SRTP this is what keeps a key stream from being used twice: two packets never leave with the same
 * number, whatever the sender does (RFC 3711 9.1), and none falls out of the receiver's replay window (RFC 3711 3.3.2).
 */
import { MAX_DROPOUT, REORDER_WINDOW } from './limits.ts';

/** The number must not be sent. */
export const HELD_BACK = -1;

export class SequenceGuard {
  #started = false;
  /** Highest number that left, and which of the REORDER_WINDOW before it left too: bit i of the two words is `highest - i`. */
  #highest = 0;
  #recent = 0;
  #older = 0;
  /** Added to what comes, modulo 2^16. */
  #offset = 0;
  /** The number that would prove a jump to be a restart: RFC 3550 A.1 waits for two in a row. */
  #expected = -1;

  /** The number under which a packet numbered `sequence` leaves, or HELD_BACK for a duplicate or the first after a jump. */
  next(sequence: number): number {
    if (!this.#started) {
      this.#started = true;
      this.#highest = sequence;
      // What came before the first has no place: under SRTP its index could be below zero.
      this.#recent = this.#older = -1;
      return sequence;
    }
    const out = (sequence + this.#offset) & 0xffff;
    const ahead = (out - this.#highest) & 0xffff;
    if (ahead !== 0 && ahead <= MAX_DROPOUT) return this.#leave(out, ahead);
    const behind = (this.#highest - out) & 0xffff;
    if (behind < REORDER_WINDOW) return this.#late(out, behind);
    if (sequence !== this.#expected) {
      this.#expected = (sequence + 1) & 0xffff;
      return HELD_BACK;
    }
    const onward = (this.#highest + 1) & 0xffff;
    this.#offset = (onward - sequence) & 0xffff;
    return this.#leave(onward, 1);
  }

  #leave(out: number, ahead: number): number {
    this.#highest = out;
    this.#expected = -1;
    if (ahead >= 64) {
      this.#older = 0;
      this.#recent = 1;
    } else if (ahead >= 32) {
      this.#older = this.#recent << (ahead - 32);
      this.#recent = 1;
    } else {
      this.#older = (this.#older << ahead) | (this.#recent >>> (32 - ahead));
      this.#recent = (this.#recent << ahead) | 1;
    }
    return out;
  }

  #late(out: number, behind: number): number {
    const bit = 1 << (behind & 31);
    const word = behind < 32 ? this.#recent : this.#older;
    if (word & bit) return HELD_BACK;
    if (behind < 32) this.#recent |= bit;
    else this.#older |= bit;
    return out;
  }
}
