/** Searches for needles on a thread of its own: phones in the test speak on meanwhile. */
import { parentPort, workerData } from 'node:worker_threads';
import { findIn, type Needle } from './needles.ts';

const { folders, needles, changedSince } = workerData as {
  readonly folders: readonly string[];
  readonly needles: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  readonly changedSince: number;
};
const sought = needles.map(({ name, bytes }): Needle => ({ name, bytes: Buffer.from(bytes) }));
parentPort!.postMessage(findIn(folders, sought, changedSince));
