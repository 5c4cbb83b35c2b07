/** The folder for what must not stay: copies on their way out, a drill's results. */
import { lstatSync, readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { createAppendOnly, makeFolder, unlinkDurably } from '../vault/durable.ts';
import { writeInPieces } from './destinations/directory.ts';

/** Removes a folder with everything in it; nothing when there is none. */
export function removeFolder(path: string): void {
  if (!lstatSync(path, { throwIfNoEntry: false })) return;
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const inner = join(path, entry.name);
    if (entry.isDirectory()) removeFolder(inner);
    else unlinkDurably(inner);
  }
  rmdirSync(path);
}

/** Gives `work` a folder that is empty when it begins, readable by the box alone, and gone when it ends, whatever happens. */
export async function withScratch<Result>(path: string, work: (folder: string) => Promise<Result>): Promise<Result> {
  removeFolder(path);
  makeFolder(path);
  try {
    return await work(path);
  } finally {
    removeFolder(path);
  }
}

/** Writes a stream to a new file, durably. Returns its length. */
export async function writeNewFile(path: string, chunks: AsyncIterable<Uint8Array>): Promise<number> {
  const file = createAppendOnly(path);
  try {
    await writeInPieces((bytes) => file.append(bytes), chunks);
    return file.size;
  } finally {
    file.close();
  }
}

/** A copy of a database that others are writing, as it was at one moment. */
export function copyDatabase(from: string, to: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./copy-worker.ts', import.meta.url), { workerData: { from, to } });
    worker.once('error', reject);
    worker.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`copying ended with ${code}`))));
  });
}
