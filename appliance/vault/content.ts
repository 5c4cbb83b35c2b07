/** Sealed recordings as files, one each, in the form of shared/release/content-file. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ReadContent, readContent, writeFrameHeader, writeHeader } from '@belkluis/shared/release/content-file';
import { createAppendOnly, truncateDurably } from './durable.ts';

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

/** Recording ids are 32 hex digits: nothing else may become part of a path. */
const RECORDING_ID = /^[0-9a-f]{32}$/;

/** Path of the content file of recording `id`. @throws RangeError for what is no id. */
export function contentPath(folder: string, id: string): string {
  if (!RECORDING_ID.test(id)) throw new RangeError('not a recording id');
  return join(folder, `${id}.sealed`);
}

export interface SegmentFacts {
  readonly number: number;
  readonly part: number;
  readonly startMs: number;
  readonly durationMs: number;
}

/** Where the segments of one recording go. */
export interface ContentWriter {
  /** Appends one sealed segment; on return it is on the disk. @throws when the disk refuses; the file is as before. */
  append(facts: SegmentFacts, sealed: Uint8Array): void;
  readonly bytes: number;
  readonly segments: number;
  /** Hash of the last frame's header, hex: names all that was written. */
  readonly contentRoot: string;
  close(): void;
}

/** Creates the content file of a new recording. */
export function createContent(folder: string, id: string): ContentWriter {
  const file = createAppendOnly(contentPath(folder, id));
  const header = writeHeader(id);
  file.append(header);
  let previous = sha256(header);
  let segments = 0;
  return {
    append(facts, sealed) {
      const frame = writeFrameHeader({ ...facts, previous, sealedHash: sha256(sealed) }, sealed.length);
      file.append(Buffer.concat([frame, sealed]));
      previous = sha256(frame);
      segments++;
    },
    get bytes() {
      return file.size;
    },
    get segments() {
      return segments;
    },
    get contentRoot() {
      return Buffer.from(previous).toString('hex');
    },
    close: () => file.close(),
  };
}

/** Reads and verifies a content file. Null when there is none, or it is no content file. */
export async function openContent(folder: string, id: string): Promise<ReadContent | null> {
  let bytes: Buffer;
  try {
    bytes = readFileSync(contentPath(folder, id));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  return readContent(bytes, async (part) => sha256(part));
}

/** Cuts off what follows the last whole segment. Returns the bytes cut. */
export const cutTornTail = (folder: string, content: ReadContent): number =>
  truncateDurably(contentPath(folder, content.id), content.wholeBytes);
