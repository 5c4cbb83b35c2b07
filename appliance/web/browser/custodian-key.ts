/** The custodian's private key: read from a file, held in memory, never sent. */
import {
  decrypt,
  decryptKey,
  decryptSessionKeys,
  type PrivateKey,
  readMessage,
  readPrivateKey,
  type SessionKey,
} from 'openpgp';
import { Refusal } from './refusal.ts';

/** Largest key file that is read, bytes: one with many subkeys and signatures is under 100 kB. */
const MAX_KEY_FILE = 1_000_000;

/** Reads an armored or binary OpenPGP private key. @throws Refusal `not_a_private_key`. */
export async function readKeyFile(file: File): Promise<PrivateKey> {
  if (file.size > MAX_KEY_FILE) throw new Refusal('not_a_private_key');
  const bytes = new Uint8Array(await file.arrayBuffer());
  const text = new TextDecoder().decode(bytes);
  try {
    return text.includes('-----BEGIN PGP')
      ? await readPrivateKey({ armoredKey: text })
      : await readPrivateKey({ binaryKey: bytes });
  } catch (cause) {
    throw new Refusal('not_a_private_key', undefined, cause);
  }
}

/** Whether this key, by its fingerprint, is one of those that the recording is sealed to. */
export const isRecipient = (key: PrivateKey, fingerprints: readonly string[]): boolean =>
  fingerprints.includes(key.getFingerprint());

/** @throws Refusal `passphrase_missing`, `wrong_passphrase`. */
export async function unlock(key: PrivateKey, passphrase: string): Promise<PrivateKey> {
  if (key.isDecrypted()) return key;
  if (passphrase === '') throw new Refusal('passphrase_missing');
  try {
    return await decryptKey({ privateKey: key, passphrase });
  } catch (cause) {
    throw new Refusal('wrong_passphrase', undefined, cause);
  }
}

/** The session key out of the wraps. @throws Refusal `wrong_key`. */
export async function unwrap(wraps: Uint8Array, key: PrivateKey): Promise<SessionKey> {
  try {
    const message = await readMessage({ binaryMessage: wraps });
    const [sessionKey] = await decryptSessionKeys({ message, decryptionKeys: key });
    if (sessionKey) return sessionKey as SessionKey;
  } catch (cause) {
    throw new Refusal('wrong_key', undefined, cause);
  }
  throw new Refusal('wrong_key');
}

/** Opens one segment; null when it is not what was sealed under this key. */
export async function openSegment(sealed: Uint8Array, sessionKey: SessionKey): Promise<Uint8Array | null> {
  try {
    const message = await readMessage({ binaryMessage: sealed });
    const { data } = await decrypt({ message, sessionKeys: sessionKey, format: 'binary' });
    return data as Uint8Array;
  } catch {
    return null;
  }
}

/** Clears the unlocked key's secret numbers from memory. The library can, though its types do not say so. */
export function forget(key: PrivateKey): void {
  const clears = key as PrivateKey & { clearPrivateParams?: () => void };
  clears.clearPrivateParams?.();
}
