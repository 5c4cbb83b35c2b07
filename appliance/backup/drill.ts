/**
 * The rehearsal of a restore: the newest snapshot and some recordings come back into a scratch folder, the canary is opened with its own
 * custodian key, and everything is removed again. No recording can be opened here, and none is.
 */

import { join } from 'node:path';
import type { Chance } from '@belkluis/shared/base/chance';
import { Problem } from '@belkluis/shared/base/problem';
import { keyName } from '@belkluis/shared/policy/dsse';
import Database from 'better-sqlite3';
import { makeFolder } from '../vault/durable.ts';
import { exclusively } from './backup.ts';
import { openCanary, readCanary } from './canary.ts';
import { claim } from './claim.ts';
import type { Destination } from './destination.ts';
import { fetchContent, fetchSnapshot, openSnapshot } from './fetch.ts';
import { CANARY_FOLDER, SNAPSHOT_DATABASES } from './layout.ts';
import { DRILL_EVERY_MS, DRILL_SAMPLE, PAGE } from './limits.ts';
import type { BackupParts } from './parts.ts';
import { snapshotKeyName } from './prune.ts';
import { withScratch } from './scratch.ts';
import type { KnownDestination } from './state.ts';

/**
 * `passed`, or what is wrong: no snapshot there; none that this box can still open; one that does not open, or whose database is torn; a canary that does
 * not open; content that is not as it was sent; or the code of the destination's own problem.
 */
export type DrillOutcome =
  | 'passed'
  | 'no_snapshot'
  | 'snapshot_key_gone'
  | 'database_damaged'
  | 'canary_failed'
  | 'content_damaged'
  | (string & {});

export interface DrillReport {
  readonly destination: string;
  readonly outcome: DrillOutcome;
  readonly snapshot: string | null;
  readonly seconds: number;
  /** Recordings that came back whole, the canary not counted; wraps that the snapshot holds. */
  readonly fetched: number;
  readonly wraps: number;
  /** Whether the canary was opened, and was what had been sealed. */
  readonly canaryOpened: boolean;
  /** Recordings whose content at the destination is damaged or missing. */
  readonly damaged: readonly string[];
}

/** Whether it is time to rehearse again. */
export const drillDue = ({ drill: last, doneAt }: KnownDestination, now: number): boolean =>
  doneAt !== null && (last === null || now - last.at >= DRILL_EVERY_MS);

/** A whole number below `below`, without a bias that would matter for a sample. */
const pick = (chance: Chance, below: number): number => Number(chance.bytes(6).readUIntBE(0, 6) % below);

/** Some of the recordings that the destination has, each as likely as any other (reservoir sampling). */
function sample({ catalogue, state, chance }: BackupParts, destination: string) {
  const chosen: { id: string; contentRoot: string }[] = [];
  let seen = 0;
  for (let after = ''; ; ) {
    const page = catalogue.eachContent(after, PAGE);
    if (page.length === 0) return chosen;
    for (const { id, contentRoot } of page) {
      after = id;
      if (!state.hasContent(destination, id)) continue;
      const at = seen < DRILL_SAMPLE ? seen : pick(chance, seen + 1);
      if (at < DRILL_SAMPLE) chosen[at] = { id, contentRoot };
      seen++;
    }
  }
}

function isWhole(path: string): boolean {
  try {
    const database = new Database(path, { readonly: true, fileMustExist: true });
    try {
      return database.pragma('quick_check', { simple: true }) === 'ok';
    } finally {
      database.close();
    }
  } catch {
    return false;
  }
}

interface Found {
  outcome: DrillOutcome;
  snapshot: string | null;
  fetched: number;
  wraps: number;
  canaryOpened: boolean;
  damaged: string[];
}

async function rehearse(parts: BackupParts, destination: Destination, folder: string, found: Found): Promise<void> {
  const { keystore, publicKey, data } = parts;
  await claim(parts, destination);
  const fingerprint = keyName(publicKey);
  const fetched = await fetchSnapshot(destination, folder, { snapshot: null, fingerprint });
  found.snapshot = fetched.snapshot;
  const sessionKey = keystore.snapshotKey(snapshotKeyName(destination.name, fetched.snapshot));
  if (!sessionKey) {
    found.outcome = 'snapshot_key_gone';
    return;
  }
  const opened = join(folder, 'opened');
  makeFolder(opened);
  const manifest = await openSnapshot(fetched, sessionKey, fingerprint, {
    folder: opened,
    // Counted, never written: a wrap belongs in a keystore.
    onWrap: () => {
      found.wraps++;
    },
  });
  const databases = SNAPSHOT_DATABASES.filter((name) => name in manifest.parts);
  if (!databases.every((name) => isWhole(join(opened, name)))) found.outcome = 'database_damaged';
  const canary = readCanary(join(data, CANARY_FOLDER));
  try {
    const content = await fetchContent(destination, canary!.id, canary!.contentRoot);
    found.canaryOpened = (await openCanary(join(opened, CANARY_FOLDER), content)) === canary!.sha256;
  } catch (error) {
    if (error instanceof Problem && error.code !== 'content_unfit') throw error;
  }
  if (!found.canaryOpened) found.outcome = 'canary_failed';
  for (const { id, contentRoot } of sample(parts, destination.name)) {
    try {
      await fetchContent(destination, id, contentRoot);
      found.fetched++;
    } catch (error) {
      if ((error as { code?: string }).code !== 'content_unfit') throw error;
      found.damaged.push(id);
    }
  }
  if (found.damaged.length > 0 && found.outcome === 'passed') found.outcome = 'content_damaged';
}

/**
 * Rehearses a restore from one destination. What is wrong there is the outcome, not an error.
 * @throws Problem `backup_running`.
 */
export const drill = (parts: BackupParts, destination: Destination): Promise<DrillReport> =>
  exclusively(parts.scratch, async () => {
    const { clock, state, append, scratch } = parts;
    const began = clock.monotonic();
    const found: Found = { outcome: 'passed', snapshot: null, fetched: 0, wraps: 0, canaryOpened: false, damaged: [] };
    try {
      await withScratch(join(scratch, 'drill'), (folder) => rehearse(parts, destination, folder, found));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      found.outcome = error.code === 'backup_missing' ? 'no_snapshot' : error.code;
    }
    const { outcome, snapshot } = found;
    append({ kind: 'drill', actor: 'box', facts: { destination: destination.name, snapshot, outcome } });
    const seconds = Math.round((clock.monotonic() - began) / 1000);
    state.drilled(destination.name, { at: clock.now(), outcome, seconds });
    return { destination: destination.name, ...found, seconds };
  });
