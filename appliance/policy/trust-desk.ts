/** Letting the desk sign policies, or no more: the one change of trust.json after installation. */
import type { KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { keyName } from '@belkluis/shared/policy/dsse';
import { policyFiles, type WriteFile } from './store.ts';
import { readTrust } from './verify.ts';

const pem = (key: KeyObject): string => key.export({ format: 'pem', type: 'spki' }) as string;

/**
 * Writes trust.json with the desk's key among those that sign policies, or without any of the desk's. `before` writes the audit log; when it
 * throws, nothing changes. False: it was so already.
 * @throws Problem `trust_invalid`; an error of the file system when the box trusts nobody yet.
 */
export function trustDesk(
  folder: string,
  key: KeyObject,
  trusted: boolean,
  { before, writeFile }: { readonly before: () => unknown; readonly writeFile: WriteFile },
): boolean {
  const { trust: path } = policyFiles(folder);
  const { policyKeys, keyringKey } = readTrust(readFileSync(path, 'utf8'));
  const others = policyKeys.filter(({ of }) => of !== 'desk');
  const desks = policyKeys.filter(({ of }) => of === 'desk').map((one) => keyName(one.key));
  if (trusted ? desks.includes(keyName(key)) : desks.length === 0) return false;
  before();
  const all = trusted ? [...others, { key, of: 'desk' as const }] : others;
  const keys = all.map((one) => ({ key: pem(one.key), of: one.of }));
  writeFile(path, JSON.stringify({ policyKeys: keys, keyringKey: pem(keyringKey) }));
  return true;
}
