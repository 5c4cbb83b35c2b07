/** Frames in, segments out: the plain bytes of one segment and what is known of it. Pure; time comes with the frames. */
import type { Frame, Gap } from '../media/frame.ts';
import { MAX_SEGMENT_BYTES, MAX_SEGMENT_FRAMES, SEGMENT_US } from './limits.ts';
import { type Block, type Codecs, cluster, matroskaHeader, sealedFacts, type TrackCodec } from './matroska.ts';
import { SideTimeline } from './timeline.ts';

/** What `sealedFacts` says of a time of which not all was recorded: milliseconds since the recording began. */
interface Withheld {
  readonly side: 0 | 1;
  readonly why: Exclude<Gap['why'], 'queue_full'>;
  readonly fromMs: number;
  readonly toMs: number;
}

/** A segment before it is sealed. */
export interface PlainSegment {
  readonly number: number;
  /** A change of codec begins a new part: a Matroska file of its own. */
  readonly part: number;
  readonly startMs: number;
  readonly durationMs: number;
  readonly plain: Buffer;
  /** The payloads that went into it, as they were given: whoever seals it wipes them too. */
  readonly payloads: readonly Uint8Array[];
  /** Packets that never came, both sides. */
  readonly lost: number;
  /** Frames that the tap dropped, both sides. */
  readonly dropped: number;
}

const isAudio = (codec: Frame['codec']): codec is TrackCodec => codec !== 'CN';

/** Cuts one recording into segments. */
export class Segmenter {
  readonly #recording: string;
  readonly #timelines = [new SideTimeline(), new SideTimeline()] as const;
  #frames: Frame[] = [];
  #bytes = 0;
  #dropped = 0;
  /** Packets of digits, by side: no frame is made of them, and they are not lost. */
  readonly #digits: [number, number] = [0, 0];
  /** To be told with the next segment. */
  #withheld: Gap[] = [];
  #originUs: number | null = null;
  #segmentStartUs = 0;
  #number = 0;
  #part = -1;
  #codecs: Codecs | null = null;
  /** Last codec heard of each side. */
  readonly #heard: [TrackCodec | null, TrackCodec | null] = [null, null];

  constructor(recording: string) {
    this.#recording = recording;
  }

  /** Codecs of the current part. */
  get codecs(): Codecs | null {
    return this.#codecs;
  }

  /** Takes the frames over: nobody may change their payloads before they are sealed. Returns the segments that became full. */
  push(frames: readonly Frame[], gaps: readonly Gap[]): PlainSegment[] {
    const segments: PlainSegment[] = [];
    for (const gap of gaps) this.#note(gap);
    for (const frame of frames) {
      if (this.#isFull(frame)) segments.push(...this.flush());
      if (this.#frames.length === 0) this.#segmentStartUs = frame.arrivedUs;
      this.#originUs ??= frame.arrivedUs;
      if (isAudio(frame.codec)) this.#heard[frame.side] = frame.codec;
      this.#frames.push(frame);
      this.#bytes += frame.payload.length;
    }
    return segments;
  }

  /** Whether frames wait for their segment to become full. */
  get hasFrames(): boolean {
    return this.#frames.length > 0;
  }

  /** Closes the segment in progress; none when nothing was heard. */
  flush(): PlainSegment[] {
    if (this.#frames.length === 0) return [];
    const frames = this.#frames;
    this.#frames = [];
    this.#bytes = 0;
    return [this.#segment(frames)];
  }

  #note(gap: Gap): void {
    const { side, why, lost, toUs } = gap;
    if (why === 'queue_full') {
      this.#dropped += lost;
      return;
    }
    const before = this.#withheld.findLast((other) => other.side === side && other.why === why);
    // What goes on is told in pieces.
    if (before !== undefined && gap.fromUs <= before.toUs) {
      const whole = { ...before, toUs: Math.max(before.toUs, toUs) };
      this.#withheld = this.#withheld.map((other) => (other === before ? whole : other));
    } else this.#withheld.push(gap);
    if (why === 'digits') this.#digits[side] += lost;
    else this.#timelines[side].interrupt(toUs);
  }

  #isFull(frame: Frame): boolean {
    if (this.#frames.length === 0) return false;
    if (frame.arrivedUs - this.#segmentStartUs >= SEGMENT_US) return true;
    if (this.#bytes >= MAX_SEGMENT_BYTES || this.#frames.length >= MAX_SEGMENT_FRAMES) return true;
    // A side that changes its codec begins a new segment, which begins a new part.
    const known = this.#heard[frame.side];
    return isAudio(frame.codec) && known !== null && known !== frame.codec;
  }

  #segment(frames: readonly Frame[]): PlainSegment {
    const origin = this.#originUs!;
    const startMs = Math.round((this.#segmentStartUs - origin) / 1000);
    const endUs = frames.at(-1)!.arrivedUs;
    let lost = 0;
    const blocks: Block[] = [];
    for (const side of [0, 1] as const) {
      const placed = this.#timelines[side].place(frames.filter((frame) => frame.side === side));
      const digits = Math.min(placed.lost, this.#digits[side]);
      this.#digits[side] -= digits;
      lost += placed.lost - digits;
      for (const { frame, atUs } of placed.frames) {
        if (!isAudio(frame.codec)) continue;
        blocks.push({ side, timeMs: Math.max(0, Math.round((atUs - origin) / 1000)), payload: frame.payload });
      }
    }
    blocks.sort((a, b) => a.timeMs - b.timeMs);
    const header = this.#headerIfNew();
    const number = this.#number++;
    const dropped = this.#dropped;
    this.#dropped = 0;
    const withheld = this.#withheld.map(
      ({ side, why, fromUs, toUs }): Withheld => ({
        side,
        why: why as Withheld['why'],
        fromMs: Math.max(0, Math.round((fromUs - origin) / 1000)),
        toMs: Math.max(0, Math.round((toUs - origin) / 1000)),
      }),
    );
    this.#withheld = [];
    const facts = { recording: this.#recording, number, part: this.#part, startMs, lost, dropped, withheld };
    return {
      number,
      part: this.#part,
      startMs,
      // The last frame lasts some 20 ms beyond its arrival; what matters is that it is never 0.
      durationMs: Math.max(1, Math.round((endUs - this.#segmentStartUs) / 1000) + 20),
      plain: Buffer.concat([header, sealedFacts(facts), cluster(startMs, blocks)]),
      payloads: frames.map(({ payload }) => payload),
      lost,
      dropped,
    };
  }

  /** A side that has not spoken is expected to use the other's codec: both were agreed in one negotiation. */
  #headerIfNew(): Buffer {
    const [left, right] = this.#heard;
    const codecs: Codecs = [left ?? right ?? 'PCMA', right ?? left ?? 'PCMA'];
    if (this.#codecs && this.#codecs[0] === codecs[0] && this.#codecs[1] === codecs[1]) return Buffer.alloc(0);
    this.#codecs = codecs;
    this.#part++;
    return matroskaHeader(codecs);
  }
}
