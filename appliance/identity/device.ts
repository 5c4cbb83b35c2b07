/** Who the box is: an id, the key that signs its audit log, the key of its certificate. Made once, at the first start. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Chance, randomHex } from '@belkluis/shared/base/chance';
import { makeFolder, readIfThere, syncFolder, writeNew } from './files.ts';
import { problem } from './problems.ts';

export interface Device {
  /** 128 random bits, hex: says nothing about the customer. */
  readonly deviceId: string;
  /** Ed25519: signs audit checkpoints. */
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** ECDSA P-256: the key of the certificate for SIP over TLS and the desk. */
  readonly tlsKey: KeyObject;
}

const names = { id: 'device-id', key: 'device-key.pem', tlsKey: 'tls-key.pem' };

const pem = (key: KeyObject): string => key.export({ format: 'pem', type: 'pkcs8' }) as string;

/**
 * Reads the identity in `folder`, making it first when there is none. Safe when both processes of a box start at once: the folder appears
 * as a whole, and whoever comes second uses it.
 * @throws Problem `identity_damaged`.
 */
export function openDevice(folder: string, chance: Chance): Device {
  if (readIfThere(join(folder, names.id)) === null) make(folder, chance);
  const read = (name: string): string => {
    const text = readIfThere(join(folder, name));
    if (text === null) throw problem('identity_damaged', name);
    return text;
  };
  try {
    const deviceId = read(names.id).trim();
    if (!/^[0-9a-f]{32}$/.test(deviceId)) throw problem('identity_damaged', names.id);
    const privateKey = createPrivateKey(read(names.key));
    return {
      deviceId,
      privateKey,
      publicKey: createPublicKey(privateKey),
      tlsKey: createPrivateKey(read(names.tlsKey)),
    };
  } catch (cause) {
    throw problem('identity_damaged', folder, cause);
  }
}

function make(folder: string, chance: Chance): void {
  const fresh = `${folder}.${randomHex(chance, 8)}`;
  makeFolder(fresh);
  writeNew(join(fresh, names.key), pem(generateKeyPairSync('ed25519').privateKey));
  writeNew(join(fresh, names.tlsKey), pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey));
  writeNew(join(fresh, names.id), `${randomHex(chance, 16)}\n`);
  syncFolder(fresh);
  try {
    // Commit point. Onto a folder that has files this fails: the other process was first.
    renameSync(fresh, folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  }
  syncFolder(dirname(folder));
}
