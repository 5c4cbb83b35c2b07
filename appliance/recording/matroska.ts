/** Recordings as Matroska (RFC 9559): one track a side, payloads as they were received, one cluster a segment. */
import { element, float, id, openElement, text, uint } from './ebml.ts';

/** Codecs that a track can hold. */
export type TrackCodec = 'PCMA' | 'PCMU' | 'G722' | 'opus';

/** Sides: 0 is the caller, heard left; 1 the callee, heard right. */
export type Codecs = readonly [TrackCodec, TrackCodec];

/** WAVEFORMATEX of Microsoft's ACM codecs: what `A_MS/ACM` carries as CodecPrivate. */
function waveFormat(tag: number, sampleRate: number, bytesPerSecond: number, bitsPerSample: number): Buffer {
  const bytes = Buffer.alloc(18);
  bytes.writeUInt16LE(tag, 0);
  bytes.writeUInt16LE(1, 2);
  bytes.writeUInt32LE(sampleRate, 4);
  bytes.writeUInt32LE(bytesPerSecond, 8);
  bytes.writeUInt16LE(1, 12);
  bytes.writeUInt16LE(bitsPerSample, 14);
  return bytes;
}

/** RFC 7845 5.1: mono, no pre-skip, 48 kHz. A stereo stream is mixed down by the decoder. */
function opusHead(): Buffer {
  const bytes = Buffer.alloc(19);
  bytes.write('OpusHead', 'latin1');
  bytes[8] = 1;
  bytes[9] = 1;
  bytes.writeUInt32LE(48_000, 12);
  return bytes;
}

const tracks: Record<TrackCodec, { codecId: string; sampleRate: number; bits: number; initial: () => Buffer }> = {
  PCMA: { codecId: 'A_MS/ACM', sampleRate: 8000, bits: 8, initial: () => waveFormat(6, 8000, 8000, 8) },
  PCMU: { codecId: 'A_MS/ACM', sampleRate: 8000, bits: 8, initial: () => waveFormat(7, 8000, 8000, 8) },
  G722: { codecId: 'A_MS/ACM', sampleRate: 16_000, bits: 4, initial: () => waveFormat(0x028f, 16_000, 8000, 4) },
  opus: { codecId: 'A_OPUS', sampleRate: 48_000, bits: 16, initial: opusHead },
};

const trackEntry = (side: 0 | 1, codec: TrackCodec): Buffer => {
  const { codecId, sampleRate, bits, initial } = tracks[codec];
  return element(
    id.TrackEntry,
    uint(id.TrackNumber, side + 1),
    uint(id.TrackUID, side + 1),
    uint(id.TrackType, 2),
    uint(id.FlagLacing, 0),
    text(id.Name, side === 0 ? 'caller' : 'callee'),
    text(id.CodecID, codecId),
    element(id.CodecPrivate, initial()),
    element(id.Audio, float(id.SamplingFrequency, sampleRate), uint(id.Channels, 1), uint(id.BitDepth, bits)),
  );
};

/** What every part begins with: EBML header, a Segment without end, its tracks. */
export const matroskaHeader = (codecs: Codecs): Buffer =>
  Buffer.concat([
    element(
      id.EBML,
      uint(id.EBMLVersion, 1),
      uint(id.EBMLReadVersion, 1),
      uint(id.EBMLMaxIDLength, 4),
      uint(id.EBMLMaxSizeLength, 8),
      text(id.DocType, 'matroska'),
      uint(id.DocTypeVersion, 4),
      uint(id.DocTypeReadVersion, 2),
    ),
    openElement(id.Segment),
    element(
      id.Info,
      uint(id.TimestampScale, 1_000_000),
      text(id.MuxingApp, 'belkluis'),
      text(id.WritingApp, 'belkluis'),
    ),
    element(id.Tracks, trackEntry(0, codecs[0]), trackEntry(1, codecs[1])),
  ]);

/** One payload at its time. */
export interface Block {
  readonly side: 0 | 1;
  /** Milliseconds since the recording began. */
  readonly timeMs: number;
  readonly payload: Uint8Array;
}

/** Times inside a cluster are 16 bits, signed. */
const MAX_RELATIVE_MS = 32_767;

function simpleBlock({ side, timeMs, payload }: Block, clusterMs: number): Buffer {
  const relative = Math.max(-MAX_RELATIVE_MS, Math.min(MAX_RELATIVE_MS, timeMs - clusterMs));
  const head = Buffer.alloc(4);
  head[0] = 0x80 | (side + 1);
  head.writeInt16BE(relative, 1);
  head[3] = 0x80;
  return element(id.SimpleBlock, head, payload);
}

/** The blocks of one segment, in the order of their times, as one cluster. */
export const cluster = (startMs: number, blocks: readonly Block[]): Buffer =>
  element(id.Cluster, uint(id.Timestamp, startMs), ...blocks.map((block) => simpleBlock(block, startMs)));

/**
 * What a player passes over: the facts of this segment, sealed with its audio, so that whoever opens it can tell a replayed or
 * exchanged segment from the right one.
 */
export const sealedFacts = (facts: object): Buffer => element(id.Void, Buffer.from(JSON.stringify(facts)));
