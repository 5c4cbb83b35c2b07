import { isToken } from './text.ts';

/** CSeq (RFC 3261 20.16): the number is below 2^31 (8.1.1.5). Null when malformed. */
export function parseCSeq(text: string | undefined): { number: number; method: string } | null {
  const match = /^(\d{1,20})[ \t]+(\S+)$/.exec(text ?? '');
  if (!match) return null;
  const number = Number(match[1]);
  if (number >= 2 ** 31 || !isToken(match[2]!)) return null;
  return { number, method: match[2]! };
}
