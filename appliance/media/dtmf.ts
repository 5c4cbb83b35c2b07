/** Digits pressed during a call: RFC 4733 telephone events in RTP. */
import { MAX_REMEMBERED_DIGITS } from './limits.ts';
import type { RtpHeader } from './rtp.ts';

/** Event codes 0 to 15 (RFC 4733 3.2). */
export const DIGITS = '0123456789*#ABCD';

const END = 0x80;
const EVENT_LENGTH = 4;

interface Press {
  readonly ssrc: number;
  /** Of the event's packets: they all carry the time at which it began. */
  timestamp: number;
  readonly digit: string;
  /** Timestamp units: in the segments before this one, and in this one. */
  earlier: number;
  duration: number;
  sequence: number;
  readonly clockRate: number;
}

/**
 * Tells each press once. A press is known by its timestamp, not by its marker or its last packet: either may be lost, and
 * the last packet is sent three times. A press whose last packets were all lost is told when the next one begins.
 */
export class DtmfDetector {
  readonly #onDigit: (digit: string, durationMs: number) => void;
  #pressed: Press | null = null;
  /** Told already; packets of theirs still come. */
  readonly #told: { readonly ssrc: number; readonly timestamp: number }[] = [];

  constructor(onDigit: (digit: string, durationMs: number) => void) {
    this.#onDigit = onDigit;
  }

  /** A packet of the leg's telephone-event payload type; `clockRate` is that type's own. Others than digits are ignored. */
  packet({ ssrc, timestamp, sequence, marker }: RtpHeader, payload: Uint8Array, clockRate: number): void {
    if (payload.length < EVENT_LENGTH) return;
    const digit = DIGITS[payload[0]!];
    if (digit === undefined || this.#told.some((told) => told.ssrc === ssrc && told.timestamp === timestamp)) return;
    const duration = payload[2]! * 256 + payload[3]!;
    const press = this.#pressed;
    if (press?.ssrc === ssrc && press.timestamp === timestamp) {
      press.duration = Math.max(press.duration, duration);
      press.sequence = sequence;
    } else if (press && !marker && continues(press, ssrc, digit, timestamp, sequence)) {
      this.#remember(press);
      press.earlier += press.duration;
      Object.assign(press, { timestamp, duration, sequence });
    } else {
      this.flush();
      this.#pressed = { ssrc, timestamp, digit, earlier: 0, duration, sequence, clockRate };
    }
    if (payload[1]! & END) this.flush();
  }

  /** The key that is down now; null: none, as far as is known. */
  get pressed(): string | null {
    return this.#pressed?.digit ?? null;
  }

  /** Tells a press whose end was not seen: the call is over. */
  flush(): void {
    const press = this.#pressed;
    if (press === null) return;
    this.#pressed = null;
    this.#remember(press);
    this.#onDigit(press.digit, Math.round(((press.earlier + press.duration) * 1000) / press.clockRate));
  }

  #remember({ ssrc, timestamp }: Press): void {
    this.#told.push({ ssrc, timestamp });
    if (this.#told.length > MAX_REMEMBERED_DIGITS) this.#told.shift();
  }
}

/** RFC 4733 2.5.1.3: a press longer than the duration field goes on in a new segment, right where the last one ended. */
const continues = (press: Press, ssrc: number, digit: string, timestamp: number, sequence: number): boolean =>
  press.ssrc === ssrc &&
  press.digit === digit &&
  timestamp === (press.timestamp + press.duration) >>> 0 &&
  sequence === ((press.sequence + 1) & 0xffff);

/** One packet of a press, to be sent `atMs` after its beginning with the timestamp of its beginning. */
export interface DigitPacket {
  readonly atMs: number;
  readonly marker: boolean;
  readonly payload: Buffer;
}

const UPDATE_MS = 50;
const END_PACKETS = 3;
/** Tone level in dBm0, negated: what most phones send. */
const VOLUME = 10;

/**
 * The packets of one press of at most 8 s at 8 kHz: a beginning, updates, and the end three times (RFC 4733 2.5.1.4). Empty when
 * `digit` is none of DIGITS.
 */
export function pressDigit(digit: string, durationMs: number, clockRate: number): DigitPacket[] {
  const event = digit.length === 1 ? DIGITS.indexOf(digit) : -1;
  if (event < 0) return [];
  const packets: DigitPacket[] = [];
  const add = (atMs: number, end: boolean) => {
    const duration = Math.min(0xffff, Math.round((atMs * clockRate) / 1000));
    const payload = Buffer.from([event, (end ? END : 0) | VOLUME, duration >> 8, duration & 0xff]);
    packets.push({ atMs, marker: packets.length === 0, payload });
  };
  for (let atMs = Math.min(UPDATE_MS, durationMs); atMs < durationMs; atMs += UPDATE_MS) add(atMs, false);
  for (let i = 0; i < END_PACKETS; i++) add(durationMs, true);
  return packets;
}
