/** The keys that one party presses, as events and as tones, each told once. Tones only while somebody wants to know: decoding costs. */
import type { Codec } from '../codec.ts';
import { DtmfDetector } from '../dtmf.ts';
import type { RtpHeader } from '../rtp.ts';
import { ToneDetector } from '../tones/detector.ts';
import { Ear } from '../tones/ear.ts';
import { RATE } from '../tones/limits.ts';
import { type PressedAs, Presses } from '../tones/presses.ts';
import { DIGIT_END_WAIT_MS, FRAME_MS } from './limits.ts';

export type OnKey = (digit: string, durationMs: number, how: PressedAs) => void;

/** One packet of sound as it was listened to. */
export interface Listened {
  readonly lengthMs: number;
  /** Milliseconds of sound since a tone began that sounds still; null: none does. */
  readonly toneMs: number | null;
}

export class KeyListener {
  readonly #onKey: OnKey;
  readonly #presses = new Presses();
  readonly #events = new DtmfDetector((digit, durationMs) => this.#told(digit, durationMs, 'event', 0));
  readonly #tones = new ToneDetector(({ digit, lengthMs, agoMs }) => {
    this.#ended = lengthMs + agoMs;
    // Its event is still coming and will tell it, with its whole length.
    if (this.#events.pressed !== digit) this.#told(digit, lengthMs, 'tone', agoMs);
  });
  readonly #ear = new Ear();
  #nowMs = 0;
  /** Milliseconds since a tone began that ended in the packet just heard. */
  #ended: number | null = null;
  /** Monotonic milliseconds of the last event packet; null: none is waited for. */
  #eventAt: number | null = null;
  /** The same of sound, while it is listened to. */
  #soundAt: number | null = null;

  constructor(onKey: OnKey) {
    this.#onKey = onKey;
  }

  /** A packet of the telephone-event payload type, whose clock `clockRate` is. */
  event(header: RtpHeader, payload: Uint8Array, clockRate: number, nowMs: number): void {
    this.#nowMs = nowMs;
    this.#eventAt = nowMs;
    this.#events.packet(header, payload, clockRate);
  }

  /** A packet of sound, to be listened to. */
  sound({ name }: Codec, payload: Uint8Array, nowMs: number): Listened {
    this.#nowMs = nowMs;
    this.#soundAt = nowMs;
    const sound = this.#ear.hear(name, payload);
    if (sound === null) return { lengthMs: FRAME_MS, toneMs: null };
    this.#ended = null;
    this.#tones.push(sound);
    const lengthMs = (sound.length * 1000) / RATE;
    sound.fill(0);
    // One that ended in this packet is in it, however long the packet is.
    const ended = this.#ended === null ? null : this.#ended + lengthMs;
    const toneMs = Math.max(this.#tones.sounding ?? 0, ended ?? 0) || null;
    return { lengthMs, toneMs };
  }

  /** Nobody listens to tones any more. */
  rest(): void {
    if (this.#soundAt === null) return;
    this.#soundAt = null;
    this.#tones.flush();
    this.#ear.close();
  }

  /** Tells presses of which no end came. */
  sweep(nowMs: number): void {
    this.#nowMs = nowMs;
    if (this.#eventAt !== null && nowMs - this.#eventAt >= DIGIT_END_WAIT_MS) {
      this.#eventAt = null;
      this.#events.flush();
    }
    if (this.#soundAt !== null && nowMs - this.#soundAt >= DIGIT_END_WAIT_MS) this.#tones.flush();
  }

  #told(digit: string, durationMs: number, how: PressedAs, agoMs: number): void {
    const toMs = this.#nowMs - agoMs;
    if (this.#presses.isNew({ digit, how, fromMs: toMs - durationMs, toMs })) this.#onKey(digit, durationMs, how);
  }
}
