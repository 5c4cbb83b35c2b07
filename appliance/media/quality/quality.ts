/** How sound goes to and from one party, told as counts that say nothing of the call: sums over all legs, for a mean over many. */
import type { Counters } from '@belkluis/shared/base/counters';
import type { ReceptionReport, RtcpPacket } from '../rtcp.ts';
import { mosOf, ratingOf, type Transmission } from './e-model.ts';
import { Reception } from './reception.ts';

/** How often a stream is looked at, ms: as often as RTCP reports come (RFC 3550 6.2). */
const LOOK_MS = 5000;

/** With fewer packets in that time than these there is no sound to speak of. */
const MIN_PACKETS = 50;

/** MOS below which many people are dissatisfied (ITU-T G.107 Table B.1). */
const ACCEPTABLE_MOS = 3.6;

/** Longer than any answer is waited for, ms: a peer that says so has no clock. */
const MAX_ROUND_TRIP_MS = 5000;
const MAX_JITTER_MS = 1000;

/**
 * Names of the counters. `streams`: that were looked at at all. `expected`, `lost`: packets that came here. `looks`, `milli_mos`, `poor`, `jitter_us`: of each look at a stream, here or as the
 * other end reports it. `reports`, `reported_256ths`: what those say of loss. `round_trips`, `round_trip_ms`.
 */
export type QualityCount =
  | 'streams'
  | 'expected'
  | 'lost'
  | 'looks'
  | 'milli_mos'
  | 'poor'
  | 'jitter_us'
  | 'reports'
  | 'reported_256ths'
  | 'round_trips'
  | 'round_trip_ms';

export class Quality {
  readonly #counters: Counters;
  readonly #reception = new Reception();
  /** Rate of the stream's clock, Hz: what jitter is reported in. */
  #clockRate = 8000;
  #lookedAt = 0;
  /** There and back to this party, ms; null: it has not said. */
  #roundTripMs: number | null = null;
  #counted = false;
  /** The last sender report that went to this party, as it will name it, and when it went. */
  #told = { middle: 0, atMs: 0 };
  /** When a packet for this party was last held back, for it heard the box instead. */
  #coveredAt = Number.NEGATIVE_INFINITY;

  constructor(counters: Counters, nowMs: number) {
    this.#counters = counters;
    this.#lookedAt = nowMs;
  }

  /** One way, ms; nothing where nobody has said. */
  get delayMs(): number {
    return (this.#roundTripMs ?? 0) / 2;
  }

  /** A genuine packet of this party. */
  heard(ssrc: number, sequence: number, timestamp: number, clockRate: number, timed: boolean, nowMs: number): void {
    this.#clockRate = clockRate;
    this.#reception.note(ssrc, sequence, timestamp, clockRate, timed, nowMs);
  }

  /** A sender report of the other party goes to this one. */
  told(packets: readonly RtcpPacket[], nowMs: number): void {
    for (const packet of packets) {
      if (packet.kind !== 'sender report') continue;
      const { ntpSeconds, ntpFraction } = packet.sender;
      this.#told = { middle: (((ntpSeconds & 0xffff) << 16) | (ntpFraction >>> 16)) >>> 0, atMs: nowMs };
    }
  }

  /** The box speaks to this party: what the other says meanwhile does not reach it, and it will report that as loss. */
  covered(nowMs: number): void {
    this.#coveredAt = nowMs;
  }

  /** What this party says of `ssrc`, the stream that is relayed to it. `beyondMs`: one way from here to who sends that. */
  reported(packets: readonly RtcpPacket[], ssrc: number, beyondMs: number, nowMs: number): void {
    for (const packet of packets) {
      if (packet.kind !== 'sender report' && packet.kind !== 'receiver report') continue;
      for (const report of packet.reports) if (report.ssrc === ssrc) this.#report(report, beyondMs, nowMs);
    }
  }

  /** `beyondMs`: one way from here to who hears this party. */
  sweep(beyondMs: number, nowMs: number): void {
    if (nowMs - this.#lookedAt < LOOK_MS) return;
    this.#lookedAt = nowMs;
    const { expected, lost, jitterMs } = this.#reception.take();
    if (expected < MIN_PACKETS) return;
    if (!this.#counted) this.#add('streams', 1);
    this.#counted = true;
    const counted = Math.max(0, lost);
    this.#add('expected', expected);
    this.#add('lost', counted);
    this.#look({ lossPercent: (100 * counted) / expected, jitterMs, delayMs: this.delayMs + beyondMs });
  }

  #report(
    { lastSenderReport, delaySinceLast, fractionLost, jitter }: ReceptionReport,
    beyondMs: number,
    nowMs: number,
  ) {
    const { middle, atMs } = this.#told;
    if (lastSenderReport !== 0 && lastSenderReport === middle) {
      const roundTripMs = nowMs - atMs - (delaySinceLast * 1000) / 65_536;
      if (roundTripMs >= 0 && roundTripMs < MAX_ROUND_TRIP_MS) {
        this.#roundTripMs = roundTripMs;
        this.#add('round_trips', 1);
        this.#add('round_trip_ms', Math.round(roundTripMs));
      }
    }
    const jitterMs = (jitter * 1000) / this.#clockRate;
    if (jitterMs > MAX_JITTER_MS || nowMs - this.#coveredAt < 2 * LOOK_MS) return;
    this.#add('reports', 1);
    this.#add('reported_256ths', fractionLost);
    this.#look({ lossPercent: (100 * fractionLost) / 256, jitterMs, delayMs: this.delayMs + beyondMs });
  }

  #look(how: Transmission): void {
    const mos = mosOf(ratingOf(how));
    this.#add('looks', 1);
    this.#add('milli_mos', Math.round(1000 * mos));
    this.#add('jitter_us', Math.round(1000 * how.jitterMs));
    if (mos < ACCEPTABLE_MOS) this.#add('poor', 1);
  }

  #add(name: QualityCount, by: number): void {
    this.#counters.add(`sound.${name}`, by);
  }
}
