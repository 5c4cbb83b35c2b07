/** Which packet indexes have been used: the highest, and a bit for each of those shortly before it (RFC 3711 3.3.2). */
import { REPLAY_WINDOW } from '../limits.ts';

/** A ring of bits, a whole word longer than the window, so that moving on clears words and never shifts them. */
const BITS = 256;
const WORDS = BITS / 32;

export class ReplayWindow {
  /** Highest index used; -1: none yet. */
  highest = -1;
  readonly #used = new Int32Array(WORDS);

  /** Whether `index` is neither used nor too old to tell. */
  isFresh(index: number): boolean {
    if (index > this.highest) return true;
    if (index < 0 || this.highest - index >= REPLAY_WINDOW) return false;
    return ((this.#used[wordOf(index)]! >> (index & 31)) & 1) === 0;
  }

  /** Marks a fresh index as used. Only for packets that proved genuine. */
  use(index: number): void {
    if (index > this.highest) this.#advance(index);
    const word = wordOf(index);
    this.#used[word] = this.#used[word]! | (1 << (index & 31));
  }

  /** Forgets everything: the sender started over. */
  reset(): void {
    this.highest = -1;
    this.#used.fill(0);
  }

  #advance(index: number): void {
    const from = Math.floor(this.highest / 32);
    const to = Math.floor(index / 32);
    // The words that the ring comes to stand for now still hold the bits of 256 indexes ago.
    for (let word = Math.max(from + 1, to - WORDS + 1); word <= to; word++) this.#used[word % WORDS] = 0;
    this.highest = index;
  }
}

const wordOf = (index: number): number => (index >>> 5) & (WORDS - 1);
