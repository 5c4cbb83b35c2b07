/** Frames on their way to the recorder, kept for a moment: long enough to take out again what turns out not to be for it. */
import { type Frame, frameSize } from '../frame.ts';
import { silenceLike } from '../tones/silence.ts';
import { TAP_DELAY_MS, TAP_DELAY_QUIET_MS } from './limits.ts';

interface Waiting {
  frame: Frame;
  /** Where it ends in the sound of its side, milliseconds. */
  readonly endMs: number;
  silenced: boolean;
}

export class DelayLine {
  /** In order of arrival, both sides; what is before `#head` has left. */
  #line: Waiting[] = [];
  #head = 0;
  #bytes = 0;
  /** Milliseconds of sound that each side has said. */
  readonly #said: [number, number] = [0, 0];
  /** Until where in its sound each side is silenced. */
  readonly #silentUntil: [number, number] = [0, 0];

  /** What these frames will take in batches. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Copies the payload. `lengthMs`: of its sound. */
  push(frame: Frame, lengthMs: number): void {
    const { side } = frame;
    const silenced = this.#said[side] < this.#silentUntil[side];
    this.#said[side] += lengthMs;
    const waiting = { frame, endMs: this.#said[side], silenced: false };
    // Not even copied: what is known to be a digit is nowhere.
    if (silenced) this.#silence(waiting, false);
    else waiting.frame = { ...frame, payload: Uint8Array.from(frame.payload) };
    this.#line.push(waiting);
    this.#bytes += frameSize(waiting.frame.payload.length);
  }

  /** Puts silence in the place of the last `backMs` of a side's sound, and of the next `aheadMs`. Returns the frames that it now stands in. */
  silence(side: 0 | 1, backMs: number, aheadMs: number): readonly Frame[] {
    const from = this.#said[side] - backMs;
    this.#silentUntil[side] = this.#said[side] + aheadMs;
    const now: Frame[] = [];
    for (let at = this.#line.length - 1; at >= this.#head; at--) {
      const waiting = this.#line[at]!;
      if (waiting.frame.side !== side) continue;
      if (waiting.endMs <= from) break;
      if (waiting.silenced) continue;
      this.#bytes -= frameSize(waiting.frame.payload.length);
      this.#silence(waiting, true);
      this.#bytes += frameSize(waiting.frame.payload.length);
      now.push(waiting.frame);
    }
    return now;
  }

  /** Forgets what arrived at `sinceUs` or later. */
  forget(sinceUs: number): void {
    while (this.#line.length > this.#head && this.#line.at(-1)!.frame.arrivedUs >= sinceUs) {
      const { frame } = this.#line.pop()!;
      this.#bytes -= frameSize(frame.payload.length);
      frame.payload.fill(0);
    }
  }

  /** Gives out what has waited long enough, or everything, and wipes it afterwards. */
  release(nowMs: number, everything: boolean, to: (frame: Frame) => void): void {
    while (this.#head < this.#line.length && (everything || this.#isDue(this.#line[this.#head]!, nowMs))) {
      const { frame } = this.#line[this.#head++]!;
      this.#bytes -= frameSize(frame.payload.length);
      to(frame);
      frame.payload.fill(0);
    }
    if (this.#head === 0 || this.#head * 2 < this.#line.length) return;
    this.#line = this.#line.slice(this.#head);
    this.#head = 0;
  }

  #isDue({ frame, endMs }: Waiting, nowMs: number): boolean {
    const waitedMs = nowMs - frame.arrivedUs / 1000;
    if (waitedMs >= TAP_DELAY_QUIET_MS) return true;
    return waitedMs >= TAP_DELAY_MS && this.#said[frame.side] - endMs >= TAP_DELAY_MS;
  }

  #silence(waiting: Waiting, ours: boolean): void {
    const { frame } = waiting;
    const payload = silenceLike(frame.codec, frame.payload);
    if (ours) frame.payload.fill(0);
    waiting.frame = { ...frame, payload };
    waiting.silenced = true;
  }
}
