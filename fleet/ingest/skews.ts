/** How far the clocks of boxes are ahead of ours, as they show themselves. */
import { SKEW_CHANGE_MS, SKEW_TOLERATED_MS } from './limits.ts';

export class Skews {
  readonly #known = new Map<string, number>();

  /** ms; null: not known. */
  of(box: string): number | null {
    return this.#known.get(box) ?? null;
  }

  /** As it was before this process began: nothing is new about it. */
  recall(box: string, skewMs: number): void {
    this.#known.set(box, skewMs);
  }

  /** It showed itself. What is to be told about it: that it is wrong, otherwise wrong than before, or right again. */
  note(box: string, skewMs: number): 'clock_wrong' | 'clock_right' | null {
    const before = this.of(box) ?? 0;
    this.#known.set(box, skewMs);
    const was = Math.abs(before) > SKEW_TOLERATED_MS;
    if (Math.abs(skewMs) <= SKEW_TOLERATED_MS) return was ? 'clock_right' : null;
    return !was || Math.abs(skewMs - before) > SKEW_CHANGE_MS ? 'clock_wrong' : null;
  }
}
