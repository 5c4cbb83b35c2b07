/** Terms, each with who decided it, when, on what ground and why (GDPR 5(1)(e), 5(2)). */
import { z } from 'zod';
import { day, days, reason, words } from './fields.ts';

const rationaleSchema = z.strictObject({
  why: reason.describe('Why this long and no less, in a sentence or more.'),
  ground: words.describe(
    'What it rests on: an article of law, a supervisor’s guidance, a decision of the organisation.',
  ),
  author: words.describe('Who decided it.'),
  date: day.describe('The day it was decided.'),
  unusual: z
    .enum(['legal-term', 'supervisor', 'claims', 'treatment', 'slow-process'])
    .optional()
    .describe(
      'What makes it longer than is usual for the template: a term of law, a supervisor’s demand, claims that may come so late, treatment that lasts so long, or a process of the organisation that takes so long.',
    ),
});

export type Rationale = z.infer<typeof rationaleSchema>;

export const retentionSchema = z
  .strictObject({
    contentDays: days.describe('How long what was said is kept, days.'),
    trafficDays: days.describe('How long it is kept who called whom and when, days.'),
    evidenceDays: days.describe(
      'How long the proof stays that it was announced, agreed to and erased, days: the row that remains when content and numbers have left.',
    ),
    minimum: z
      .strictObject({
        days: days.describe('Until then nobody may have it erased, days.'),
        ground: words.describe('The law that says so (GDPR 17(3)(b)).'),
      })
      .optional()
      .describe('Where a law demands that recordings are kept.'),
    because: z
      .strictObject({
        content: rationaleSchema.describe('Of `contentDays`.'),
        traffic: rationaleSchema.describe('Of `trafficDays`.'),
        evidence: rationaleSchema.describe('Of `evidenceDays`.'),
      })
      .describe('Why each term is as it is. There is no default for how long something is kept.'),
  })
  .refine(({ minimum, contentDays }) => !minimum || minimum.days <= contentDays, {
    message: 'has a minimum beyond its own term',
    path: ['minimum', 'days'],
  })
  .refine(({ evidenceDays, contentDays }) => evidenceDays >= contentDays, {
    message: 'must be as long as contentDays at least: proof outlives what it proves',
    path: ['evidenceDays'],
  });

export const generalRetentionSchema = z.strictObject({
  accessDays: days.describe('How long it is kept who signed in, looked and opened, days.'),
  requestDays: days.describe(
    'How long requests of data subjects and objections are kept, with what was answered, days.',
  ),
  directoryDays: days.describe('How long people of the desk and accounts of phones stay without being used, days.'),
  because: z
    .strictObject({
      access: rationaleSchema.describe('Of `accessDays`.'),
      request: rationaleSchema.describe('Of `requestDays`.'),
      directory: rationaleSchema.describe('Of `directoryDays`.'),
    })
    .describe('Why each term is as it is.'),
});
