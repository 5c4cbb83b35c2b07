/** Digits in the body of a SIP INFO: what phones did before RFC 4733, and some still do (sip-field fact 11). */
import { DIGITS } from './dtmf.ts';
import { MAX_INFO_BODY } from './limits.ts';

export interface InfoDigit {
  readonly digit: string;
  /** Milliseconds; null: the phone did not say. */
  readonly durationMs: number | null;
}

/** Longest press believed, in milliseconds: the longest that RFC 4733 could say at 8 kHz. */
const LONGEST_MS = 8_191;

/** `application/dtmf-relay` (Signal=5, Duration=160) or `application/dtmf` (5). Null: another type, or no digit in it. */
export function readInfoDigit(contentType: string, body: Uint8Array): InfoDigit | null {
  if (body.length > MAX_INFO_BODY) return null;
  const text = Buffer.from(body).toString('latin1');
  switch (contentType.split(';')[0]!.trim().toLowerCase()) {
    case 'application/dtmf-relay': {
      const digit = digitOf(field(text, 'signal'));
      return digit === null ? null : { digit, durationMs: durationOf(field(text, 'duration')) };
    }
    case 'application/dtmf': {
      const digit = digitOf(text.trim());
      return digit === null ? null : { digit, durationMs: null };
    }
    default:
      return null;
  }
}

const field = (text: string, name: string): string => {
  for (const line of text.split(/\r?\n/)) {
    const [key, value] = line.split('=', 2);
    if (key?.trim().toLowerCase() === name) return (value ?? '').trim();
  }
  return '';
};

/** A digit as itself, or as its event code: `*` or `10`. */
function digitOf(text: string): string | null {
  if (text.length === 1 && DIGITS.includes(text.toUpperCase())) return text.toUpperCase();
  return /^1[0-5]$/.test(text) ? DIGITS[Number(text)]! : null;
}

const durationOf = (text: string): number | null =>
  /^\d{1,5}$/.test(text) ? Math.min(Number(text), LONGEST_MS) : null;
