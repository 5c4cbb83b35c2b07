import type { Clock } from './clock.ts';

/** Keys that are remembered at once; the oldest go first, and what they stand for is told once more. */
const MAX_KEYS = 10_000;

/** Says whether something is to be told again: what happens a thousand times is told once in a while. */
export class Seldom {
  readonly #clock: Clock;
  readonly #everyMs: number;
  // A Map keeps its order of insertion: the first entry is the one that was told longest ago.
  readonly #told = new Map<string, number>();

  constructor(clock: Clock, everyMs: number) {
    this.#clock = clock;
    this.#everyMs = everyMs;
  }

  /** True for the first time, and once in each while after that. */
  due(key: string): boolean {
    const now = this.#clock.monotonic();
    const before = this.#told.get(key);
    if (before !== undefined && now - before < this.#everyMs) return false;
    this.#told.delete(key);
    this.#told.set(key, now);
    if (this.#told.size > MAX_KEYS) this.#told.delete(this.#told.keys().next().value!);
    return true;
  }
}
