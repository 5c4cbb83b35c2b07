/** Marks of calls, in every form in which they could get somewhere they do not belong. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { filesBelow, type Needle } from './needles.ts';

/** Base64 of `bytes` at each of the three places at which they can stand in something longer, without what depends on their neighbours. */
const base64 = (bytes: Buffer): string[] =>
  [0, 1, 2].map((skip) => {
    const text = Buffer.concat([Buffer.alloc(skip), bytes]).toString('base64');
    return text.slice(skip === 0 ? 0 : skip + 1, Math.floor(((skip + bytes.length) * 8) / 6));
  });

const bytesIn = (name: string, bytes: Buffer): Needle[] => [
  { name, bytes },
  { name: `${name} as hex`, bytes: Buffer.from(bytes.toString('hex')) },
  { name: `${name} as HEX`, bytes: Buffer.from(bytes.toString('hex').toUpperCase()) },
  ...base64(bytes).map((text) => ({ name: `${name} as base64`, bytes: Buffer.from(text) })),
];

/** A text in each case and encoding. */
export const textNeedles = (name: string, text: string): Needle[] =>
  [...new Set([text, text.toLowerCase(), text.toUpperCase()])].flatMap((form) => [
    ...bytesIn(`${name} ${form}`, Buffer.from(form)),
    { name: `${name} ${form} as UTF-16`, bytes: Buffer.from(form, 'utf16le') },
  ]);

/** What a hash without salt gives away: there are few enough numbers to try them all. */
export const hashNeedles = (name: string, text: string): Needle[] =>
  ['sha256', 'sha1', 'md5'].flatMap((algorithm) =>
    bytesIn(`${algorithm} of ${name} ${text}`, createHash(algorithm).update(text).digest().subarray(0, 16)),
  );

/** Every packet by which a session key is sealed to this key names it so (RFC 9580 5.1.1). `fingerprint`: of a v4 key, hex. */
export const sealedToNeedles = (name: string, fingerprint: string): Needle[] =>
  bytesIn(`key id of ${name}`, Buffer.from(fingerprint, 'hex').subarray(-8));

/** A telephone number as E.164 writes it, or a URI of one: not inside base64, a hash or a date. */
const NUMBER = /(?<![\w+/=.-])\+[1-9]\d{8,14}(?![\w+/=])|\b(?:tel|sips?):[\w+][\w.+@-]{3,}/gi;

/** Numbers and URIs of whoever it may be, below `folders`. */
export function numbersIn(folders: readonly string[]): string[] {
  return folders
    .flatMap(filesBelow)
    .flatMap((path) => (readFileSync(path, 'latin1').match(NUMBER) ?? []).map((found) => `${path}: ${found}`));
}
