/** How trust.json changes after installation: its policy keys, never the keyring key. What was signed and is in force stays readable. */
import type { KeyObject } from 'node:crypto';
import { keyName } from '@belkluis/shared/policy/dsse';
import { loadTrust, policyFiles, type WriteFile } from './store.ts';
import { type Owner, readTrust } from './verify.ts';

/** Keys that sign no more and are kept so that what they signed can still be read. */
const MAX_FORMER = 8;

export interface OwnedKey {
  readonly key: KeyObject;
  readonly of: Owner;
}

/** The same keys, in which those that `ends` picks are former ones: the last to end first, for it may have signed what is in force. */
export function ended(keys: readonly OwnedKey[], ends: (one: OwnedKey) => boolean): readonly OwnedKey[] {
  const former = keys.filter(({ of }) => of === 'former');
  const others = keys.filter(({ of }) => of !== 'former');
  const over = others.filter(ends).map(({ key }) => ({ key, of: 'former' as const }));
  return [...others.filter((one) => !ends(one)), ...over, ...former];
}

/** The same keys with `key` among them as that of `of`. One that is somebody's stays theirs. */
export function begun(keys: readonly OwnedKey[], key: KeyObject, of: Owner): readonly OwnedKey[] {
  const known = keys.find((one) => keyName(one.key) === keyName(key));
  if (known && known.of !== 'former') return keys;
  return [...keys.filter((one) => one !== known), { key, of }];
}

/** Rewrites trust.json. @throws Problem `trust_missing`, `trust_invalid`: also when it would be so afterwards; then nothing is written. */
export function changePolicyKeys(
  folder: string,
  writeFile: WriteFile,
  change: (keys: readonly OwnedKey[]) => readonly OwnedKey[],
): void {
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
