/** The only place where the box writes files. What returns is on the disk, not only in a cache. */
import {
  closeSync,
  constants,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Makes a folder that only its owner may enter, parents included. */
export function makeFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
}

function writeAll(handle: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at);
}

/** Writes a whole file: after a crash it has its old content or the new one, never a part. */
export function writeFileDurably(path: string, content: string | Uint8Array, mode = 0o600): void {
  const temporary = `${path}.new`;
  const handle = openSync(temporary, 'w', mode);
  try {
    writeAll(handle, typeof content === 'string' ? Buffer.from(content) : content);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  // Commit point: before this line the file does not exist, or is the old one.
  renameSync(temporary, path);
  syncFolder(dirname(path));
}

/** A file that only grows. */
export interface AppendOnly {
  /** Bytes that are on the disk. */
  readonly size: number;
  /** Adds `bytes`; when it returns they are on the disk. After an error the file ends where it ended before. */
  append(bytes: Uint8Array): void;
  close(): void;
}

/** Creates a file that must not exist yet. */
export function createAppendOnly(path: string): AppendOnly {
  const handle = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_APPEND, 0o600);
  fsyncSync(handle);
  syncFolder(dirname(path));
  let size = 0;
  return {
    get size() {
      return size;
    },
    append(bytes) {
      try {
        writeAll(handle, bytes);
        fdatasyncSync(handle);
        size += bytes.length;
      } catch (error) {
        // A full disk may have taken a part: cut it off, so that the next segment follows the last whole one.
        ftruncateSync(handle, size);
        throw error;
      }
    },
    close: () => closeSync(handle),
  };
}

/** Cuts a file to `size` bytes, durably. Returns how many were cut off. */
export function truncateDurably(path: string, size: number): number {
  const handle = openSync(path, 'r+');
  try {
    const cut = fstatSync(handle).size - size;
    if (cut > 0) {
      ftruncateSync(handle, size);
      fsyncSync(handle);
    }
    return Math.max(0, cut);
  } finally {
    closeSync(handle);
  }
}

/** Removes a file durably; false when there was none. For vault/purge.ts alone. */
export function unlinkDurably(path: string): boolean {
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  syncFolder(dirname(path));
  return true;
}
