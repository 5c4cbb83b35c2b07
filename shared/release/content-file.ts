/**
 * The sealed file of one recording: a header, then framed segments, each with the hash of the frame before it. A recording in
 * progress, a finished one and one cut by power have the same form. Runs in Node and in browsers: no Node types here.
 *
 * Header, 40 bytes: `BELKLUIS`, version (u32), recording id (16 bytes), zero (12).
 * Frame, 92 bytes and the sealed segment: `SEG1`, number (u32), part (u32), start in ms since the recording began (u64), duration in ms
 * (u32), sealed length (u32), hash of the header or frame before (32), SHA-256 of the sealed bytes (32). All big-endian. The hash
 * of a frame is that of its 92 bytes, which name the sealed bytes by their hash.
 */

const MAGIC = 'BELKLUIS';
const FRAME_MAGIC = 0x53454731;
export const CONTENT_VERSION = 1;
export const HEADER_LENGTH = 40;
export const FRAME_HEADER_LENGTH = 92;

/** Largest sealed segment that is read, bytes: five seconds of the densest audio are under 200 kB. */
export const MAX_SEALED_LENGTH = 4_000_000;

/** What stands in the clear before a sealed segment. */
export interface SegmentHeader {
  /** 0, 1, 2, … without a hole. */
  readonly number: number;
  readonly part: number;
  readonly startMs: number;
  readonly durationMs: number;
  readonly previous: Uint8Array;
  readonly sealedHash: Uint8Array;
}

export interface SealedSegment extends SegmentHeader {
  /** One SEIPD packet. */
  readonly sealed: Uint8Array;
}

const hexToBytes = (hex: string): Uint8Array =>
  Uint8Array.from({ length: hex.length / 2 }, (_, index) => Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16));

/** Lower-case hex. */
export const toHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

const equal = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, at) => byte === b[at]);

/** The first 40 bytes of the file of recording `id` (32 hex digits). */
export function writeHeader(id: string): Uint8Array {
  const bytes = new Uint8Array(HEADER_LENGTH);
  bytes.set(new TextEncoder().encode(MAGIC));
  new DataView(bytes.buffer).setUint32(8, CONTENT_VERSION);
  bytes.set(hexToBytes(id), 12);
  return bytes;
}

/** The recording's id, or null when this is no content file of a version that we know. */
export function readHeader(bytes: Uint8Array): string | null {
  if (bytes.length < HEADER_LENGTH) return null;
  if (new TextDecoder().decode(bytes.subarray(0, 8)) !== MAGIC) return null;
  const version = new DataView(bytes.buffer, bytes.byteOffset).getUint32(8);
  return version === CONTENT_VERSION ? toHex(bytes.subarray(12, 28)) : null;
}

/** The 92 bytes before a sealed segment. */
export function writeFrameHeader(segment: SegmentHeader, sealedLength: number): Uint8Array {
  const bytes = new Uint8Array(FRAME_HEADER_LENGTH);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, FRAME_MAGIC);
  view.setUint32(4, segment.number);
  view.setUint32(8, segment.part);
  view.setBigUint64(12, BigInt(segment.startMs));
  view.setUint32(20, segment.durationMs);
  view.setUint32(24, sealedLength);
  bytes.set(segment.previous, 28);
  bytes.set(segment.sealedHash, 60);
  return bytes;
}

/** Bytes of a whole frame, by its first 92; null when they are no frame's, or it is longer than any is. */
export function frameLength(header: Uint8Array): number | null {
  if (header.length < FRAME_HEADER_LENGTH) return null;
  const view = new DataView(header.buffer, header.byteOffset, FRAME_HEADER_LENGTH);
  const length = view.getUint32(24);
  return view.getUint32(0) === FRAME_MAGIC && length <= MAX_SEALED_LENGTH ? FRAME_HEADER_LENGTH + length : null;
}

/** Reads the frame at `offset`; null when it is torn, or no frame. Nothing is verified yet. */
export function readFrame(file: Uint8Array, offset: number): SealedSegment | null {
  if (offset + FRAME_HEADER_LENGTH > file.length) return null;
  const view = new DataView(file.buffer, file.byteOffset + offset, FRAME_HEADER_LENGTH);
  const whole = frameLength(file.subarray(offset));
  if (whole === null || offset + whole > file.length) return null;
  const start = offset + FRAME_HEADER_LENGTH;
  return {
    number: view.getUint32(4),
    part: view.getUint32(8),
    startMs: Number(view.getBigUint64(12)),
    durationMs: view.getUint32(20),
    previous: file.slice(offset + 28, offset + 60),
    sealedHash: file.slice(offset + 60, offset + FRAME_HEADER_LENGTH),
    sealed: file.subarray(start, offset + whole),
  };
}

/** SHA-256, as both Node and browsers have it. */
export type Digest = (bytes: Uint8Array) => Promise<Uint8Array>;

export const webDigest: Digest = async (bytes) =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));

/** A content file that was read: what is whole, and where it stops being so. */
export interface ReadContent {
  readonly id: string;
  readonly segments: readonly SealedSegment[];
  /** Bytes up to the end of the last whole segment. */
  readonly wholeBytes: number;
  /** Hash of the last whole frame: names the recording's whole content. */
  readonly contentRoot: Uint8Array;
  /** `end`: the file ends with a whole segment. `torn`: something follows that is not one. */
  readonly ends: 'end' | 'torn';
}

/** Reads and verifies numbers, chain and hashes; stops at the first frame that does not hold. Null: no content file. */
export async function readContent(file: Uint8Array, digest: Digest = webDigest): Promise<ReadContent | null> {
  const id = readHeader(file);
  if (id === null) return null;
  const segments: SealedSegment[] = [];
  let offset = HEADER_LENGTH;
  let previous = await digest(file.subarray(0, HEADER_LENGTH));
  while (offset < file.length) {
    const segment = readFrame(file, offset);
    const holds =
      segment !== null &&
      segment.number === segments.length &&
      equal(segment.previous, previous) &&
      equal(segment.sealedHash, await digest(segment.sealed));
    if (!holds) break;
    previous = await digest(file.subarray(offset, offset + FRAME_HEADER_LENGTH));
    segments.push(segment);
    offset += FRAME_HEADER_LENGTH + segment.sealed.length;
  }
  return {
    id,
    segments,
    wholeBytes: offset,
    contentRoot: previous,
    ends: offset === file.length ? 'end' : 'torn',
  };
}
