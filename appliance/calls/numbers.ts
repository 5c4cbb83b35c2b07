/**
 * Telephone numbers: read in whatever form they are dialled or sent, kept as E.164, written as a peer wants them. What is no number of
 * the world's plan (an extension, 112, a name) stays as it is. Pure.
 */
import type { Lines } from '../lines/schema.ts';
import type { NumberForm } from '../lines/trunk.ts';
import { parseUri, type SipUri } from '../sip/message/uri.ts';

export type Numbering = Lines['numbering'];

/** E.164 6: at most 15 digits. Fewer than seven after the + are no subscriber anywhere, but somebody's mistake. */
const E164 = /^\+[1-9]\d{6,14}$/;

/** Longest number in any form: a prefix of four and fifteen digits, and room for a carrier's code. */
const MAX_DIGITS = 24;

/** Up to so many digits without a prefix are an extension or a short number of the country (112, 144, 1233, 14020). */
const MAX_SHORT_DIGITS = 6;

/** Whether `text` is an international number in its one form. */
export const isE164 = (text: string): boolean => E164.test(text);

/** RFC 3966 5.1.1: people write these between digits; they mean nothing. */
const withoutSeparators = (text: string): string => text.replace(/[\s().\-/]/g, '');

/**
 * `+31201234567` for every way of writing that number: with separators, with what is dialled before international or national numbers.
 * Anything else comes back as it was. Applied twice it changes nothing.
 */
export function normalise(text: string, { country, international, national }: Numbering): string {
  const digits = withoutSeparators(text);
  if (!/^\+?\d+$/.test(digits) || digits.length > MAX_DIGITS) return text;
  const known = (number: string) => (isE164(number) ? number : text);
  if (digits.startsWith('+')) return known(digits);
  if (digits.startsWith(international)) return known(`+${digits.slice(international.length)}`);
  if (digits.length <= MAX_SHORT_DIGITS) return text;
  // Where nothing is dialled before national numbers (Denmark, Spain), any long number is one.
  if (digits.startsWith(national)) return known(`+${country}${digits.slice(national.length)}`);
  return text;
}

/** The number as a peer wants it. `dialled`: what the caller typed, for peers that want just that. */
export function written(number: string, form: NumberForm, numbering: Numbering, dialled = number): string {
  if (form === 'as dialled') return dialled;
  if (form === 'e164' || !isE164(number)) return number;
  const { country, international, national } = numbering;
  const home = number.startsWith(`+${country}`);
  if (form === 'national' && home) return `${national}${number.slice(country.length + 1)}`;
  return `${international}${number.slice(1)}`;
}

/**
 * Who or what a URI names. Parameters of a telephone number (`;npdi`, `;rn=`, `;phone-context=`, RFC 4694) are dropped, whether they
 * stand in a tel URI or in the user part of a sip URI (RFC 3261 19.1.6). Null: nobody.
 */
export function userIn(uri: SipUri | null): string | null {
  if (uri === null || uri.user === null) return null;
  const [subscriber = ''] = uri.user.split(';');
  const isNumber = uri.scheme === 'tel' || uri.params.get('user')?.toLowerCase() === 'phone' || /^\+/.test(subscriber);
  const user = isNumber ? withoutSeparators(subscriber) : subscriber;
  return user === '' ? null : user;
}

/** `userIn` of a URI as text. */
export const userInText = (uri: string): string | null => userIn(parseUri(uri));

/** Whom the caller means behind the prefix; the same when it dialled none. */
export function withoutPrefix(dialled: SipUri | null, prefix: string | null): SipUri | null {
  const user = dialled?.user ?? '';
  if (dialled === null || prefix === null || !user.startsWith(prefix) || user === prefix) return dialled;
  return { ...dialled, user: user.slice(prefix.length) };
}
