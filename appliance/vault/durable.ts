/** The only place where the box writes files. What returns is on the disk, not only in a cache. */
import {
  closeSync,
  constants,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { commitPoint } from '@belkluis/shared/base/commit-point';
import { problem } from './problems.ts';

function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

/** True: made now. False: it was there. */
function madeFolder(path: string): boolean {
  try {
    mkdirSync(path, { mode: 0o700 });
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT' && dirname(path) !== path) {
      makeFolder(dirname(path));
      // The other process of the box may be making it too.
      return madeFolder(path);
    }
    if (codeOf(error) === 'EEXIST' && statSync(path).isDirectory()) return false;
    throw error;
  }
}

/**
 * Makes a folder that only its owner may enter, parents included. Each is on the disk before something is made in it, so one that is
 * there already can only lack its entry in its parent: whoever made it may have died before the fsync.
 */
export function makeFolder(path: string): void {
  const made = madeFolder(path);
  try {
    syncFolder(dirname(path));
  } catch (error) {
    // A parent that we may not read is the system's, and so is the folder in it.
    if (made || codeOf(error) !== 'EACCES') throw error;
  }
}

function writeAll(handle: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at);
}

/** Removes what must not stay, where an error is already on its way to the caller: this one would only hide it. */
function discard(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // The next writer removes it, or says why it cannot.
  }
}

/**
 * Writes a whole file: after a crash or an error it has its old content or the new one, never a part. One writer at a time: who writes
 * beside another needs a lock of its own.
 */
export function writeFileDurably(path: string, content: string | Uint8Array, mode = 0o600): void {
  const temporary = `${path}.new`;
  // What a writer left that died: it may have other rights than this one is to have.
  rmSync(temporary, { force: true });
  try {
    const handle = openSync(temporary, 'wx', mode);
    try {
      writeAll(handle, typeof content === 'string' ? Buffer.from(content) : content);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    commitPoint('durable.file_written');
    // Commit point: before this line the file does not exist, or is the old one.
    renameSync(temporary, path);
  } catch (error) {
    discard(temporary);
    throw error;
  }
  commitPoint('durable.file_renamed');
  syncFolder(dirname(path));
}

/** A file that only grows. */
export interface AppendOnly {
  /** Bytes that are on the disk. */
  readonly size: number;
  /**
   * Adds `bytes`; when it returns they are on the disk. When the disk is full the file ends where it ended before, and can grow again once
   * there is room. @throws Problem `disk_failed` after any other error, then and ever after.
   */
  append(bytes: Uint8Array): void;
  close(): void;
}

/** Errors of a write that leave the file known: there was no room, and what was taken is in the cache and can be cut off. */
const NO_ROOM: ReadonlySet<string | undefined> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** Creates a file that must not exist yet. After an error there is none. */
export function createAppendOnly(path: string): AppendOnly {
  const handle = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_APPEND, 0o600);
  try {
    fsyncSync(handle);
    syncFolder(dirname(path));
  } catch (error) {
    closeSync(handle);
    discard(path);
    throw error;
  }
  let size = 0;
  let failed: unknown = null;

  /** Cuts off what was not promised. Where even that fails, nothing may follow: it would stand behind half a segment. */
  const cut = (error: unknown): void => {
    try {
      ftruncateSync(handle, size);
    } catch {
      failed = error;
    }
  };

  return {
    get size() {
      return size;
    },
    append(bytes) {
      if (failed !== null) throw problem('disk_failed', undefined, failed);
      try {
        writeAll(handle, bytes);
      } catch (error) {
        if (!NO_ROOM.has(codeOf(error))) failed = error;
        cut(error);
        throw failed === null ? error : problem('disk_failed', undefined, failed);
      }
      commitPoint('durable.taken');
      try {
        fdatasyncSync(handle);
      } catch (error) {
        // The kernel reports a failed write-back once, and may have marked the pages clean: a second fsync would return success over
        // bytes that are not on the disk (what PostgreSQL learnt in 2018). So it is never tried again. What the disk has beyond `size`
        // is unknown; what was promised before stands.
        failed = error;
        cut(error);
        throw problem('disk_failed', undefined, error);
      }
      size += bytes.length;
      commitPoint('durable.appended');
    },
    close: () => closeSync(handle),
  };
}

/**
 * Cuts a file to `size` bytes, durably. Returns how many were cut off. What stays is synced even when nothing is cut: who died before
 * its fsync left bytes that only the cache has, and whoever reads them must not build on them.
 */
export function truncateDurably(path: string, size: number): number {
  const handle = openSync(path, 'r+');
  try {
    const cut = fstatSync(handle).size - size;
    if (cut > 0) ftruncateSync(handle, size);
    fsyncSync(handle);
    return Math.max(0, cut);
  } finally {
    closeSync(handle);
  }
}

/** Gives a file that is on the disk its name, in the place of an older one; after a crash it has the one name or the other. */
export function renameDurably(from: string, to: string): void {
  renameSync(from, to);
  syncFolder(dirname(to));
}

/** Removes a file durably; false when there was none. For vault/purge.ts, for the keystore's dead epochs, and for policies that nothing is left of. */
export function unlinkDurably(path: string): boolean {
  let was = true;
  try {
    unlinkSync(path);
    commitPoint('durable.unlinked');
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    was = false;
  }
  // Also when it was gone: who removed it may have died before this line, and a power cut would bring it back.
  syncFolder(dirname(path));
  return was;
}

/**
 * Overwrites a small file and removes it, durably; false when there was none. On a disk that writes in place nothing of it stays; on
 * flash the old cells may live on, which no file system can reach.
 */
export function destroyDurably(path: string): boolean {
  let handle: number;
  try {
    handle = openSync(path, 'r+');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  try {
    writeAll(handle, Buffer.alloc(fstatSync(handle).size));
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  return unlinkDurably(path);
}

/** Puts on the disk what somebody else wrote to a file, and its name in the folder. */
export function syncDurably(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  syncFolder(dirname(path));
}

const SCRATCH = 'scratch-';

/** Lends `work` a folder below `parent` that only its owner may enter, and removes it with all that it holds. */
export function withScratchFolder<T>(parent: string, work: (folder: string) => T): T {
  const folder = mkdtempSync(join(parent, SCRATCH));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Removes the scratch folders that a crash left below `parent`. Nobody may have one in use. */
export function removeScratchFolders(parent: string): void {
  for (const name of readdirSync(parent))
    if (name.startsWith(SCRATCH)) rmSync(join(parent, name), { recursive: true, force: true });
}

/**
 * Removes files of one folder, and makes that durable at once for all of them. Returns those that the disk would not remove; what was not
 * there counts as removed. For vault/purge.ts alone.
 */
export function unlinkAllDurably(folder: string, paths: readonly string[]): readonly string[] {
  if (paths.length === 0) return [];
  const kept = paths.filter((path) => {
    try {
      unlinkSync(path);
      return false;
    } catch (error) {
      return codeOf(error) !== 'ENOENT';
    }
  });
  commitPoint('durable.all_unlinked');
  // Also for what was gone: whoever removed it may have died before this line, and a power cut would bring it back.
  syncFolder(folder);
  return kept;
}
