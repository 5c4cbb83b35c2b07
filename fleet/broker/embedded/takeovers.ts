/** Tells a box that came back over a new line from two that have one certificate: these push each other out again and again. */
import type { Clock } from '@belkluis/shared/base/clock';
import { CLONE_TAKEOVERS, CLONE_WINDOW_MS } from '../limits.ts';

export class Takeovers {
  readonly #clock: Clock;
  readonly #times = new Map<string, number[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A new connection of `box` pushed out one that was there. True: a clone is likely. */
  note(box: string): boolean {
    const now = this.#clock.monotonic();
    const recent = (this.#times.get(box) ?? []).filter((at) => now - at < CLONE_WINDOW_MS);
    recent.push(now);
    this.#times.set(box, recent.slice(-CLONE_TAKEOVERS));
    return recent.length >= CLONE_TAKEOVERS;
  }
}
