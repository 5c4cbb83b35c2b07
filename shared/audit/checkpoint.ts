/** The signed head of a log: C2SP tlog-checkpoint in a C2SP signed-note, Ed25519. */
import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import type { Hash } from './merkle.ts';
import { ED25519, keyId, parseNote, signatureBy, signatureLine, strictBase64 } from './note.ts';

export interface Checkpoint {
  /** `box/<deviceId>/audit/<generation>`. */
  readonly origin: string;
  /** Leaves in the tree. */
  readonly size: number;
  readonly root: Hash;
}

/** Origin line of a box's log. A restore opens a new generation. */
export const originOf = (deviceId: string, generation: number): string => `box/${deviceId}/audit/${generation}`;

/** What an origin says; null when it is not a box's. */
export function parseOrigin(origin: string): { readonly deviceId: string; readonly generation: number } | null {
  const match = /^box\/([^/\s+]+)\/audit\/([1-9]\d{0,8})$/.exec(origin);
  return match && { deviceId: match[1]!, generation: Number(match[2]) };
}

/** The text that is signed: origin, size, root, a line each. */
export const checkpointText = ({ origin, size, root }: Checkpoint): string =>
  `${origin}\n${size}\n${root.toString('base64')}\n`;

/** Reads that text; null when it is anything else. We write no extension lines, and read none. */
export function parseCheckpoint(text: string): Checkpoint | null {
  const [origin, size, root, end, ...extra] = text.split('\n');
  if (!origin || !size || !root || end !== '' || extra.length > 0) return null;
  const hash = strictBase64(root);
  return hash?.length === 32 && /^(0|[1-9]\d{0,14})$/.test(size) ? { origin, size: Number(size), root: hash } : null;
}

/** Signs a checkpoint; the result is the note as it is stored and sent. */
export function signCheckpoint(checkpoint: Checkpoint, privateKey: KeyObject): string {
  const text = checkpointText(checkpoint);
  const id = keyId(checkpoint.origin, createPublicKey(privateKey));
  return `${text}\n${signatureLine(checkpoint.origin, id, sign(null, Buffer.from(text), privateKey))}\n`;
}

/** Reads a note signed by `publicKey`, whoever else signed it; null when it is malformed, unsigned by that key, or forged. */
export function openCheckpoint(note: string, publicKey: KeyObject): Checkpoint | null {
  const parsed = parseNote(note);
  const checkpoint = parsed && parseCheckpoint(parsed.text);
  if (!parsed || !checkpoint) return null;
  const by = signatureBy(parsed, { name: checkpoint.origin, type: ED25519, publicKey });
  return by && by.signature.length === 64 && verify(null, Buffer.from(parsed.text), publicKey, by.signature)
    ? checkpoint
    : null;
}
