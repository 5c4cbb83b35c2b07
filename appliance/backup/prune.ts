/** What leaves a destination: snapshots and lists that have aged out, content of what was erased. */

import { join } from 'node:path';
import { commitPoint } from '@belkluis/shared/base/commit-point';
import { z } from 'zod';
import { readCanary } from './canary.ts';
import { bodyOf, type Destination } from './destination.ts';
import {
  CANARY_FOLDER,
  contentObject,
  erasedListOf,
  erasedObject,
  erasedToKeep,
  instantName,
  snapshotObject,
  snapshotOf,
  snapshotsToKeep,
} from './layout.ts';
import { PAGE } from './limits.ts';
import type { BackupParts, Contents } from './parts.ts';
import { problem } from './problems.ts';
import { breathe, readSmall } from './small.ts';
import type { BackupState } from './state.ts';

/** Name under which the keystore keeps the key of a snapshot. */
export const snapshotKeyName = (destination: string, snapshot: string): string => `${destination}/${snapshot}`;

async function namesIn(destination: Destination, folder: string, nameOf: (object: string) => string | null) {
  const names: string[] = [];
  for await (const { name } of destination.list(`${folder}/`)) {
    const known = nameOf(name);
    if (known !== null) names.push(known);
  }
  return names;
}

export const snapshotsAt = (destination: Destination): Promise<string[]> =>
  namesIn(destination, 'snapshots', snapshotOf);
const erasedListsAt = (destination: Destination): Promise<string[]> => namesIn(destination, 'erased', erasedListOf);

/** Removes snapshots and lists whose time is over, and the keys by which this box opens those snapshots. Returns how many snapshots. */
export async function pruneAged({ state, keystore, clock }: BackupParts, destination: Destination): Promise<number> {
  const now = clock.now();
  const snapshots = await snapshotsAt(destination);
  const kept = new Set(snapshotsToKeep(snapshots, now));
  const aged = snapshots.filter((snapshot) => !kept.has(snapshot));
  for (const snapshot of aged) await destination.remove(snapshotObject(snapshot));
  const lists = await erasedListsAt(destination);
  const keptLists = new Set(erasedToKeep(lists, now));
  for (const list of lists) if (!keptLists.has(list)) await destination.remove(erasedObject(list));
  state.snapshots(destination.name, [...kept]);
  const keys = new Set([...kept].map((snapshot) => snapshotKeyName(destination.name, snapshot)));
  const useless = keystore
    .snapshotKeys()
    .filter(({ name, expiresAt }) => expiresAt <= now || (name.startsWith(`${destination.name}/`) && !keys.has(name)));
  keystore.eraseSnapshotKeys(useless.map(({ name }) => name));
  return aged.length;
}

const entrySchema = z.strictObject({
  recording: z.string().regex(/^[0-9a-f]{32}$/),
  reason: z.string().regex(/^[a-z0-9_]{1,64}$/),
  at: z.number().int().nonnegative(),
});
const listSchema = z.strictObject({ schemaVersion: z.literal(1), erased: z.array(entrySchema) });

/** One line of a list of erased recordings: a random id, why and when. Nothing in it tells of a person. */
export type ErasedEntry = z.infer<typeof entrySchema>;

/** Every recording that the destination was told to be erased. @throws Problem `backup_damaged`: to go on would bring some of them back. */
export async function erasedAt(destination: Destination): Promise<ErasedEntry[]> {
  const all: ErasedEntry[] = [];
  for (const list of (await erasedListsAt(destination)).sort()) {
    const text = await readSmall(destination, erasedObject(list));
    try {
      all.push(...listSchema.parse(JSON.parse(text ?? '')).erased);
    } catch (cause) {
      throw problem('backup_damaged', erasedObject(list), cause);
    }
  }
  return all;
}

/** Recordings that the destination knows and that are not among the finished ones here: both are walked side by side, by id. */
async function* notThere(state: BackupState, catalogue: Contents, destination: string): AsyncGenerator<string> {
  // Read from the catalogue and not compared yet: a page at most.
  let ahead: readonly { readonly id: string }[] = [];
  let cursor = '';
  let ended = false;
  for (let page = state.known(destination, '', PAGE); page.length > 0; ) {
    const last = page.at(-1)!;
    const left = new Set(page);
    for (;;) {
      for (const { id } of ahead) left.delete(id);
      ahead = ahead.filter(({ id }) => id > last);
      if (ahead.length > 0 || ended) break;
      ahead = catalogue.eachContent(cursor, PAGE);
      ended = ahead.length === 0;
      cursor = ahead.at(-1)?.id ?? cursor;
      await breathe();
    }
    yield* left;
    page = state.known(destination, last, PAGE);
  }
}

/**
 * Tells the destination which recordings were erased here since it was last told, and removes their content from it. Short: it may follow
 * every erasure. Returns how many recordings.
 */
export async function sendErased(
  { state, catalogue, clock, data }: Pick<BackupParts, 'state' | 'catalogue' | 'clock' | 'data'>,
  destination: Destination,
): Promise<number> {
  const { name } = destination;
  const at = clock.now();
  const canary = readCanary(join(data, CANARY_FOLDER))?.id;
  const erased: ErasedEntry[] = [];
  for await (const recording of notThere(state, catalogue, name)) {
    if (recording === canary) continue;
    const row = catalogue.get(recording);
    if (row && row.erasedAt === null) continue;
    erased.push({ recording, reason: row?.eraseReason ?? 'expired', at: row?.erasedAt ?? at });
  }
  if (erased.length === 0) return 0;
  await destination.write(erasedObject(instantName(at)), bodyOf(JSON.stringify({ schemaVersion: 1, erased })));
  commitPoint('backup.erased_told');
  for (const { recording } of erased) {
    if (!state.hasContent(name, recording)) continue;
    await destination.remove(contentObject(recording));
    state.contentGone(name, recording);
  }
  commitPoint('backup.erased_content_removed');
  state.forget(
    name,
    erased.map(({ recording }) => recording),
  );
  return erased.length;
}
