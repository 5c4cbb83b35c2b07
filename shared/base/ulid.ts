/** ULIDs: ids that sort by the time at which they were made (github.com/ulid/spec). */
import type { Chance } from './chance.ts';

/** Crockford's base 32: no I, L, O or U. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** 48 bits of time, 80 of chance. */
export const ULID_PATTERN = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

/** A fresh id. `nowMs`: wall clock. */
export function newUlid(nowMs: number, chance: Chance): string {
  let bits = (BigInt(nowMs) << 80n) | BigInt(`0x${chance.bytes(10).toString('hex')}`);
  let text = '';
  for (let digit = 0; digit < 26; digit++) {
    text = ALPHABET[Number(bits & 31n)]! + text;
    bits >>= 5n;
  }
  return text;
}
