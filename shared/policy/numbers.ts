/** Numbers as a policy writes them: national or E.164, whole or with wildcards. Pure. */
import { z } from 'zod';

/** Who calls without telling their number (RFC 3323 4.1.1.3). Kept and shown in its place everywhere. */
export const WITHHELD = 'anonymous';

/** What is dialled in the customer's country before national and international numbers. */
export const numberingSchema = z.strictObject({
  country: z
    .string()
    .regex(/^[1-9]\d{0,2}$/, 'must be a country code without +, such as 31')
    .describe('Country code of the numbers that are written nationally, such as 31.'),
  national: z
    .string()
    .regex(/^\d{0,2}$/)
    .describe('What is dialled before national numbers, such as 0; empty: nothing.'),
  international: z
    .string()
    .regex(/^\d{1,4}$/)
    .describe('What is dialled before international numbers, such as 00.'),
});

export type Numbering = z.infer<typeof numberingSchema>;

/**
 * A number, user or queue. `*` at the end stands for whatever follows, `?` for one character: `anna`, `+3120*`, `020555????`, `*`.
 * People write spaces, dots, dashes and parentheses between digits; they mean nothing in a number.
 */
export const pattern = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[A-Za-z0-9+._?() -]*\*?$/, 'must be a number or user, with ? for one character and * at its end at most');

/** Up to so many digits without a prefix are an extension or a short number of the country (112, 144, 14020). */
const MAX_SHORT_DIGITS = 6;

/** Of a number or a pattern of one: everything but what people write between digits. */
const bare = (text: string): string => (/^[+\d?*().\s-]+$/.test(text) ? text.replace(/[\s().-]/g, '') : text);

/**
 * One form for every way of writing a number: `+31205550100` for 020 555 01 00. A pattern keeps its wildcards: `020*` is `+3120*`. What is
 * no number of the world's plan, an extension or a name, stays as it is.
 */
export function inOneForm(text: string, { country, national, international }: Numbering): string {
  const number = bare(text);
  if (number.startsWith('+') || !/^[\d?]+\*?$/.test(number)) return number;
  if (number.startsWith(international)) return `+${number.slice(international.length)}`;
  const open = number.endsWith('*');
  if (!open && number.length <= MAX_SHORT_DIGITS) return number;
  // With nothing before national numbers `2*` may as well be extensions: it is taken as it stands.
  if (national === '' ? open : !number.startsWith(national)) return number;
  return `+${country}${number.slice(national.length)}`;
}

/** Whether a number that a call came with is meant by `pattern`, whatever form either is written in. */
export function meant(pattern: string, number: string, numbering: Numbering): boolean {
  const wanted = inOneForm(pattern, numbering);
  const given = inOneForm(number, numbering);
  const open = wanted.endsWith('*');
  const exact = open ? wanted.slice(0, -1) : wanted;
  if (open ? given.length < exact.length : given.length !== exact.length) return false;
  for (let at = 0; at < exact.length; at++) if (exact[at] !== '?' && exact[at] !== given[at]) return false;
  return true;
}

/** Whether any of `patterns` means it; none given: everything is meant. */
export const meantByAny = (patterns: readonly string[] | undefined, number: string, numbering: Numbering): boolean =>
  patterns === undefined || patterns.some((one) => meant(one, number, numbering));
