/** Whose policies are the fleet's: pinned when a person at the box confirms a fleet, taken back when the box leaves it. */
import type { KeyObject } from 'node:crypto';
import { keyName } from '@belkluis/shared/policy/dsse';
import type { WriteFile } from './store.ts';
import { begun, changePolicyKeys, ended } from './trust-keys.ts';

/**
 * From now on `key` signs policies as the fleet: within the bounds of the policy in force. A key that is the customer's or the desk's stays theirs,
 * or a fleet could make it less than it is. @throws Problem `trust_missing`, `trust_invalid`.
 */
export const pinFleet = (folder: string, key: KeyObject, writeFile: WriteFile): void =>
  changePolicyKeys(folder, writeFile, (keys) => begun(keys, key, 'fleet'));

/** `key` signs nothing new any more. What it signed and is in force stays. @throws Problem `trust_missing`, `trust_invalid`. */
export const unpinFleet = (folder: string, key: KeyObject, writeFile: WriteFile): void =>
  changePolicyKeys(folder, writeFile, (keys) =>
    ended(keys, (one) => one.of === 'fleet' && keyName(one.key) === keyName(key)),
  );
