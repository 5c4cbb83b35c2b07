/** Key files of the fleet's CA: readable by their owner alone, encrypted where a passphrase is given. */
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { MIN_PASSPHRASE_LENGTH } from './limits.ts';
import { problem } from './problems.ts';

export interface KeyFiles {
  /** Null: there is no such file. */
  text(name: string): string | null;
  /** Puts a whole file there, durably. */
  put(name: string, text: string): void;
  /** Null: its file is not there. @throws Problem `ca_passphrase`, `ca_damaged`. */
  key(name: string): KeyObject | null;
  /** A new key, on disk when this returns; P-256 unless it is said. */
  makeKey(name: string, kind?: 'P-256' | 'Ed25519'): KeyObject;
}

function sync(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** `passphrase` null: keys lie there in the clear, for their owner alone. @throws Problem `ca_passphrase`. */
export function openKeyFiles(folder: string, passphrase: string | null): KeyFiles {
  if (passphrase !== null && passphrase.length < MIN_PASSPHRASE_LENGTH) throw problem('ca_passphrase');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const text = (name: string): string | null => {
    try {
      return readFileSync(join(folder, name), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  };
  const put = (name: string, content: string): void => {
    // Another process of the fleet may write the same.
    const fresh = join(folder, `${name}.${process.pid}.new`);
    const file = openSync(fresh, 'w', 0o600);
    try {
      writeSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(fresh, join(folder, name));
    sync(folder);
  };
  return {
    text,
    put,
    key(name) {
      const pem = text(name);
      if (pem === null) return null;
      const encrypted = pem.includes('ENCRYPTED');
      // A key in the clear where a passphrase was configured was put there by somebody else.
      if (encrypted !== (passphrase !== null)) throw problem('ca_passphrase', name);
      try {
        return createPrivateKey(passphrase === null ? pem : { key: pem, passphrase });
      } catch (cause) {
        throw problem(encrypted ? 'ca_passphrase' : 'ca_damaged', name, cause);
      }
    },
    makeKey(name, kind = 'P-256') {
      const { privateKey } =
        kind === 'P-256' ? generateKeyPairSync('ec', { namedCurve: kind }) : generateKeyPairSync('ed25519');
      const form = { format: 'pem', type: 'pkcs8' } as const;
      const pem = privateKey.export(passphrase === null ? form : { ...form, cipher: 'aes-256-cbc', passphrase });
      put(name, pem as string);
      return privateKey;
    },
  };
}
