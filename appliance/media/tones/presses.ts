/** Tells each press once, although a phone may send it both ways: as an event (RFC 4733) and, mixed by somebody on the way, as a tone. */
import { MAX_REMEMBERED_DIGITS } from '../limits.ts';
import { SAME_PRESS_MS } from './limits.ts';

export type PressedAs = 'event' | 'tone';

export interface Press {
  readonly digit: string;
  readonly how: PressedAs;
  /** Monotonic milliseconds. */
  readonly fromMs: number;
  readonly toMs: number;
}

const samePress = (a: Press, b: Press): boolean =>
  a.digit === b.digit && a.how !== b.how && a.fromMs <= b.toMs + SAME_PRESS_MS && b.fromMs <= a.toMs + SAME_PRESS_MS;

export class Presses {
  /** Heard one way so far, oldest first: each answers for one of the other way. */
  #single: Press[] = [];

  /** Whether this is a press that has not been told. */
  isNew(press: Press): boolean {
    const twin = this.#single.findIndex((other) => samePress(press, other));
    if (twin >= 0) {
      this.#single.splice(twin, 1);
      return false;
    }
    this.#single.push(press);
    if (this.#single.length > MAX_REMEMBERED_DIGITS) this.#single.shift();
    return true;
  }
}
