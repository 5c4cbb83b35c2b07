/** A rule: which calls serve a purpose. All that it names must hold. */
import { z } from 'zod';
import { isTimeZone } from '../base/time-zone.ts';
import { clockTime, days, id } from './fields.ts';
import { pattern } from './numbers.ts';
import { levels } from './purpose.ts';

/** Numbers in one condition of a rule: an office names a handful; a list of customers does not belong into a policy. */
const MAX_PATTERNS = 200;

const patterns = z.array(pattern).min(1).max(MAX_PATTERNS);
const ids = z.array(id).min(1).max(MAX_PATTERNS);

const scheduleSchema = z.strictObject({
  days: z
    .array(z.number().int().min(1).max(7))
    .min(1)
    .max(7)
    .describe('Days of the week as ISO 8601 counts them: 1 is Monday.'),
  from: clockTime.describe('Beginning, time of day.'),
  until: clockTime.describe('End, time of day; not included.'),
  timeZone: z
    .string()
    .max(64)
    .refine(isTimeZone, 'must be a time zone such as Europe/Amsterdam')
    .optional()
    .describe('In which time zone. Absent: the box’s.'),
  holidays: z
    .enum(['as usual', 'never', 'only'])
    .describe('On holidays: like any other day, not at all, or on these alone (then `days` does not matter).'),
});

export const ruleSchema = z.strictObject({
  id: id.describe('By what name the rule is called.'),
  purpose: id.describe('The purpose that these calls serve.'),
  direction: z
    .enum(['internal', 'inbound', 'outbound'])
    .optional()
    .describe('Between own phones, from outside, to outside.'),
  via: z
    .enum(['phone', 'siprec'])
    .optional()
    .describe('The box’s own phones and lines, or copies of calls of somebody else’s.'),
  from: patterns.optional().describe('Who calls: numbers or users.'),
  to: patterns.optional().describe('Who is called: numbers or users.'),
  extensions: patterns.optional().describe('Own phones that take part, whoever called.'),
  groups: ids.optional().describe('Groups one of whose phones takes part.'),
  queues: patterns.optional().describe('The number that was called first from outside, or the queue.'),
  trunks: ids.optional().describe('Trunks by which the call comes or goes.'),
  schedule: scheduleSchema.optional().describe('When. Absent: always.'),
  sampling: z
    .number()
    .int()
    .min(1)
    .max(100)
    .optional()
    .describe('How many of these calls are recorded, percent, by chance. Absent: all.'),
  start: z
    .enum(['automatic', 'manual'])
    .describe(
      'Whether recording begins by itself or when somebody of the organisation asks for it, by key or at the desk.',
    ),
  level: z.enum(levels).optional().describe('A higher level than the purpose’s, such as for one queue.'),
  retention: z
    .strictObject({
      contentDays: days.optional().describe('Shorter than the purpose’s, days.'),
      trafficDays: days.optional().describe('Shorter than the purpose’s, days.'),
    })
    .optional()
    .describe('Shorter terms for these calls. Never longer than the purpose’s, never below its minimum.'),
});

export type Rule = z.infer<typeof ruleSchema>;
export type Schedule = z.infer<typeof scheduleSchema>;

/** Whether a rule takes all calls of a direction there is: nothing but direction and way narrows it down. */
export const takesAll = ({
  id: _,
  purpose: __,
  direction: ___,
  via: ____,
  start,
  level: _____,
  retention: ______,
  ...narrowing
}: Rule): boolean => start === 'automatic' && Object.values(narrowing).every((one) => one === undefined || one === 100);

/** Calls that are never recorded, whatever rules say. */
export const neverSchema = z.strictObject({
  id: id.describe('By what name the entry is called.'),
  why: z
    .enum(['works-council', 'doctor', 'confidant', 'private', 'withheld', 'other'])
    .describe('Why. `withheld`: calls whose number is withheld; such an entry names no numbers.'),
  numbers: patterns.optional().describe('Numbers outside, on either side of the call.'),
  extensions: patterns.optional().describe('Own phones, on either side of the call.'),
});

export type Never = z.infer<typeof neverSchema>;
