/** The slow pass over every sealed file: disks forget bits, and who finds out at the day of the complaint finds out too late. Rot is mended from a backup. */
import type { Clock } from '@belkluis/shared/base/clock';
import { commitPoint } from '@belkluis/shared/base/commit-point';
import type { Catalogue, ContentRow } from './catalogue.ts';
import { contentPath } from './content.ts';
import { writeFileDurably } from './durable.ts';
import type { Append } from './events.ts';
import { isContent, verifyContent } from './verify-content.ts';

/** How often every file is read, days: manufacturers reckon with some unreadable sectors a year, backups of content are kept longer than that. */
export const SCRUB_EVERY_DAYS = 30;

/** Rows taken from the catalogue at once. */
const PAGE = 200;

/** Where a whole copy may come from. */
export interface ContentSource {
  /** The destination's name. */
  readonly name: string;
  /** The sealed file of a recording; null: it has none. */
  fetch(recording: string): Promise<Uint8Array | null>;
}

export interface ScrubParts {
  readonly catalogue: Pick<Catalogue, 'get' | 'eachContent' | 'state'>;
  readonly contentFolder: string;
  readonly append: Append;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly sleep: (ms: number) => Promise<unknown>;
  /** Most that is read, bytes a second: calls come first. */
  readonly bytesPerSecond: number;
  /** Tried in this order. */
  readonly sources: readonly ContentSource[];
  /** Ends the pass after the file that is being read; the next call goes on from there. */
  readonly signal?: AbortSignal;
}

export interface ScrubReport {
  readonly checked: number;
  /** Files that were not what was written, those that are gone altogether included. */
  readonly rotten: number;
  readonly missing: number;
  readonly repaired: number;
  /** False: it was told to stop. */
  readonly ended: boolean;
}

const CURSOR = 'scrub_after';
const ENDED = 'scrub_ended';
const DAY_MS = 24 * 3600_000;

/** When the last whole pass ended, wall clock in ms; null: none yet. */
export function scrubbedAt({ get }: Catalogue['state']): number | null {
  const endedAt = get(ENDED);
  return endedAt === null ? null : Number(endedAt);
}

/** Whether a pass is to begin, or to go on. */
export function scrubDue(state: Catalogue['state'], now: number): boolean {
  const endedAt = scrubbedAt(state);
  return (state.get(CURSOR) ?? '') !== '' || endedAt === null || endedAt + SCRUB_EVERY_DAYS * DAY_MS <= now;
}

/** Lets no more than `bytesPerSecond` through, over the whole pass. */
function paced({ clock, sleep, bytesPerSecond }: ScrubParts): (bytes: number) => Promise<void> {
  const startedAt = clock.monotonic();
  let read = 0;
  return async (bytes) => {
    read += bytes;
    const early = (read / bytesPerSecond) * 1000 - (clock.monotonic() - startedAt);
    if (early > 0) await sleep(early);
  };
}

/** The first whole copy that a source has. One that cannot be reached has none today. */
async function wholeCopy(
  { sources }: ScrubParts,
  row: ContentRow,
): Promise<{ name: string; bytes: Uint8Array } | null> {
  for (const { name, fetch } of sources) {
    const bytes = await fetch(row.id).catch(() => null);
    if (bytes !== null && (await isContent(bytes, row))) return { name, bytes };
  }
  return null;
}

/** False: nobody had a whole copy, or the recording was erased meanwhile. */
async function repair(parts: ScrubParts, row: ContentRow): Promise<boolean> {
  const { catalogue, contentFolder, append } = parts;
  const copy = await wholeCopy(parts, row);
  // Nothing that was erased comes back. Should another process erase it during this very write, the purge finds the file
  // (removeLeftovers): there is no key for it.
  if (copy === null || catalogue.get(row.id)?.erasedAt !== null) return false;
  writeFileDurably(contentPath(contentFolder, row.id), copy.bytes);
  commitPoint('scrub.content_replaced');
  append({ kind: 'content_repaired', actor: 'box', facts: { recording: row.id, destination: copy.name } });
  return true;
}

/** Reads every sealed file once, from where the last call stopped. What is rotten is in the audit log before anything is done about it. */
export async function scrub(parts: ScrubParts): Promise<ScrubReport> {
  const { catalogue, contentFolder, append, clock, signal } = parts;
  const { state } = catalogue;
  const pace = paced(parts);
  let [checked, rotten, missing, repaired] = [0, 0, 0, 0];
  const report = (ended: boolean) => ({ checked, rotten, missing, repaired, ended });
  for (let after = state.get(CURSOR) ?? ''; ; ) {
    const rows = catalogue.eachContent(after, PAGE);
    if (rows.length === 0) break;
    for (const row of rows) {
      if (signal?.aborted) return report(false);
      const verdict = await verifyContent(contentFolder, row, pace);
      // Erased while it was being read: that is no rot.
      const alive = catalogue.get(row.id)?.erasedAt === null;
      if (verdict !== 'whole' && alive) {
        append({ kind: 'content_rot', actor: 'box', facts: { recording: row.id } });
        rotten++;
        if (verdict === 'gone') missing++;
        if (await repair(parts, row)) repaired++;
      }
      checked++;
      after = row.id;
      state.set(CURSOR, after);
    }
  }
  state.set(ENDED, String(clock.now()));
  state.set(CURSOR, '');
  return report(true);
}
