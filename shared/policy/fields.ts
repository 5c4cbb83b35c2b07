/** Small forms that fields of a policy have in common. */
import { z } from 'zod';

/** Longest retention of anything, in days: ten years, the longest that national rules for recordings ask for (MiFID II: five to seven). */
export const MAX_RETENTION_DAYS = 3653;

/** A name that rules and purposes call each other by. */
export const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'must be lower-case letters, digits and dashes');

/** SHA-256, hex. */
export const hash = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in lower-case hex');

export const days = z.number().int().min(1).max(MAX_RETENTION_DAYS);

export const languages = ['en', 'nl', 'de', 'fr'] as const;

export const language = z.enum(languages);

export type Language = z.infer<typeof language>;

/** A day without a time of day, ISO 8601. */
export const day = z.iso.date();

/** Shortest reason that is one, in characters: a sentence, not a word. */
export const MIN_REASON_LENGTH = 20;

/** Whether somebody can read or hear it: not spaces alone, nothing that steers a terminal, no half of a character. */
const isReadable = (text: string): boolean =>
  text.isWellFormed() && /[\p{L}\p{N}]/u.test(text) && !/[^\P{Cc}\n\t]/u.test(text);

const UNREADABLE = 'must have a letter or digit, and no control characters or halves of characters';

/** Text of up to `max` characters that a person reads or hears. */
export const readable = (max: number, min = 1) => z.string().min(min).max(max).refine(isReadable, UNREADABLE);

/** A reason in a sentence or more. */
export const reason = z
  .string()
  .min(MIN_REASON_LENGTH, 'must be a sentence, 20 characters or more')
  .max(2000)
  .refine(isReadable, UNREADABLE);

/** Words that a person reads or hears. */
export const words = readable(200);

/** Something that has been written elsewhere and can be found by its name: an assessment, a DPIA. */
export const document = z.strictObject({
  reference: words.describe('By what name or number the organisation files it.'),
  completedOn: day.describe('The day it was signed off.'),
});

/** What a phone of the organisation dials or presses during a call. */
export const keySequence = z.string().regex(/^[*#]\d{1,3}$/, 'must be * or # and one to three digits, such as *8');

/** One key. */
export const key = z.string().regex(/^[0-9*#]$/, 'must be one key: a digit, * or #');

/** A time of day. */
export const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 08:30');

/** Whether each of `items` has an id of its own. */
export const distinctIds = (items: readonly { readonly id: string }[]): boolean =>
  new Set(items.map((item) => item.id)).size === items.length;
