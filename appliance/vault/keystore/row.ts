/**
 * An entry of the keystore under the epoch key: nonce (12 bytes), AES-256-GCM ciphertext, tag (16 bytes). What it belongs to, and in
 * which epoch, is authenticated with it: an entry that was moved to another name, or kept from another epoch, does not open.
 */
import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';
import { problem } from '../problems.ts';

export const NONCE_LENGTH = 12;
const TAG_LENGTH = 16;

/** What an entry holds: the wraps of a recording, or the key of a backup's snapshot. The numbers are in the file and never change. */
export const KINDS = { wraps: 1, snapshot: 2 } as const;
export type Kind = (typeof KINDS)[keyof typeof KINDS];

/** Epoch and kind are numbers and come first, so that no two entries share a name. */
const bound = (epoch: number, kind: Kind, name: string): Buffer => Buffer.from(`keystore ${epoch} ${kind} ${name}`);

/** Seals `plain`. `nonce` is fresh for each entry: 2^32 of them under one key are allowed (SP 800-38D 8.3), an epoch sees some millions. */
export function sealRow(
  key: KeyObject,
  epoch: number,
  kind: Kind,
  name: string,
  nonce: Uint8Array,
  plain: Uint8Array,
): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(bound(epoch, kind, name));
  const body = cipher.update(plain);
  cipher.final();
  return Buffer.concat([nonce, body, cipher.getAuthTag()]);
}

/** Opens what `sealRow` made. @throws Problem `keystore_damaged`. */
export function openRow(key: KeyObject, epoch: number, kind: Kind, name: string, sealed: Buffer): Buffer {
  const end = sealed.length - TAG_LENGTH;
  if (end < NONCE_LENGTH) throw problem('keystore_damaged', name);
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_LENGTH));
  decipher.setAAD(bound(epoch, kind, name));
  decipher.setAuthTag(sealed.subarray(end));
  const plain = decipher.update(sealed.subarray(NONCE_LENGTH, end));
  try {
    decipher.final();
  } catch (cause) {
    throw problem('keystore_damaged', name, cause);
  }
  return plain;
}

export interface Wraps {
  /** PKESK packets, one after the other (RFC 9580 5.1). */
  readonly pkesk: Buffer;
  /** Fingerprints of the keys that they are for, hex. */
  readonly recipients: readonly string[];
}

/** Bytes that give the length of what stands before the PKESK packets. */
const LENGTH_BYTES = 4;

/** Wraps as bytes: length, JSON of who they are for and since when, PKESK packets. */
export function packWraps({ pkesk, recipients }: Wraps, at: number): Buffer {
  if (pkesk.length === 0 || recipients.length === 0) throw new RangeError('wraps for nobody');
  const about = Buffer.from(JSON.stringify({ at, recipients }));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(about.length);
  return Buffer.concat([length, about, pkesk]);
}

export function unpackWraps(packed: Buffer): Wraps {
  const start = LENGTH_BYTES + packed.readUInt32BE(0);
  const { recipients } = JSON.parse(packed.toString('utf8', LENGTH_BYTES, start)) as { recipients: string[] };
  return { pkesk: packed.subarray(start), recipients };
}
