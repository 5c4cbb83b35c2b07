/**
 * The wraps: the session key of each recording, encrypted to its recipients, and sealed here once more under the key of an epoch. Erasing a
 * few hundred bytes here erases a recording everywhere; advancing the epoch makes that true of flash cells and old copies as well.
 */
import { join } from 'node:path';
import type { Chance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import { openLock } from '../../db/lock.ts';
import { makeFolder, removeScratchFolders } from '../durable.ts';
import { problem } from '../problems.ts';
import { advance } from './advance.ts';
import { KEY_LENGTH } from './epoch-keys.ts';
import { fileKeys } from './file-key.ts';
import { keysOf, openInForce, removeRemnants } from './in-force.ts';
import { KINDS, type Kind, NONCE_LENGTH, openRow, packWraps, sealRow, unpackWraps, type Wraps } from './row.ts';
import type { Keyed, State } from './store.ts';
import { takeOverPlain } from './take-over.ts';
import { tpmKeys } from './tpm-key.ts';

export type { Wraps } from './row.ts';

/** How long a process waits while another one opens or closes an epoch, ms: with a slow TPM some 5 s, and a large keystore of old longer. */
const OPENING_PATIENCE_MS = 60_000;

/** More epochs cannot pass while one entry is written: something else is wrong then. */
const MAX_SUCCESSORS = 8;

export interface Advanced {
  readonly before: number;
  readonly after: number;
  /** Wall clock, ms: from here on the old key opens nothing. */
  readonly at: number;
  /** Recordings whose wraps stayed. */
  readonly wraps: number;
}

export interface AdvanceOptions {
  /** Seals the next key in the TPM of this TCTI; else it is held as the present one is. */
  readonly tpm?: string;
  /** Wall clock, ms, that decides which snapshot keys have expired: a clock that nobody confirmed must not. */
  readonly now?: number;
}

export interface Keystore {
  /** Commits with `synchronous=FULL`: on return a power cut cannot take the wraps away. Safe while another process advances the epoch. Never replaces: @throws RangeError. */
  put(recording: string, wraps: Wraps, now: number): void;
  /** @throws Problem `keystore_damaged`. */
  get(recording: string): Wraps | null;
  all(): readonly string[];
  /**
   * Destroys the wraps. Not yet certain: see `scour`. Returns an epoch: once the one in force is later, no copy of the wraps opens either.
   */
  erase(recordings: readonly string[]): number;
  /**
   * Clears what erased entries left in the write-ahead log. @throws Problem `erase_not_certain` while a reader holds it: the entries are
   * gone for everybody who asks SQLite, but their bytes may still be in a file.
   */
  scour(): void;
  /**
   * The epoch in force. When another process advanced it, asking lets go of the old key and the old file: a process that may be idle for
   * long asks every few seconds.
   */
  readonly epoch: number;
  /** What holds its key: only a TPM's is beyond copying. */
  readonly epochKey: 'tpm' | 'file';
  /** To the next epoch. @throws Problem `advance_running`, `erase_not_certain`, `tpm_unavailable`: the present epoch stays then. */
  advance(options?: AdvanceOptions): Promise<Advanced>;
  /** Keeps the key of a backup's snapshot (32 bytes) until the first advance after `expiresAt`. */
  putSnapshotKey(name: string, key: Buffer, expiresAt: number): void;
  snapshotKey(name: string): Buffer | null;
  eraseSnapshotKeys(names: readonly string[]): void;
  snapshotKeys(): readonly { readonly name: string; readonly expiresAt: number }[];
  close(): void;
}

export interface KeystoreOptions {
  readonly folder: string;
  readonly chance: Chance;
  readonly clock: Clock;
  /** TCTI of the TPM that holds the key of a keystore made now. One that is there keeps what holds its key. */
  readonly tpm: string | null;
  /** A keystore of version 0.1, without epochs: taken over, and destroyed. */
  readonly plain?: string;
}

const RECORDING_ID = /^[0-9a-f]{32}$/;

/** Opens the keystore in `folder`, made when it is not there. @throws Problem of the keystore or the TPM; nothing is lost then. */
export function openKeystore({ folder, chance, clock, tpm, plain }: KeystoreOptions): Keystore {
  makeFolder(folder);
  const opening = openLock(join(folder, 'opening.lock'));
  const advancing = openLock(join(folder, 'advancing.lock'));

  const exclusively = <T>(work: () => T): T => {
    const release = opening.take(OPENING_PATIENCE_MS);
    if (!release) throw problem('keystore_locked');
    try {
      return work();
    } finally {
      release();
    }
  };
  const tidy = (epoch: number) => exclusively(() => removeRemnants(folder, epoch, chance));

  const open = (): Keyed => {
    removeScratchFolders(folder);
    const opened = openInForce(folder, tpm, chance);
    const release = advancing.take(0);
    if (release) removeRemnants(folder, opened.store.epoch, chance);
    release?.();
    if (plain !== undefined) takeOverPlain(plain, opened, chance);
    return opened;
  };
  let current: Keyed;
  try {
    current = exclusively(open);
  } catch (error) {
    opening.close();
    advancing.close();
    throw error;
  }

  /** Goes over to the epoch that is in force now. On an error the old one stays, closed, and the next who asks tries again. */
  const follow = () => {
    const next = exclusively(() => openInForce(folder, tpm, chance));
    current.store.close();
    current = next;
  };

  /** Runs `work` on the epoch in force, in one transaction, so that it cannot be closed meanwhile. */
  function inForce<T>(mode: 'read' | 'write', work: (keyed: Keyed, state: State) => T): T {
    for (let tries = 0; tries < MAX_SUCCESSORS; tries++) {
      const { store } = current;
      const attempt = (): { done: T } | null => {
        const state = store.state();
        return state.successor === null ? { done: work(current, state) } : null;
      };
      const result = mode === 'write' ? store.transaction(attempt) : store.snapshot(attempt);
      if (result) return result.done;
      follow();
    }
    throw problem('keystore_locked');
  }

  const write = (kind: Kind, name: string, plain: Buffer, expiresAt: number | null) =>
    inForce('write', ({ store, key }, { attempts }) => {
      if (kind === KINDS.wraps && store.get(kind, name)) throw new RangeError('this recording has its wraps already');
      const sealed = sealRow(key, store.epoch, kind, name, chance.bytes(NONCE_LENGTH), plain);
      store.write([{ kind, name, sealed, expires_at: expiresAt }]);
      if (attempts > 0) store.note(kind, name);
    });

  const read = (kind: Kind, name: string): Buffer | null =>
    inForce('read', ({ store, key }) => {
      const entry = store.get(kind, name);
      return entry && openRow(key, store.epoch, kind, name, entry.sealed);
    });

  const erase = (kind: Kind, names: readonly string[]): number =>
    inForce('write', ({ store }, { attempts }) => {
      for (const name of names) if (store.remove(kind, name) && attempts > 0) store.note(kind, name);
      // An advance under way may have a copy under its key already.
      return store.epoch + attempts;
    });

  return {
    put(recording, wraps, now) {
      if (!RECORDING_ID.test(recording)) throw new RangeError('not a recording id');
      write(KINDS.wraps, recording, packWraps(wraps, now), null);
    },
    get(recording) {
      const packed = read(KINDS.wraps, recording);
      return packed && unpackWraps(packed);
    },
    all: () => inForce('read', ({ store }) => store.names(KINDS.wraps)),
    erase: (recordings) => erase(KINDS.wraps, recordings),
    scour() {
      const certain = inForce('read', ({ store }) => store).truncate();
      if (!certain) throw problem('erase_not_certain');
    },
    get epoch() {
      return inForce('read', ({ store }) => store.epoch);
    },
    get epochKey() {
      return inForce('read', ({ kind }) => kind);
    },
    async advance({ tpm: target, now = clock.now() } = {}) {
      const release = advancing.take(0);
      if (!release) throw problem('advance_running');
      try {
        const before = inForce('read', (keyed) => keyed);
        const { epoch } = before.store;
        tidy(epoch);
        const held = target === undefined ? keysOf(folder, epoch, chance) : tpmKeys(folder, chance, target);
        const keys = held ?? fileKeys(folder, chance);
        let wraps: number;
        try {
          const enter = (keyed: Keyed) => {
            current = keyed;
          };
          wraps = await advance({ folder, before, keys, chance, now, exclusively, enter });
        } catch (error) {
          // Past its commit point an advance is finished by the next who opens; before it, nothing of it counts.
          if (before.store.database.open && before.store.state().successor === null) tidy(epoch);
          throw error;
        }
        before.store.close();
        return { before: epoch, after: current.store.epoch, at: clock.now(), wraps };
      } finally {
        release();
      }
    },
    putSnapshotKey(name, key, expiresAt) {
      if (key.length !== KEY_LENGTH) throw new RangeError('a snapshot key has 32 bytes');
      write(KINDS.snapshot, name, key, expiresAt);
    },
    snapshotKey: (name) => read(KINDS.snapshot, name),
    eraseSnapshotKeys: (names) => void erase(KINDS.snapshot, names),
    snapshotKeys: () => inForce('read', ({ store }) => store.expiries(KINDS.snapshot)),
    close() {
      current.store.close();
      opening.close();
      advancing.close();
    },
  };
}
