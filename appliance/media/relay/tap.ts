/** Copies of one call's frames on their way to the recorder. Never in the way of the call: what does not fit is dropped and told. */
import type { TapTotals } from '../door.ts';
import { type Frame, FramePacker, frameSize, GAP_SIZE, type TapMessage } from '../frame.ts';
import { BATCH_MS, MAX_TAP_BYTES } from './limits.ts';

/** Where batches go: a MessagePort in the product. */
export type PostTap = (message: TapMessage, transfer: ArrayBuffer[]) => void;

interface Missing {
  lost: number;
  fromUs: number;
  toUs: number;
}

export class Tap {
  readonly recording: string;
  readonly #post: PostTap;
  readonly #packer = new FramePacker();
  /** Bytes posted that the recorder has not yet taken. */
  #owed = 0;
  #postedAt: number;
  readonly #frames: [number, number] = [0, 0];
  #dropped = 0;
  /** Frames dropped since the last batch, by side. */
  readonly #missing: [Missing | null, Missing | null] = [null, null];

  constructor(recording: string, post: PostTap, nowMs: number) {
    this.recording = recording;
    this.#post = post;
    this.#postedAt = nowMs;
  }

  frame(frame: Frame, nowMs: number): void {
    const fits = this.#owed + this.#packer.size + frameSize(frame.payload.length) <= MAX_TAP_BYTES;
    if (fits && this.#packer.frame(frame)) {
      this.#frames[frame.side]++;
      if (nowMs - this.#postedAt >= BATCH_MS) this.#flush(nowMs);
    } else this.#drop(frame);
  }

  /** A fax was sent in place of sound. */
  fax(side: 0 | 1, fromMs: number, toMs: number): void {
    this.#packer.gap({ side, why: 'fax', lost: 0, fromUs: fromMs * 1000, toUs: toMs * 1000 });
  }

  /** Sends a batch that no later frame has pushed out. */
  sweep(nowMs: number): void {
    if (nowMs - this.#postedAt >= BATCH_MS) this.#flush(nowMs);
  }

  /** The recorder has taken so many bytes. */
  acked(bytes: number): void {
    this.#owed = Math.max(0, this.#owed - bytes);
  }

  /** Sends what is left, then the end mark. No frame may follow. */
  end(nowMs: number): TapTotals {
    this.#flush(nowMs, true);
    this.#post({ recording: this.recording, end: true }, []);
    return { frames: this.#frames, dropped: this.#dropped };
  }

  #drop({ side, arrivedUs }: Frame): void {
    this.#dropped++;
    const missing = this.#missing[side];
    if (missing === null) this.#missing[side] = { lost: 1, fromUs: arrivedUs, toUs: arrivedUs };
    else {
      missing.lost++;
      missing.toUs = arrivedUs;
    }
  }

  #flush(nowMs: number, last = false): void {
    this.#postedAt = nowMs;
    for (const side of [0, 1] as const) {
      const missing = this.#missing[side];
      // A gap waits for room and grows meanwhile; the last one goes in any case, or the recorder takes loss for silence.
      if (missing === null || (!last && this.#owed + this.#packer.size + GAP_SIZE > MAX_TAP_BYTES)) continue;
      this.#packer.gap({ side, why: 'queue_full', ...missing });
      this.#missing[side] = null;
    }
    if (this.#packer.size === 0) return;
    const batch = this.#packer.take();
    this.#owed += batch.byteLength;
    this.#post({ recording: this.recording, batch }, [batch]);
  }
}
