/** Key files of the fleet's CA: readable by their owner alone, encrypted where a passphrase is given. */
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { MIN_PASSPHRASE_LENGTH } from './limits.ts';
import { problem } from './problems.ts';

type Kind = 'P-256' | 'Ed25519';

export interface KeyFiles {
  /** Null: there is no such file. */
  text(name: string): string | null;
  /** Puts a whole file there, durably. */
  put(name: string, text: string): void;
  /** Null: its file is not there. @throws Problem `ca_passphrase`, `ca_damaged`. */
  key(name: string): KeyObject | null;
  /** A new key in the place of any before, on disk when this returns; P-256 unless it is said. */
  makeKey(name: string, kind?: Kind): KeyObject;
  /** The key that lies there; made if there is none. Processes that make it at once have the same. @throws as `key`. */
  ownKey(name: string, kind?: Kind): KeyObject;
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
  /** On disk, and by `settle` in its place. Another process of the fleet may write the same. */
  const write = (name: string, content: string, settle: (fresh: string, place: string) => void): void => {
    const fresh = join(folder, `${name}.${process.pid}.new`);
    const file = openSync(fresh, 'w', 0o600);
    try {
      writeSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    settle(fresh, join(folder, name));
    sync(folder);
  };
  const put = (name: string, content: string): void => write(name, content, renameSync);
  const key = (name: string): KeyObject | null => {
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
  };
  const newKey = (kind: Kind): { readonly privateKey: KeyObject; readonly pem: string } => {
    const { privateKey } =
      kind === 'P-256' ? generateKeyPairSync('ec', { namedCurve: kind }) : generateKeyPairSync('ed25519');
    const form = { format: 'pem', type: 'pkcs8' } as const;
    const pem = privateKey.export(passphrase === null ? form : { ...form, cipher: 'aes-256-cbc', passphrase });
    return { privateKey, pem: pem as string };
  };
  return {
    ...{ text, put, key },
    makeKey(name, kind = 'P-256') {
      const { privateKey, pem } = newKey(kind);
      put(name, pem);
      return privateKey;
    },
    ownKey(name, kind = 'P-256') {
      const kept = key(name);
      if (kept) return kept;
      write(name, newKey(kind).pem, (fresh, place) => {
        try {
          // Unlike a rename it leaves one that is there meanwhile.
          linkSync(fresh, place);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        } finally {
          unlinkSync(fresh);
        }
      });
      return key(name)!;
    },
  };
}
