/** C2SP signed-note: a text with signatures below it, each by a named key. And how such a key is written on one line (verifier key). */
import { createHash, createPublicKey, type KeyObject } from 'node:crypto';

/** Signature types of c2sp.org/signed-note: a log's own Ed25519, and a witness's timestamped one. */
export const ED25519 = 0x01;
export const COSIGNATURE_V1 = 0x04;

export interface NoteSignature {
  readonly name: string;
  /** First 4 bytes that the line encodes. */
  readonly keyId: Buffer;
  readonly signature: Buffer;
  /** As it stands in the note, without its newline. */
  readonly line: string;
}

export interface Note {
  /** What is signed, its last newline included. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** A public key by its name: `name+hash+base64(type ‖ key)`. */
export interface VerifierKey {
  readonly name: string;
  readonly type: number;
  readonly publicKey: KeyObject;
}

/** Longest note that is read: the text and more than the 16 signatures that everybody must accept, five kilobytes each. */
export const MAX_NOTE_LENGTH = 100_000;

/** What base64 decodes to, or null when it is not how those bytes are written. */
export function strictBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
}

/** The 32 bytes of an Ed25519 public key (RFC 8032). */
export const rawPublicKey = (key: KeyObject): Buffer =>
  Buffer.from(key.export({ format: 'jwk' }).x as string, 'base64url');

/** The key of these 32 bytes. */
export const publicKeyOf = (raw: Buffer): KeyObject =>
  createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') }, format: 'jwk' });

/** Key id: first 4 bytes of SHA-256(name ‖ LF ‖ type ‖ public key). */
export const keyId = (name: string, publicKey: KeyObject, type = ED25519): Buffer =>
  createHash('sha256')
    .update(`${name}\n`)
    .update(Uint8Array.of(type))
    .update(rawPublicKey(publicKey))
    .digest()
    .subarray(0, 4);

/** A signature line, without its newline. */
export const signatureLine = (name: string, id: Buffer, signature: Buffer): string =>
  `— ${name} ${Buffer.concat([id, signature]).toString('base64')}`;

/** One signature line taken apart; null when it is none. */
export function parseSignature(line: string): NoteSignature | null {
  const match = /^— ([^\s+]+) (\S+)$/.exec(line);
  const bytes = match ? strictBase64(match[2]!) : null;
  return bytes && bytes.length > 4
    ? { name: match![1]!, keyId: bytes.subarray(0, 4), signature: bytes.subarray(4), line }
    : null;
}

/** Takes a note apart, verifying nothing; null when it is none. */
export function parseNote(note: string): Note | null {
  // The last empty line stands between text and signatures.
  const boundary = note.lastIndexOf('\n\n');
  if (boundary < 0 || note.length > MAX_NOTE_LENGTH || !note.endsWith('\n')) return null;
  const signatures = note
    .slice(boundary + 2, -1)
    .split('\n')
    .map(parseSignature);
  if (signatures.some((signature) => signature === null)) return null;
  return { text: note.slice(0, boundary + 1), signatures: signatures as NoteSignature[] };
}

/** The signature of a note that is by the key of this name, type and bytes; whether it holds is the caller's to see. */
export const signatureBy = (
  { signatures }: Note,
  { name, type, publicKey }: VerifierKey,
): NoteSignature | undefined => {
  const id = keyId(name, publicKey, type);
  return signatures.find((signature) => signature.name === name && signature.keyId.equals(id));
};

/** A public key on one line, as it is given to whoever shall check signatures. */
export const formatVerifierKey = ({ name, type, publicKey }: VerifierKey): string => {
  const key = Buffer.concat([Uint8Array.of(type), rawPublicKey(publicKey)]).toString('base64');
  return `${name}+${keyId(name, publicKey, type).toString('hex')}+${key}`;
};

/** Reads a verifier key of Ed25519; null when it is none, or its hash is not that of its name and key. */
export function parseVerifierKey(text: string): VerifierKey | null {
  const match = /^([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/.exec(text);
  const bytes = match ? strictBase64(match[3]!) : null;
  if (bytes?.length !== 33) return null;
  const type = bytes[0]!;
  if (type !== ED25519 && type !== COSIGNATURE_V1) return null;
  const key = { name: match![1]!, type, publicKey: publicKeyOf(bytes.subarray(1)) };
  return formatVerifierKey(key) === text ? key : null;
}
