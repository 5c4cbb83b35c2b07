/** What callers are told, as a policy says it: the words of a purpose, who hears them, and when. */
import { z } from 'zod';
import { hash, language, readable } from './fields.ts';

/** Longest announcement text, in characters: about a minute of speech, more than any caller will hear out. */
const MAX_ANNOUNCEMENT_LENGTH = 1000;

/**
 * What must be said: who records, for what purpose, for how long it is kept, how to refuse, where to read more (GDPR 13(1)(a), (1)(c),
 * (2)(a), (2)(b), 21(4)).
 */
export const ANNOUNCEMENT_SLOTS = ['{who}', '{purpose}', '{retention}', '{refuse}', '{more}'] as const;

/** Recordings of one language: a sentence for each term that rules have. */
const MAX_WAVS = 50;

const ownText = readable(MAX_ANNOUNCEMENT_LENGTH).refine(
  (text) => ANNOUNCEMENT_SLOTS.every((slot) => text.includes(slot)),
  {
    message: `must contain ${ANNOUNCEMENT_SLOTS.join(', ')}: callers are told who records, why, for how long, how to refuse and where to read more`,
  },
);

const spokenSchema = z.strictObject({
  language: language.describe('The language of these words.'),
  purpose: readable(200, 3).describe('What the purpose is called as a caller hears it: `to settle complaints`.'),
  training: readable(200, 3)
    .optional()
    .describe(
      'What is said of the use for AI, such as `and to train a model that routes calls`. Needed where it is a use.',
    ),
  text: ownText.optional().describe('The whole sentence in own words, with slots. Absent: the box words it.'),
  wavs: z
    .array(
      z.strictObject({
        sha256: hash.describe('SHA-256 of the WAV file.'),
        textSha256: hash.describe('SHA-256 of the finished sentence that the file says, as `policy text` prints it.'),
      }),
    )
    .min(1)
    .max(MAX_WAVS)
    .optional()
    .describe(
      'Recordings by a person, each bound to the sentence that it says; rules with other terms have other sentences. Absent: the box speaks them.',
    ),
});

export type SpokenWords = z.infer<typeof spokenSchema>;

export const announcementSchema = z.strictObject({
  by: z
    .enum(['box', 'source'])
    .describe(
      'Who says it. `box`: the box, and nobody is recorded who did not hear it from the box. `source`: the SBC or PBX that sends copies of its calls (SIPREC), where the box has no way to speak; such a purpose records nothing else.',
    ),
  said: z
    .array(spokenSchema)
    .min(1, 'must say something: recording without telling is not to be had')
    .max(4)
    .refine((spoken) => new Set(spoken.map(({ language }) => language)).size === spoken.length, {
      message: 'says one language twice',
    })
    .describe('Every language is spoken, in this order.'),
  callerHears: z
    .enum(['after-answer', 'early-media', 'answered-first'])
    .describe(
      'When a caller from outside hears it. `after-answer`: together with who answers. `early-media`: before it rings, without an answer; reaches only callers whose network passes early media on. `answered-first`: before it rings, in a call that the box has answered. Who is called from here always hears it after answering, and who is transferred in hears it when they come in.',
    ),
  staffHear: z
    .boolean()
    .describe(
      'Whether people of the organisation hear it as well, besides the notice that they have acknowledged. Who is outside always does.',
    ),
  staffBeepSeconds: z
    .number()
    .int()
    .min(5)
    .max(120)
    .nullable()
    .describe('How often people of the organisation hear a tone while they are recorded, seconds; null: never.'),
});
