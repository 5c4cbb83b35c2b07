/** The code that a box shows and an MSP types: 60 bits in Crockford's base 32, and a symbol that tells a mistake from a wrong code. */
import type { Chance } from '../../base/chance.ts';
import { CLAIM_CODE_BITS } from './limits.ts';

/** Without I, L, O and U, so a code can be read aloud. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

const SYMBOLS = CLAIM_CODE_BITS / 5;

/** What a QR code says before the code, so that a scanner's page knows what it has. All in the characters of QR's small alphabet. */
const QR_PREFIX = 'BELKLUIS:CLAIM:';

/** A claim code as both sides use it: 13 symbols, no separators. */
export type ClaimCode = string & { readonly claimCode: unique symbol };

/**
 * Weighted sum modulo 31, a prime: another symbol in one place, or two that changed places, give another sum. Only 0 and Z, which are the same
 * modulo 31, are not told apart.
 */
function checkSymbol(symbols: string): string {
  let sum = 0;
  for (let at = 0; at < SYMBOLS; at++) sum += (at + 1) * ALPHABET.indexOf(symbols[at]!);
  return ALPHABET[sum % 31]!;
}

/** A fresh code. */
export function newClaimCode(chance: Chance): ClaimCode {
  // Five bits of each byte: a power of two, so every symbol is as likely.
  const symbols = Array.from(chance.bytes(SYMBOLS), (byte) => ALPHABET[byte & 31]).join('');
  return `${symbols}${checkSymbol(symbols)}` as ClaimCode;
}

/** What was typed or scanned: any case, any separators, letters that look like digits. Null: this is no code, and nobody needs to be asked. */
export function readClaimCode(typed: string): ClaimCode | null {
  const symbols = typed
    .slice(0, 100)
    .toUpperCase()
    .replace(QR_PREFIX, '')
    .replaceAll(/[\s.-]/g, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1');
  if (!/^[0-9A-HJKMNP-TV-Z]{13}$/.test(symbols)) return null;
  return checkSymbol(symbols) === symbols[SYMBOLS] ? (symbols as ClaimCode) : null;
}

/** As people read it: `ABCD-EFGH-JKMN-P`. */
export const shownClaimCode = (code: ClaimCode): string => code.replaceAll(/(.{4})(?=.)/g, '$1-');

/** As a QR code says it. */
export const qrClaimCode = (code: ClaimCode): string => `${QR_PREFIX}${code}`;
