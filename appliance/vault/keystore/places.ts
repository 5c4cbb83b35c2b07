/** The files of a keystore, by epoch. Numbers of epochs only grow, and none is used twice: a file that was left over can be told. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { destroyDurably, unlinkDurably } from '../durable.ts';

export const databaseOf = (folder: string, epoch: number): string => join(folder, `keystore-${epoch}.db`);
export const keyFileOf = (folder: string, epoch: number): string => join(folder, `epoch-${epoch}.key`);
export const sealedFileOf = (folder: string, epoch: number): string => join(folder, `epoch-${epoch}.tpm`);

const DATABASE = /^keystore-(\d+)\.db$/;
const ANY = /^(?:keystore-(\d+)\.db(?:-wal|-shm)?|epoch-(\d+)\.(?:key|tpm)(?:\.new)?)$/;

const numbers = (folder: string, pattern: RegExp): number[] => [
  ...new Set(
    readdirSync(folder)
      .map((name) => pattern.exec(name))
      .filter((match) => match !== null)
      .map((match) => Number(match[1] ?? match[2])),
  ),
];

/** Epochs that have a database here, the oldest first. */
export const databasesIn = (folder: string): number[] => numbers(folder, DATABASE).sort((a, b) => a - b);

/** Epochs of which any file is here. */
export const epochsIn = (folder: string): number[] => numbers(folder, ANY);

/**
 * Removes the database of an epoch. The database first: while it is there, its log may hold that it is closed, and is needed.
 */
export function removeDatabase(folder: string, epoch: number): void {
  const path = databaseOf(folder, epoch);
  for (const suffix of ['', '-wal', '-shm']) unlinkDurably(path + suffix);
}

/** Removes a key whose file was not finished when the machine died: nothing was sealed with it. */
export function removeUnfinishedKey(folder: string, epoch: number): void {
  for (const path of [keyFileOf(folder, epoch), sealedFileOf(folder, epoch)]) destroyDurably(`${path}.new`);
}
