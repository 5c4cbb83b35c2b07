/**
 * Which epoch is in force, whatever a crash left behind. Everything here runs under the opening lock.
 *
 * The oldest database decides. When it names no successor it is in force, and a younger one is an advance that was not finished. When it
 * names one, the successor is in force, and what the advance had still to do is done here: kill the old key, remove the old files.
 */
import { existsSync } from 'node:fs';
import type { Chance } from '@belkluis/shared/base/chance';
import { commitPoint } from '@belkluis/shared/base/commit-point';
import { syncDurably } from '../durable.ts';
import { problem } from '../problems.ts';
import type { EpochKeys } from './epoch-keys.ts';
import { fileKeys } from './file-key.ts';
import {
  databaseOf,
  databasesIn,
  epochsIn,
  keyFileOf,
  removeDatabase,
  removeUnfinishedKey,
  sealedFileOf,
} from './places.ts';
import { openRow } from './row.ts';
import { type Keyed, openStore, type Store } from './store.ts';
import { tpmKeys } from './tpm-key.ts';

/** What holds the key of an epoch that is here; null when its key is not. */
export function keysOf(folder: string, epoch: number, chance: Chance): EpochKeys | null {
  if (existsSync(sealedFileOf(folder, epoch))) return tpmKeys(folder, chance, null);
  return existsSync(keyFileOf(folder, epoch)) ? fileKeys(folder, chance) : null;
}

/** The first epoch of a new keystore. The key is durable before the database, and the database before it counts. */
function create(folder: string, tcti: string | null, chance: Chance): Keyed {
  const epoch = 1 + Math.max(0, ...epochsIn(folder));
  const keys = tcti === null ? fileKeys(folder, chance) : tpmKeys(folder, chance, tcti);
  const key = keys.make(epoch, null);
  commitPoint('keystore.first_key_made');
  const store = openStore(databaseOf(folder, epoch), epoch);
  store.set({ inForce: true });
  commitPoint('keystore.created');
  return { store, key, kind: keys.kind };
}

/** What is left of an advance once the old epoch is closed. Every step may be the last before a crash, and may be done twice. */
export function retire(folder: string, epoch: number, successor: number, chance: Chance): void {
  keysOf(folder, epoch, chance)?.kill(epoch, successor);
  // From here on no copy of the old epoch opens anything.
  commitPoint('keystore.old_key_killed');
  removeDatabase(folder, epoch);
  commitPoint('keystore.old_database_removed');
}

/**
 * Removes what belongs to no epoch in force: an advance that was not finished, the key of a keystore whose making was cut off. Only for
 * who holds the advancing lock: nobody is at work on it.
 */
export function removeRemnants(folder: string, inForce: number, chance: Chance): void {
  for (const epoch of epochsIn(folder)) {
    if (epoch === inForce) continue;
    const keys = keysOf(folder, epoch, chance);
    if (epoch < inForce) keys?.kill(epoch, inForce);
    else keys?.discard(epoch, inForce);
    removeUnfinishedKey(folder, epoch);
    removeDatabase(folder, epoch);
  }
}

/**
 * Waits for what is in the log of an epoch already. A process that died in its sync may have left it in the cache alone, and SQLite writes
 * nothing that stands there, so it waits for nothing either.
 */
function syncLog(folder: string, epoch: number): void {
  const log = `${databaseOf(folder, epoch)}-wal`;
  if (existsSync(log)) syncDurably(log);
}

/** The epoch that took over from a closed one, which goes. Null: the closed one is in force all the same. */
function successorOf(folder: string, closed: Store, successor: number, chance: Chance): Store | null {
  if (!databasesIn(folder).includes(successor)) {
    // Its key would be dead if the successor had ever been in force: the disk refused the commit, yet kept it.
    if (keysOf(folder, closed.epoch, chance) === null) throw problem('keystore_incomplete', `epoch ${successor}`);
    closed.set({ successor: null });
    return null;
  }
  const store = openStore(databaseOf(folder, successor), successor);
  try {
    // Before the old one goes: from now on this database is known to be no unfinished copy.
    store.set({ inForce: true });
    syncLog(folder, successor);
    retire(folder, closed.epoch, successor, chance);
    return store;
  } catch (error) {
    store.close();
    throw error;
  }
}

/** Follows the chain from the oldest database to the one in force, and finishes what was begun on the way. */
function followChain(folder: string, oldest: number, chance: Chance): Store {
  let store = openStore(databaseOf(folder, oldest), oldest);
  try {
    for (let { successor } = store.state(); successor !== null; { successor } = store.state()) {
      const next = successorOf(folder, store, successor, chance);
      if (next === null) continue;
      store.close();
      store = next;
    }
    return store;
  } catch (error) {
    store.close();
    throw error;
  }
}

/** An old copy beside the present one, or an unfinished copy alone, must not pass for the keystore. */
function checkAlone(folder: string, store: Store): void {
  if (!store.state().inForce) {
    // A crash at its making left it so, before anything was in it.
    if (store.after(0, '', 1).length > 0) throw problem('keystore_incomplete', `epoch ${store.epoch}`);
    store.set({ inForce: true });
  }
  for (const epoch of databasesIn(folder).filter((epoch) => epoch > store.epoch)) {
    const younger = openStore(databaseOf(folder, epoch), epoch);
    const { inForce } = younger.state();
    younger.close();
    if (inForce) throw problem('keystore_rolled_back', `epoch ${store.epoch} lies beside epoch ${epoch}`);
  }
}

/** Opens the epoch in force; a new keystore when there is none. @throws Problem of the keystore or the TPM; nothing is lost then. */
export function openInForce(folder: string, tcti: string | null, chance: Chance): Keyed {
  const [oldest] = databasesIn(folder);
  if (oldest === undefined) return create(folder, tcti, chance);
  const store = followChain(folder, oldest, chance);
  try {
    checkAlone(folder, store);
    const keys = keysOf(folder, store.epoch, chance);
    if (!keys) throw problem('epoch_key_missing', `epoch ${store.epoch}`);
    const key = keys.open(store.epoch);
    const [first] = store.after(0, '', 1);
    if (first) openRow(key, store.epoch, first.kind, first.name, first.sealed);
    return { store, key, kind: keys.kind };
  } catch (error) {
    store.close();
    throw error;
  }
}
