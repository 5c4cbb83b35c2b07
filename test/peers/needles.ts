/** Looks for pieces of audio in files: what must never be on a disk in the clear. */
import { closeSync, type Dirent, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

/** Where a program may leave a file without being asked: as this process has it, and as one that reads no environment has it. */
export const temporaryFolders = [...new Set([tmpdir(), '/tmp', '/var/tmp', '/dev/shm'])];

/** Something to look for, and what it is called when it is found. */
export interface Needle {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Linear samples of A-law: ITU-T G.711 table 1a. */
const linear = (byte: number): number => {
  const code = byte ^ 0x55;
  const segment = (code >> 4) & 7;
  const step = ((code & 0x0f) << 4) + 8;
  const magnitude = segment === 0 ? step : (step + 0x100) << (segment - 1);
  return code & 0x80 ? magnitude : -magnitude;
};

/** µ-law of a sample: ITU-T G.711 table 2a. */
function muLaw(sample: number): number {
  const magnitude = Math.min(32_635, Math.abs(sample)) + 132;
  const segment = 24 - Math.clz32(magnitude);
  return ~((sample < 0 ? 0x80 : 0) | (segment << 4) | ((magnitude >> (segment + 3)) & 0x0f)) & 0xff;
}

/** How much of a frame is looked for, bytes: enough that it stands nowhere by chance, too little for a cut to hide it. */
const PIECE = 32;

/** The forms in which a frame of A-law could stand in a file. */
export function needlesOf(name: string, frame: Buffer): Needle[] {
  const piece = frame.subarray(64, 64 + PIECE);
  const samples = Int16Array.from(piece, linear);
  const base64 = [0, 1, 2].map((skip) => piece.subarray(skip).toString('base64').slice(0, 28));
  return [
    { name: `${name} as A-law`, bytes: piece },
    { name: `${name} as mu-law`, bytes: Buffer.from(Uint8Array.from(samples, muLaw)) },
    { name: `${name} as PCM`, bytes: Buffer.from(samples.buffer) },
    { name: `${name} as hex`, bytes: Buffer.from(piece.toString('hex')) },
    ...base64.map((text) => ({ name: `${name} as base64`, bytes: Buffer.from(text) })),
  ];
}

/** Larger files are read in pieces of this many bytes, each with the end of the one before. */
const CHUNK = 8 * 1024 * 1024;
const OVERLAP = 256;

/** Whether this process may read it, and may read it as a file. */
function openIfPossible(path: string): number | null {
  try {
    return openSync(path, 'r');
  } catch {
    return null;
  }
}

/** Where needles were found, and among how many files. */
export interface Found {
  readonly files: number;
  readonly hits: readonly string[];
}

function inFile(path: string, needles: readonly Needle[], changedSince: number): string[] {
  const file = openIfPossible(path);
  if (file === null) return [];
  try {
    if (fstatSync(file).mtimeMs < changedSince) return [];
    const found = new Set<string>();
    const chunk = Buffer.alloc(CHUNK);
    for (let at = 0; ; at += CHUNK - OVERLAP) {
      const bytes = chunk.subarray(0, readSync(file, chunk, 0, CHUNK, at));
      for (const { name, bytes: wanted } of needles) if (bytes.includes(wanted)) found.add(`${path}: ${name}`);
      if (bytes.length < CHUNK) return [...found];
    }
  } finally {
    closeSync(file);
  }
}

/** Paths of all files in it and below; none where it cannot be read. */
export function filesBelow(folder: string): string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return entry.isFile() ? [path] : [];
  });
}

/** Where any of `needles` stands in a file below `folders` that was written since `changedSince` (wall clock, ms). */
export function findIn(folders: readonly string[], needles: readonly Needle[], changedSince = 0): Found {
  const files = folders.flatMap(filesBelow);
  return { files: files.length, hits: files.flatMap((path) => inFile(path, needles, changedSince)) };
}

/** The same on a thread of its own: what lasts seconds must not keep a phone in this process from speaking. */
export async function findInMeanwhile(
  folders: readonly string[],
  needles: readonly Needle[],
  changedSince = 0,
): Promise<Found> {
  const worker = new Worker(new URL('./needles-worker.ts', import.meta.url), {
    workerData: { folders, needles, changedSince },
  });
  try {
    return await new Promise<Found>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
  } finally {
    await worker.terminate();
  }
}
