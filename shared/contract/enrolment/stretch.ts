/**
 * From a code to keys. A code is short, so one that is guessed offline must cost: scrypt makes 2^59 guesses a matter of a million years of a
 * graphics card (docs/decisions/0136).
 */
import { hkdfSync, scrypt } from 'node:crypto';
import type { ClaimCode } from './code.ts';
import { SCRYPT } from './limits.ts';

/** What both sides know once the code is known to both. */
export interface ClaimKeys {
  /** By this the fleet finds the box that shows the code. 128 bits, hex. */
  readonly locator: string;
  /** The key of the proofs. 256 bits, hex. */
  readonly proofKey: string;
}

const SALT = 'belkluis claim code 1';

const derived = (key: Buffer, what: string, length: number): string =>
  Buffer.from(hkdfSync('sha256', key, '', `belkluis enrolment 1 ${what}`, length)).toString('hex');

/** Takes 64 MiB and some tenths of a second, beside the event loop. */
export function stretchCode(code: ClaimCode): Promise<ClaimKeys> {
  const { N, r, p } = SCRYPT;
  return new Promise((resolve, reject) => {
    scrypt(code, SALT, 32, { N, r, p, maxmem: 2 * 128 * N * r }, (error, key) => {
      if (error) return reject(error);
      return resolve({ locator: derived(key, 'locator', 16), proofKey: derived(key, 'proof', 32) });
    });
  });
}
