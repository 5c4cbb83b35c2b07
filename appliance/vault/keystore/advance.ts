/**
 * To the next epoch: everything that stays is sealed anew under a fresh key, and then the old key is killed. What was erased before is
 * gone for ever with it, from every copy of the old file, on the disk or elsewhere.
 *
 * The other process goes on putting and erasing meanwhile. It notes what it changes, and waits only while the last changes are carried
 * over. At every moment exactly one epoch is in force: the old one until it names its successor, from then on the successor.
 */
import type { Chance } from '@belkluis/shared/base/chance';
import { commitPoint } from '@belkluis/shared/base/commit-point';
import { syncDurably } from '../durable.ts';
import { problem } from '../problems.ts';
import type { EpochKeys } from './epoch-keys.ts';
import { retire } from './in-force.ts';
import { databaseOf } from './places.ts';
import { KINDS, NONCE_LENGTH, openRow, sealRow } from './row.ts';
import { type Entry, type Keyed, openStore, type Store } from './store.ts';

/** Entries carried over between two looks at other work: some 5 ms. */
const BATCH = 500;

export interface AdvanceParts {
  readonly folder: string;
  readonly before: Keyed;
  /** What will hold the new key. */
  readonly keys: EpochKeys;
  readonly chance: Chance;
  /** Wall clock, ms: entries that expired by then stay behind. */
  readonly now: number;
  /** Runs `work` while no other process opens, closes or removes an epoch. */
  exclusively<T>(work: () => T): T;
  /** Goes over to the new epoch. */
  enter(after: Keyed): void;
}

/** Seals entries for another epoch. */
function reseal(from: Keyed, to: Keyed, entries: readonly Entry[], chance: Chance): Entry[] {
  const nonces = chance.bytes(NONCE_LENGTH * entries.length);
  return entries.map(({ kind, name, sealed, expires_at }, index) => {
    const nonce = nonces.subarray(index * NONCE_LENGTH, (index + 1) * NONCE_LENGTH);
    const plain = openRow(from.key, from.store.epoch, kind, name, sealed);
    const again = sealRow(to.key, to.store.epoch, kind, name, nonce, plain);
    plain.fill(0);
    return { kind, name, sealed: again, expires_at };
  });
}

const staysAt =
  (now: number) =>
  ({ expires_at }: Entry): boolean =>
    expires_at === null || expires_at > now;

/** Notes the attempt where the call process sees it: from now on it writes down what it changes. The number is used up. */
function noteAttempt(store: Store): number {
  return store.transaction(() => {
    const { attempts, successor } = store.state();
    if (successor !== null) throw problem('advance_running');
    store.forgetChanges();
    store.set({ attempts: attempts + 1 });
    return store.epoch + attempts + 1;
  });
}

/** Carries everything over that stays. Returns how many of it are wraps. */
async function copy({ before, chance, now }: AdvanceParts, after: Keyed): Promise<number> {
  let wraps = 0;
  let [kind, name] = [0, ''];
  for (;;) {
    const entries = before.store.after(kind, name, BATCH);
    const last = entries.at(-1);
    if (!last) return wraps;
    const kept = reseal(before, after, entries.filter(staysAt(now)), chance);
    after.store.transaction(() => after.store.write(kept));
    wraps += kept.filter((entry) => entry.kind === KINDS.wraps).length;
    commitPoint('keystore.batch_copied');
    ({ kind, name } = last);
    await new Promise((resume) => setImmediate(resume));
  }
}

/** Carries over what was changed since the copy began. The call process waits for the end of this. Returns by how many the wraps grew. */
function catchUp({ before, chance, now }: AdvanceParts, after: Keyed): number {
  return after.store.transaction(() => {
    let more = 0;
    for (const { kind, name } of before.store.changed()) {
      const had = after.store.remove(kind, name);
      const entry = before.store.get(kind, name);
      const has = entry !== null && staysAt(now)(entry);
      if (has) after.store.write(reseal(before, after, [entry], chance));
      if (kind === KINDS.wraps) more += Number(has) - Number(had);
    }
    return more;
  });
}

/** Makes the next epoch and puts it in force. On an error the old one stays in force, and the attempt is the caller's to discard. Returns how many wraps stayed. */
export async function advance(parts: AdvanceParts): Promise<number> {
  const { folder, before, keys, exclusively } = parts;
  const epoch = noteAttempt(before.store);
  commitPoint('keystore.attempt_noted');
  const key = exclusively(() => keys.make(epoch, before.store.epoch));
  commitPoint('keystore.next_key_made');
  const path = databaseOf(folder, epoch);
  const store = openStore(path, epoch);
  const after: Keyed = { store, key, kind: keys.kind };
  try {
    // Nothing of it counts yet, so the disk is waited for once, at the end.
    store.database.pragma('synchronous = OFF');
    let wraps = await copy(parts, after);
    // From here on the disk is waited for, by the checkpoint too: a power cut can undo that the log was emptied, and a log of which only
    // the beginning had reached the disk would then stand before the database, and hide what was copied.
    store.database.pragma('synchronous = FULL');
    if (!store.truncate()) throw problem('erase_not_certain');
    syncDurably(path);
    commitPoint('keystore.copy_durable');
    exclusively(() => {
      before.store.transaction(() => {
        wraps += catchUp(parts, after);
        if (!store.truncate()) throw problem('erase_not_certain');
        commitPoint('keystore.next_complete');
        before.store.set({ successor: epoch });
      });
      // Commit point. Before this line the old epoch is the keystore, after it the new one.
      commitPoint('keystore.next_in_force');
      store.set({ inForce: true });
      commitPoint('keystore.next_confirmed');
      retire(folder, before.store.epoch, epoch, parts.chance);
      parts.enter(after);
    });
    return wraps;
  } catch (error) {
    store.close();
    throw error;
  }
}
