/** The keys under which the keystore's entries lie, one for each epoch: what file-key.ts and tpm-key.ts both do. */
import type { KeyObject } from 'node:crypto';

/** AES-256. */
export const KEY_LENGTH = 32;

/** What holds epoch keys. Every act is durable when it returns, and can be repeated after a crash. */
export interface EpochKeys {
  readonly kind: 'tpm' | 'file';
  /** A fresh key for `epoch`, which opens from now on and is still good when that of `before` has been killed. */
  make(epoch: number, before: number | null): KeyObject;
  /** @throws Problem `epoch_key_missing`, `keystore_rolled_back`, `tpm_unavailable`. */
  open(epoch: number): KeyObject;
  /** After this the keys of `epoch` and of all before it open nothing any more, however they were kept; that of `successor` does. */
  kill(epoch: number, successor: number): void;
  /** Removes the key of an attempt that never came into force, while `inForce` stays. */
  discard(epoch: number, inForce: number): void;
}
