/** Reads a sealed file a segment at a time and says whether it still is what the catalogue says: for the scrub, which must not fill the memory. */
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import {
  FRAME_HEADER_LENGTH,
  frameLength,
  HEADER_LENGTH,
  readContent,
  readFrame,
  readHeader,
} from '@belkluis/shared/release/content-file';
import { contentPath } from './content.ts';

/** What a sealed file must be. */
export interface ExpectedContent {
  readonly id: string;
  /** Hash of the last frame, hex; empty when nothing was ever written. */
  readonly contentRoot: string;
}

/** `gone`: there is no file. `rotten`: it cannot be read, or is not what was written. */
export type ContentVerdict = 'whole' | 'rotten' | 'gone';

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

/** Errors of a disk that has lost a sector, or of a file system that is damaged there. */
const UNREADABLE: ReadonlySet<string | undefined> = new Set(['EIO', 'EISDIR', 'EUCLEAN', 'EBADMSG']);

async function readBytes(file: FileHandle, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let have = 0;
  for (;;) {
    const { bytesRead } = await file.read(bytes, have, length - have);
    have += bytesRead;
    if (bytesRead === 0 || have === length) return bytes.subarray(0, have);
  }
}

/** The root of the file when it is whole to its end, hex; else null. */
async function rootOf(file: FileHandle, id: string, pace: (bytes: number) => Promise<void>): Promise<string | null> {
  const header = await readBytes(file, HEADER_LENGTH);
  if (readHeader(header) !== id) return null;
  let previous = sha256(header);
  for (let number = 0; ; number++) {
    const head = await readBytes(file, FRAME_HEADER_LENGTH);
    if (head.length === 0) return previous.toString('hex');
    const length = frameLength(head);
    if (length === null) return null;
    const rest = await readBytes(file, length - FRAME_HEADER_LENGTH);
    const segment = readFrame(Buffer.concat([head, rest]), 0);
    const holds =
      segment?.number === number &&
      previous.equals(segment.previous) &&
      sha256(segment.sealed).equals(segment.sealedHash);
    if (!holds) return null;
    previous = sha256(head);
    await pace(length);
  }
}

/** Reads the file of one recording; `pace` is awaited after each segment. */
export async function verifyContent(
  folder: string,
  { id, contentRoot }: ExpectedContent,
  pace: (bytes: number) => Promise<void>,
): Promise<ContentVerdict> {
  let file: FileHandle;
  try {
    file = await open(contentPath(folder, id), 'r');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return contentRoot === '' ? 'whole' : 'gone';
    if (UNREADABLE.has(code)) return 'rotten';
    throw error;
  }
  try {
    return (await rootOf(file, id, pace)) === contentRoot ? 'whole' : 'rotten';
  } catch (error) {
    if (UNREADABLE.has((error as NodeJS.ErrnoException).code)) return 'rotten';
    throw error;
  } finally {
    await file.close();
  }
}

/** Whether `bytes`, out of a backup, are the file that the catalogue means. */
export async function isContent(bytes: Uint8Array, { id, contentRoot }: ExpectedContent): Promise<boolean> {
  const content = await readContent(bytes, async (part) => sha256(part));
  return (
    content?.id === id && content.ends === 'end' && Buffer.from(content.contentRoot).toString('hex') === contentRoot
  );
}
