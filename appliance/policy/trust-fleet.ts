/** Whose policies are the fleet's: pinned when a person at the box confirms a fleet, taken back when the box leaves it. */
import type { KeyObject } from 'node:crypto';
import { keyName } from '@belkluis/shared/policy/dsse';
import { loadTrust, policyFiles, type WriteFile } from './store.ts';
import { type Owner, readTrust } from './verify.ts';

/** Keys of fleets that the box has left, that are kept so that what they signed can still be read. */
const MAX_FORMER = 8;

interface Owned {
  readonly key: KeyObject;
  readonly of: Owner;
}

/** Rewrites trust.json with other policy keys; the keyring key stays what it is. */
function rewrite(folder: string, writeFile: WriteFile, change: (keys: readonly Owned[]) => readonly Owned[]): void {
  const { policyKeys, keyringKey } = loadTrust(folder);
  const pem = (key: KeyObject): string => key.export({ format: 'pem', type: 'spki' }) as string;
  const changed = change(policyKeys);
  const former = changed.filter(({ of }) => of === 'former').slice(0, MAX_FORMER);
  const kept = changed.filter((one) => one.of !== 'former' || former.includes(one));
  const keys = kept.map(({ key, of }) => ({ key: pem(key), of }));
  const text = JSON.stringify({ policyKeys: keys, keyringKey: pem(keyringKey) });
  // One key too many, and the box would believe nobody any more.
  readTrust(text);
  writeFile(policyFiles(folder).trust, text);
}

/**
 * From now on `key` signs policies as the fleet: within the bounds of the policy in force. A key that is the customer's or the desk's stays theirs,
 * or a fleet could make it less than it is. @throws Problem `trust_missing`, `trust_invalid`.
 */
export function pinFleet(folder: string, key: KeyObject, writeFile: WriteFile): void {
  rewrite(folder, writeFile, (keys) => {
    const known = keys.find((one) => keyName(one.key) === keyName(key));
    if (known && known.of !== 'former') return keys;
    return [...keys.filter((one) => one !== known), { key, of: 'fleet' }];
  });
}

/** `key` signs nothing new any more. What it signed and is in force stays. @throws Problem `trust_missing`, `trust_invalid`. */
export function unpinFleet(folder: string, key: KeyObject, writeFile: WriteFile): void {
  rewrite(folder, writeFile, (keys) => {
    const left = keys.find((one) => one.of === 'fleet' && keyName(one.key) === keyName(key));
    if (!left) return keys;
    const others = keys.filter((one) => one !== left);
    // The one that was left last first: it signed what is in force, if a fleet did.
    return [
      ...others.filter(({ of }) => of !== 'former'),
      { key, of: 'former' },
      ...others.filter(({ of }) => of === 'former'),
    ];
  });
}
