/**
 * The key with which the desk signs policies for its data protection officer. Made when the organisation first lets the desk sign, and used for
 * nothing else. Only trust.json gives it any weight (docs/decisions/0123).
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { dirname, join } from 'node:path';
import { makeFolder, readIfThere, syncFolder, writeNew } from './files.ts';
import { problem } from './problems.ts';

/** Ed25519. */
export interface DeskKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const pathIn = (folder: string): string => join(folder, 'policy-key.pem');

/** Null: the desk has none yet. @throws Problem `identity_damaged`. */
export function readDeskKey(folder: string): DeskKey | null {
  const pem = readIfThere(pathIn(folder));
  if (pem === null) return null;
  try {
    const privateKey = createPrivateKey(pem);
    return { privateKey, publicKey: createPublicKey(privateKey) };
  } catch (cause) {
    throw problem('identity_damaged', pathIn(folder), cause);
  }
}

/** The key of the desk, made first when there is none. @throws Problem `identity_damaged`. */
export function makeDeskKey(folder: string): DeskKey {
  const known = readDeskKey(folder);
  if (known) return known;
  const { privateKey } = generateKeyPairSync('ed25519');
  makeFolder(folder);
  writeNew(pathIn(folder), privateKey.export({ format: 'pem', type: 'pkcs8' }) as string);
  syncFolder(dirname(pathIn(folder)));
  return readDeskKey(folder)!;
}
