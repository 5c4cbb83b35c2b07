/**
 * When each frame was spoken, on one clock for both sides: a run of packets is anchored by its earliest arrival (the packet that the
 * network delayed least), then RTP timestamps tell the time. Both sides share the arrival clock, so they stay aligned.
 */
import type { Frame } from '../media/frame.ts';
import { DRIFT_US, REANCHOR_US } from './limits.ts';

/** RTP clock rates (RFC 3551 4.5.2 for G.722's 8000, RFC 7587 4.1 for Opus). */
const clockRates: Record<Frame['codec'], number> = {
  PCMA: 8000,
  PCMU: 8000,
  G722: 8000,
  opus: 48_000,
  CN: 8000,
};

/** One sender's uninterrupted stretch of timestamps. */
interface Run {
  readonly ssrc: number;
  readonly rate: number;
  /** Timestamp of its first frame, and the last one seen, unwrapped. */
  readonly firstTimestamp: number;
  lastTimestamp: number;
  /** Arrival clock minus media time: what a timestamp is worth. At first the arrival of its first frame. */
  anchorUs: number;
  /** Whether a whole segment has confirmed the anchor. */
  anchored: boolean;
  highestSequence: number;
  /** Sequence numbers seen in this segment, unwrapped. */
  seen: Set<number>;
  expectedFrom: number;
}

export interface PlacedFrame {
  readonly frame: Frame;
  /** Microseconds on the arrival clock. */
  readonly atUs: number;
}

export interface PlacedSegment {
  readonly frames: readonly PlacedFrame[];
  /** Packets whose sequence number never came. */
  readonly lost: number;
}

const signed32 = (value: number): number => value | 0;
const signed16 = (value: number): number => (value << 16) >> 16;

/** The timeline of one side of one recording. Feed it a segment's frames at a time, in order of arrival. */
export class SideTimeline {
  #run: Run | null = null;
  /** Arrival times at which what comes begins anew, ascending. */
  #interruptions: number[] = [];

  /** Nothing came until `atUs` because nothing was to come: what was sent meanwhile is not lost, and its sender's clock counts no more. */
  interrupt(atUs: number): void {
    this.#interruptions.push(atUs);
  }

  place(frames: readonly Frame[]): PlacedSegment {
    const placed: { frame: Frame; run: Run; mediaUs: number }[] = [];
    const runs = new Set<Run>();
    for (const frame of frames) {
      const run = this.#runOf(frame);
      runs.add(run);
      const sequence = run.highestSequence + signed16(frame.sequence - (run.highestSequence & 0xffff));
      if (run.seen.has(sequence) || sequence < run.expectedFrom) continue;
      run.seen.add(sequence);
      run.highestSequence = Math.max(run.highestSequence, sequence);
      const timestamp = run.lastTimestamp + signed32(frame.timestamp - (run.lastTimestamp >>> 0));
      run.lastTimestamp = Math.max(run.lastTimestamp, timestamp);
      placed.push({ frame, run, mediaUs: ((timestamp - run.firstTimestamp) / run.rate) * 1e6 });
    }
    let lost = 0;
    for (const run of runs) {
      this.#anchor(run, placed);
      lost += run.highestSequence + 1 - run.expectedFrom - run.seen.size;
      run.expectedFrom = run.highestSequence + 1;
      run.seen = new Set();
    }
    return {
      frames: placed
        .map(({ frame, run, mediaUs }) => ({ frame, atUs: run.anchorUs + mediaUs }))
        .sort((a, b) => a.atUs - b.atUs),
      lost,
    };
  }

  #runOf(frame: Frame): Run {
    const run = this.#isAfterInterruption(frame) ? null : this.#run;
    if (run && run.ssrc === frame.ssrc && this.#follows(run, frame)) return run;
    const next: Run = {
      ssrc: frame.ssrc,
      rate: clockRates[frame.codec],
      firstTimestamp: frame.timestamp,
      lastTimestamp: frame.timestamp,
      anchorUs: frame.arrivedUs,
      anchored: false,
      highestSequence: frame.sequence,
      seen: new Set(),
      expectedFrom: frame.sequence,
    };
    this.#run = next;
    return next;
  }

  #isAfterInterruption({ arrivedUs }: Frame): boolean {
    const over = this.#interruptions.findLastIndex((atUs) => atUs <= arrivedUs);
    this.#interruptions.splice(0, over + 1);
    return over >= 0;
  }

  /** Whether a frame's timestamp fits its arrival; in the first segment the first frame is the measure. */
  #follows(run: Run, frame: Frame): boolean {
    if (clockRates[frame.codec] !== run.rate) return false;
    const timestamp = run.lastTimestamp + signed32(frame.timestamp - (run.lastTimestamp >>> 0));
    const mediaUs = ((timestamp - run.firstTimestamp) / run.rate) * 1e6;
    return Math.abs(frame.arrivedUs - run.anchorUs - mediaUs) < REANCHOR_US;
  }

  /** Sets a new run's anchor; moves a known one when the clocks have drifted apart. */
  #anchor(run: Run, placed: readonly { frame: Frame; run: Run; mediaUs: number }[]): void {
    let earliest = Number.POSITIVE_INFINITY;
    for (const { frame, run: own, mediaUs } of placed) {
      if (own === run) earliest = Math.min(earliest, frame.arrivedUs - mediaUs);
    }
    if (earliest === Number.POSITIVE_INFINITY) return;
    if (!run.anchored || Math.abs(earliest - run.anchorUs) > DRIFT_US) run.anchorUs = earliest;
    run.anchored = true;
  }
}
