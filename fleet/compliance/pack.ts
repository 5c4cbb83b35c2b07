/**
 * The audit pack: files in a tar archive, and a signature over every byte before it as its last file. What follows the signature is
 * fixed, so that no byte of the archive can be changed unseen. `belkluis-verify` checks it offline.
 */
import { createPublicKey, hash, type KeyObject, sign } from 'node:crypto';
import { keyId, signatureLine } from '@belkluis/shared/audit/note';

/** POSIX.1-1988 ustar. */
const BLOCK = 512;

/** Name of the last file. */
const SIGNATURE = 'pack.sig';

/** First line of what is signed. */
const PACK_TYPE = 'belkluis/audit-pack@1';

export interface PackFile {
  /** Up to 100 characters. */
  readonly name: string;
  readonly content: Buffer;
}

/** `at`: seconds since 1970. */
function header(name: string, length: number, at: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  if (Buffer.byteLength(name) > 100) throw new RangeError(`${name} is too long a name`);
  const octal = (value: number, digits: number, from: number) =>
    block.write(`${value.toString(8).padStart(digits, '0')}\0`, from, 'latin1');
  block.write(name, 0);
  octal(0o644, 7, 100);
  octal(0, 7, 108);
  octal(0, 7, 116);
  octal(length, 11, 124);
  octal(at, 11, 136);
  block.write('        ', 148);
  block.write('0', 156);
  block.write('ustar\x0000', 257, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

const padded = (content: Buffer): Buffer =>
  Buffer.concat([content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)]);

/** `origin` of the fleet's log names who signs; `at`: wall clock, ms. */
export function makePack(files: readonly PackFile[], origin: string, privateKey: KeyObject, at: number): Buffer {
  const seconds = Math.floor(at / 1000);
  const body = Buffer.concat(
    files.flatMap(({ name, content }) => [header(name, content.length, seconds), padded(content)]),
  );
  const text = `${PACK_TYPE}\n${origin}\n${body.length}\n${hash('sha256', body, 'base64')}\n`;
  const line = signatureLine(
    origin,
    keyId(origin, createPublicKey(privateKey)),
    sign(null, Buffer.from(text), privateKey),
  );
  const signature = Buffer.from(`${text}\n${line}\n`);
  return Buffer.concat([body, header(SIGNATURE, signature.length, 0), padded(signature), Buffer.alloc(2 * BLOCK)]);
}
