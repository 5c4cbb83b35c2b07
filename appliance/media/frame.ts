/** What the tap hands to the recorder: frames as they were received, many in one transferable buffer. */
import type { CodecName } from './codec.ts';
import { MAX_FRAME_PAYLOAD } from './relay/limits.ts';

/** What a recorder may get: no digits, not even sealed ones (PCI DSS 3.3.1). */
export type TapCodec = Exclude<CodecName, 'telephone-event'>;

/** One RTP packet's payload after it was authenticated and opened, with what is needed to put it in its place. */
export interface Frame {
  /** 0: sent by leg `a` of the join, 1: by leg `b`. */
  readonly side: 0 | 1;
  readonly codec: TapCodec;
  /** Monotonic microseconds, one clock for both sides of a call. */
  readonly arrivedUs: number;
  readonly ssrc: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly marker: boolean;
  readonly payload: Uint8Array;
}

const whys = ['queue_full', 'fax', 'paused', 'hold', 'digits'] as const;

/**
 * Time of which the recorder does not get all, and why. `queue_full`: the tap had to drop frames. `fax`: one was sent in place of sound.
 * `paused`, `hold`: nothing of it is recorded. `digits`: keys were pressed; silence is in the place of their tones.
 */
export interface Gap {
  readonly side: 0 | 1;
  /** Frames that a full queue dropped; packets of digits that no frame is made of. None of anything else. */
  readonly lost: number;
  readonly why: (typeof whys)[number];
  /** Arrival of the first and the last packet, or when it began and ended; microseconds on the clock of `Frame.arrivedUs`. */
  readonly fromUs: number;
  readonly toUs: number;
}

/** What a media worker posts to the recorder. `end` comes once, after the last batch of that recording. */
export type TapMessage =
  | { readonly recording: string; readonly batch: ArrayBuffer }
  | { readonly recording: string; readonly end: true };

/** What the recorder posts back: it has taken `acked` bytes of batches, so as many more may come. */
export interface TapCredit {
  readonly recording: string;
  readonly acked: number;
}

// Frame: flags, codec, payload length (2), arrival (8), SSRC (4), timestamp (4), sequence (2), payload.
// Gap: flags, why, zero (2), from (8), to (8), lost (4).
const FRAME_HEADER = 22;
const GAP_RECORD = 24;
const SIDE = 1;
const MARKER = 2;
const GAP = 4;

const codecs: readonly TapCodec[] = ['PCMA', 'PCMU', 'G722', 'opus', 'CN'];

/** Bytes that a frame with `payloadLength` bytes of payload takes in a batch. */
export const frameSize = (payloadLength: number): number => FRAME_HEADER + payloadLength;

/** Bytes that a gap takes in a batch. */
export const GAP_SIZE = GAP_RECORD;

/** Collects frames and gaps into one buffer that grows as needed and is used again after `take`. */
export class FramePacker {
  #bytes: Buffer;
  #used = 0;

  constructor(sizeHint = 8192) {
    this.#bytes = Buffer.allocUnsafeSlow(sizeHint);
  }

  /** Bytes collected since the last `take`. */
  get size(): number {
    return this.#used;
  }

  /** Copies the payload; a payload above MAX_FRAME_PAYLOAD is refused with false. */
  frame(frame: Frame): boolean {
    const { payload } = frame;
    const length = payload.length;
    if (length > MAX_FRAME_PAYLOAD) return false;
    const at = this.#room(FRAME_HEADER + length);
    const bytes = this.#bytes;
    bytes[at] = frame.side | (frame.marker ? MARKER : 0);
    bytes[at + 1] = codecs.indexOf(frame.codec);
    bytes.writeUInt16BE(length, at + 2);
    bytes.writeDoubleBE(frame.arrivedUs, at + 4);
    bytes.writeUInt32BE(frame.ssrc, at + 12);
    bytes.writeUInt32BE(frame.timestamp, at + 16);
    bytes.writeUInt16BE(frame.sequence, at + 20);
    bytes.set(payload, at + FRAME_HEADER);
    return true;
  }

  gap(gap: Gap): void {
    const at = this.#room(GAP_RECORD);
    const bytes = this.#bytes;
    bytes.writeUInt32BE((((gap.side | GAP) << 24) | (whys.indexOf(gap.why) << 16)) >>> 0, at);
    bytes.writeDoubleBE(gap.fromUs, at + 4);
    bytes.writeDoubleBE(gap.toUs, at + 12);
    bytes.writeUInt32BE(gap.lost, at + 20);
  }

  /** What was collected, in a buffer of its own that may be transferred. The packer is empty after it. */
  take(): ArrayBuffer {
    const { buffer, byteOffset } = this.#bytes;
    const batch = (buffer as ArrayBuffer).slice(byteOffset, byteOffset + this.#used);
    // No call's audio stays behind in memory that outlives it.
    this.#bytes.fill(0, 0, this.#used);
    this.#used = 0;
    return batch;
  }

  #room(length: number): number {
    const at = this.#used;
    if (at + length > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(at + length, this.#bytes.length * 2));
      this.#bytes.copy(larger, 0, 0, at);
      this.#bytes.fill(0);
      this.#bytes = larger;
    }
    this.#used = at + length;
    return at;
  }
}

/** Packs frames and gaps into one buffer, in order. */
export function packFrames(frames: Iterable<Frame>, gaps: Iterable<Gap> = []): ArrayBuffer {
  const packer = new FramePacker();
  for (const frame of frames) packer.frame(frame);
  for (const gap of gaps) packer.gap(gap);
  return packer.take();
}

/** The frames of a batch in the order in which they arrived. Payloads are views of `batch`, not copies. */
export function unpackFrames(batch: ArrayBuffer): Frame[] {
  return unpackBatch(batch).frames;
}

/** The frames and gaps of a batch. A batch comes from our own tap, so a torn one is a bug: the rest of it is left out. */
export function unpackBatch(batch: ArrayBuffer): { frames: Frame[]; gaps: Gap[] } {
  const bytes = Buffer.from(batch);
  const frames: Frame[] = [];
  const gaps: Gap[] = [];
  for (let at = 0; at < bytes.length; ) {
    const flags = bytes[at]!;
    const side = (flags & SIDE) as 0 | 1;
    if (flags & GAP) {
      if (at + GAP_RECORD > bytes.length) break;
      gaps.push({
        side,
        lost: bytes.readUInt32BE(at + 20),
        why: whys[bytes.readUInt8(at + 1)] ?? 'queue_full',
        fromUs: bytes.readDoubleBE(at + 4),
        toUs: bytes.readDoubleBE(at + 12),
      });
      at += GAP_RECORD;
      continue;
    }
    if (at + FRAME_HEADER > bytes.length) break;
    const codec = codecs[bytes[at + 1]!];
    const end = at + FRAME_HEADER + bytes.readUInt16BE(at + 2);
    if (codec === undefined || end > bytes.length) break;
    frames.push({
      side,
      codec,
      arrivedUs: bytes.readDoubleBE(at + 4),
      ssrc: bytes.readUInt32BE(at + 12),
      sequence: bytes.readUInt16BE(at + 20),
      timestamp: bytes.readUInt32BE(at + 16),
      marker: (flags & MARKER) !== 0,
      payload: new Uint8Array(batch, at + FRAME_HEADER, end - at - FRAME_HEADER),
    });
    at = end;
  }
  return { frames, gaps };
}
