/** The sealed file as the box sends it: every frame in its place, by number and hash chain; what is damaged keeps its place as a gap. */
import {
  FRAME_HEADER_LENGTH,
  HEADER_LENGTH,
  readFrame,
  readHeader,
  type SealedSegment,
  toHex,
  webDigest,
} from '@belkluis/shared/release/content-file';
import { Refusal } from './refusal.ts';

export interface ExpectedContent {
  readonly id: string;
  /** Segments that the catalogue knows of. */
  readonly segments: number;
  /** Hash of the last frame, hex; empty when it is not known. */
  readonly root: string;
}

/** A segment in its place. `intact` is false when its bytes are not those that its frame names. */
export interface PlacedSegment extends SealedSegment {
  readonly intact: boolean;
}

export interface SealedContent {
  readonly segments: readonly PlacedSegment[];
  /** Whether the file ends before what the catalogue knows, or differs from it. */
  readonly missing: boolean;
}

const equal = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, at) => byte === b[at]);

/** @throws Refusal `not_content` when it is not the file of this recording. */
export async function readSealedContent(file: Uint8Array, expected: ExpectedContent): Promise<SealedContent> {
  if (readHeader(file) !== expected.id) throw new Refusal('not_content');
  const segments: PlacedSegment[] = [];
  let offset = HEADER_LENGTH;
  let previous = await webDigest(file.subarray(0, HEADER_LENGTH));
  while (offset < file.length) {
    const frame = readFrame(file, offset);
    if (!frame || frame.number !== segments.length || !equal(frame.previous, previous)) break;
    segments.push({ ...frame, intact: equal(frame.sealedHash, await webDigest(frame.sealed)) });
    previous = await webDigest(file.subarray(offset, offset + FRAME_HEADER_LENGTH));
    offset += FRAME_HEADER_LENGTH + frame.sealed.length;
  }
  const complete = segments.length >= expected.segments && (expected.root === '' || toHex(previous) === expected.root);
  return { segments, missing: !complete || offset < file.length };
}
