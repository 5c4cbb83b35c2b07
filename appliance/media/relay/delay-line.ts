/** Frames on their way to the recorder, kept for a moment: long enough to take out again what turns out not to be for it. */
import { type Frame, frameSize } from '../frame.ts';
import { silenceLike } from '../tones/silence.ts';
import { MAX_IDLE_PLACES, PLACE_BYTES, TAP_DELAY_MS, TAP_DELAY_QUIET_MS } from './limits.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A frame that waits. Used again and again: what lives for half a second would otherwise be garbage of the slow kind. */
interface Place extends Mutable<Omit<Frame, 'payload'>> {
  bytes: Buffer;
  length: number;
  /** Where it ends in the sound of its side, milliseconds. */
  endMs: number;
  silenced: boolean;
}

export class DelayLine {
  /** In order of arrival, both sides; what is before `#head` has left. */
  #line: Place[] = [];
  #head = 0;
  readonly #idle: Place[] = [];
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
    // Not even copied: what is known to be a digit is nowhere.
    const payload = silenced ? silenceLike(frame.codec, frame.payload) : frame.payload;
    const place = this.#placeFor(frame, payload.length);
    place.endMs = this.#said[side];
    place.silenced = silenced;
    this.#fill(place, payload);
    this.#line.push(place);
  }

  /** Puts silence in the place of the last `backMs` of a side's sound, and of the next `aheadMs`. Returns when the first of it arrived; null: all is gone. */
  silence(side: 0 | 1, backMs: number, aheadMs: number): number | null {
    const from = this.#said[side] - backMs;
    this.#silentUntil[side] = this.#said[side] + aheadMs;
    let first: number | null = null;
    for (let at = this.#line.length - 1; at >= this.#head; at--) {
      const place = this.#line[at]!;
      if (place.side !== side) continue;
      if (place.endMs <= from) break;
      first = place.arrivedUs;
      if (place.silenced) continue;
      place.silenced = true;
      const silence = silenceLike(place.codec, place.bytes.subarray(0, place.length));
      this.#empty(place);
      this.#fill(place, silence);
    }
    return first;
  }

  /** Forgets what arrived at `sinceUs` or later. */
  forget(sinceUs: number): void {
    while (this.#line.length > this.#head && this.#line.at(-1)!.arrivedUs >= sinceUs) this.#free(this.#line.pop()!);
  }

  /** Gives out what has waited long enough, or everything, and wipes it afterwards. */
  release(nowMs: number, everything: boolean, to: (frame: Frame) => void): void {
    while (this.#head < this.#line.length && (everything || this.#isDue(this.#line[this.#head]!, nowMs))) {
      const place = this.#line[this.#head++]!;
      const { side, codec, arrivedUs, ssrc, sequence, timestamp, marker } = place;
      const payload = place.bytes.subarray(0, place.length);
      to({ side, codec, arrivedUs, ssrc, sequence, timestamp, marker, payload });
      this.#free(place);
    }
    if (this.#head === 0 || this.#head * 2 < this.#line.length) return;
    this.#line.copyWithin(0, this.#head);
    this.#line.length -= this.#head;
    this.#head = 0;
  }

  #isDue({ side, arrivedUs, endMs }: Place, nowMs: number): boolean {
    const waitedMs = nowMs - arrivedUs / 1000;
    if (waitedMs >= TAP_DELAY_QUIET_MS) return true;
    return waitedMs >= TAP_DELAY_MS && this.#said[side] - endMs >= TAP_DELAY_MS;
  }

  #placeFor(frame: Frame, length: number): Place {
    const { side, codec, arrivedUs, ssrc, sequence, timestamp, marker } = frame;
    const idle = this.#idle.pop();
    if (idle === undefined) {
      const bytes = Buffer.allocUnsafeSlow(Math.max(PLACE_BYTES, length));
      return { side, codec, arrivedUs, ssrc, sequence, timestamp, marker, bytes, length: 0, endMs: 0, silenced: false };
    }
    idle.side = side;
    idle.codec = codec;
    idle.arrivedUs = arrivedUs;
    idle.ssrc = ssrc;
    idle.sequence = sequence;
    idle.timestamp = timestamp;
    idle.marker = marker;
    return idle;
  }

  #fill(place: Place, payload: Uint8Array): void {
    if (payload.length > place.bytes.length) place.bytes = Buffer.allocUnsafeSlow(payload.length);
    place.bytes.set(payload);
    place.length = payload.length;
    this.#bytes += frameSize(payload.length);
  }

  #empty(place: Place): void {
    place.bytes.fill(0, 0, place.length);
    this.#bytes -= frameSize(place.length);
  }

  #free(place: Place): void {
    this.#empty(place);
    if (this.#idle.length < MAX_IDLE_PLACES) this.#idle.push(place);
  }
}
