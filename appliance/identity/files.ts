/** Writing and reading the few small files that say who the box is. */
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** The file's text, or null when there is none. */
export function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

export function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** A new file that only its owner may read, on disk when this returns. @throws EEXIST. */
export function writeNew(path: string, text: string): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Replaces a file as a whole: a reader, or a power cut, sees the old text or the new. `nonce` keeps two writers apart. */
export function replace(path: string, text: string, nonce: string): void {
  const fresh = `${path}.${nonce}`;
  writeNew(fresh, text);
  renameSync(fresh, path);
  syncFolder(dirname(path));
}

export const makeFolder = (path: string): void => {
  mkdirSync(path, { recursive: true, mode: 0o700 });
};
