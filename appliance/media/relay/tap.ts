/**
 * Copies of one call's frames on their way to the recorder. Never in the way of the call: what does not fit is dropped and told. Never what must not
 * be kept: digits (PCI DSS 3.3.1 forbids a card's code even encrypted), what is said in a pause or on hold. So frames wait a moment here first.
 */
import type { TapTotals } from '../door.ts';
import { type Frame, FramePacker, frameSize, GAP_SIZE, type TapMessage } from '../frame.ts';
import { DelayLine } from './delay-line.ts';
import { BATCH_MS, DIGIT_MARGIN_MS, MAX_FRAME_PAYLOAD, MAX_TAP_BYTES, PAUSE_LEAD_MS } from './limits.ts';

/** Where batches go: a MessagePort in the product. */
export type PostTap = (message: TapMessage, transfer: ArrayBuffer[]) => void;

interface Missing {
  lost: number;
  fromUs: number;
  toUs: number;
}

/** Why nothing of either side is recorded for now. */
export type Withheld = 'paused' | 'hold';

export class Tap {
  readonly recording: string;
  readonly #post: PostTap;
  readonly #packer = new FramePacker();
  readonly #line = new DelayLine();
  /** Bytes posted that the recorder has not yet taken. */
  #owed = 0;
  #postedAt: number;
  readonly #frames: [number, number] = [0, 0];
  #dropped = 0;
  readonly #openedUs: number;
  #withheld: { readonly why: Withheld; readonly fromUs: number } | null = null;
  /** Digits that were pressed since the last batch, by side. */
  readonly #digits: [Missing | null, Missing | null] = [null, null];
  /** Frames dropped since the last batch, by side. */
  readonly #missing: [Missing | null, Missing | null] = [null, null];

  constructor(recording: string, post: PostTap, nowMs: number) {
    this.recording = recording;
    this.#post = post;
    this.#postedAt = nowMs;
    this.#openedUs = nowMs * 1000;
  }

  /** `lengthMs`: of its sound. */
  frame(frame: Frame, lengthMs: number, nowMs: number): void {
    if (this.#withheld !== null) return;
    const { length } = frame.payload;
    this.#release(nowMs);
    const fits = length <= MAX_FRAME_PAYLOAD && this.#held + frameSize(length) <= MAX_TAP_BYTES;
    if (!fits) {
      this.#drop(frame);
      return;
    }
    this.#line.push(frame, lengthMs);
    if (nowMs - this.#postedAt >= BATCH_MS) this.#flush(nowMs);
  }

  /** A key sounds in a side's last `toneMs` of sound: silence takes its place, and that of what is around it. The other side stays as it is. */
  tone(side: 0 | 1, toneMs: number, nowMs: number): void {
    const firstUs = this.#line.silence(side, toneMs + DIGIT_MARGIN_MS, DIGIT_MARGIN_MS);
    if (this.#withheld !== null) return;
    const digits = this.#pressed(side, firstUs ?? nowMs * 1000);
    digits.toUs = Math.max(digits.toUs, (nowMs + DIGIT_MARGIN_MS) * 1000);
  }

  /** A packet of a key that a side pressed (RFC 4733). Nothing of it gets here; the recorder is told that its number is not lost. */
  event(side: 0 | 1, nowMs: number): void {
    if (this.#withheld !== null) return;
    const digits = this.#pressed(side, nowMs * 1000);
    digits.toUs = Math.max(digits.toUs, nowMs * 1000);
    digits.lost++;
  }

  /**
   * From now on nothing of either side gets to the recorder; null: all does again. A pause takes also what was said just before it. Told as a gap
   * when it ends.
   */
  withhold(why: Withheld | null, nowMs: number): void {
    const before = this.#withheld;
    if (before?.why === why || (before === null && why === null)) return;
    this.#endWithheld(nowMs);
    if (why === null) return;
    const lead = why === 'paused' && before === null ? PAUSE_LEAD_MS : 0;
    const fromUs = Math.max(this.#openedUs, (nowMs - lead) * 1000);
    this.#line.forget(fromUs);
    this.#withheld = { why, fromUs };
  }

  /** A fax was sent in place of sound. */
  fax(side: 0 | 1, fromMs: number, toMs: number): void {
    this.#packer.gap({ side, why: 'fax', lost: 0, fromUs: fromMs * 1000, toUs: toMs * 1000 });
  }

  /** Gives out what no later frame has pushed out. */
  sweep(nowMs: number): void {
    this.#release(nowMs);
    if (nowMs - this.#postedAt >= BATCH_MS) this.#flush(nowMs);
  }

  /** The recorder has taken so many bytes. */
  acked(bytes: number): void {
    this.#owed = Math.max(0, this.#owed - bytes);
  }

  /** Sends what is left, then the end mark. No frame may follow. */
  end(nowMs: number): TapTotals {
    this.#endWithheld(nowMs);
    this.#release(nowMs, true);
    this.#flush(nowMs, true);
    this.#post({ recording: this.recording, end: true }, []);
    return { frames: this.#frames, dropped: this.#dropped };
  }

  /** Bytes on their way to the recorder, wherever they are. */
  get #held(): number {
    return this.#owed + this.#packer.size + this.#line.bytes;
  }

  #release(nowMs: number, last = false): void {
    this.#line.release(nowMs, last, (frame) => {
      this.#packer.frame(frame);
      this.#frames[frame.side]++;
    });
  }

  #pressed(side: 0 | 1, atUs: number): Missing {
    const digits = this.#digits[side] ?? { lost: 0, fromUs: atUs, toUs: atUs };
    digits.fromUs = Math.min(digits.fromUs, atUs);
    this.#digits[side] = digits;
    return digits;
  }

  #endWithheld(nowMs: number): void {
    const withheld = this.#withheld;
    if (withheld === null) return;
    this.#withheld = null;
    for (const side of [0, 1] as const) this.#packer.gap({ side, lost: 0, ...withheld, toUs: nowMs * 1000 });
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
      const digits = this.#digits[side];
      // Before the frames around them, which wait longer than this: or the recorder takes their packets for lost.
      if (digits !== null) this.#packer.gap({ side, why: 'digits', ...digits });
      this.#digits[side] = null;
      const missing = this.#missing[side];
      // A gap waits for room and grows meanwhile; the last one goes in any case, or the recorder takes loss for silence.
      if (missing === null || (!last && this.#held + GAP_SIZE > MAX_TAP_BYTES)) continue;
      this.#packer.gap({ side, why: 'queue_full', ...missing });
      this.#missing[side] = null;
    }
    if (this.#packer.size === 0) return;
    const batch = this.#packer.take();
    this.#owed += batch.byteLength;
    this.#post({ recording: this.recording, batch }, [batch]);
  }
}
