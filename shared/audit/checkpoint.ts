/** The signed head of a log: C2SP tlog-checkpoint in a C2SP signed-note, Ed25519. */
import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import type { Hash } from './merkle.ts';

export interface Checkpoint {
  /** `box/<deviceId>/audit/<generation>`. */
  readonly origin: string;
  /** Leaves in the tree. */
  readonly size: number;
  readonly root: Hash;
}

/** Origin line of a box's log. A restore opens a new generation. */
export const originOf = (deviceId: string, generation: number): string => `box/${deviceId}/audit/${generation}`;

/** Ed25519 in C2SP signed-note. */
const ALGORITHM = 0x01;

const rawPublicKey = (key: KeyObject): Buffer => Buffer.from(key.export({ format: 'jwk' }).x as string, 'base64url');

/** Key id of a signed-note: first 4 bytes of SHA-256(name ‖ LF ‖ algorithm ‖ public key). */
export const keyId = (name: string, publicKey: KeyObject): Buffer =>
  createHash('sha256')
    .update(`${name}\n`)
    .update(Uint8Array.of(ALGORITHM))
    .update(rawPublicKey(publicKey))
    .digest()
    .subarray(0, 4);

/** The text that is signed: origin, size, root, a line each. */
export const checkpointText = ({ origin, size, root }: Checkpoint): string =>
  `${origin}\n${size}\n${root.toString('base64')}\n`;

/** Signs a checkpoint; the result is the note as it is stored and sent. */
export function signCheckpoint(checkpoint: Checkpoint, privateKey: KeyObject): string {
  const text = checkpointText(checkpoint);
  const id = keyId(checkpoint.origin, createPublicKey(privateKey));
  const signature = Buffer.concat([id, sign(null, Buffer.from(text), privateKey)]);
  return `${text}\n— ${checkpoint.origin} ${signature.toString('base64')}\n`;
}

/** Reads a note signed by `publicKey`; null when it is malformed, unsigned by that key, or forged. */
export function openCheckpoint(note: string, publicKey: KeyObject): Checkpoint | null {
  const boundary = note.indexOf('\n\n');
  if (boundary < 0) return null;
  const text = note.slice(0, boundary + 1);
  const [origin, size, root, ...extra] = text.split('\n');
  if (!origin || !size || !root || extra.some((line) => line !== '') || !/^(0|[1-9]\d{0,15})$/.test(size)) return null;
  const hash = Buffer.from(root, 'base64');
  if (hash.length !== 32 || hash.toString('base64') !== root) return null;
  const expected = keyId(origin, publicKey);
  const signed = note
    .slice(boundary + 2)
    .split('\n')
    .some((line) => {
      const match = /^— (\S+) (\S+)$/.exec(line);
      if (!match || match[1] !== origin) return false;
      const bytes = Buffer.from(match[2]!, 'base64');
      return (
        bytes.length === 68 &&
        bytes.subarray(0, 4).equals(expected) &&
        verify(null, Buffer.from(text), publicKey, bytes.subarray(4))
      );
    });
  return signed ? { origin, size: Number(size), root: hash } : null;
}
