/** Letting the desk sign policies, or no more. */
import type { KeyObject } from 'node:crypto';
import { keyName } from '@belkluis/shared/policy/dsse';
import { loadTrust, type WriteFile } from './store.ts';
import { begun, changePolicyKeys, ended } from './trust-keys.ts';

/**
 * Writes trust.json with the desk's key among those that sign policies, or without any of the desk's: what it signed and is in force stays. `before`
 * writes the audit log; when it throws, nothing changes. False: it was so already.
 * @throws Problem `trust_missing`, `trust_invalid`.
 */
export function trustDesk(
  folder: string,
  key: KeyObject,
  trusted: boolean,
  { before, writeFile }: { readonly before: () => unknown; readonly writeFile: WriteFile },
): boolean {
  const desks = loadTrust(folder).policyKeys.filter(({ of }) => of === 'desk');
  const same = desks.some((one) => keyName(one.key) === keyName(key));
  if (trusted ? same : desks.length === 0) return false;
  before();
  changePolicyKeys(folder, writeFile, (keys) => {
    const others = ended(keys, ({ of }) => of === 'desk');
    return trusted ? begun(others, key, 'desk') : others;
  });
  return true;
}
