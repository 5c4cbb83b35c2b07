/** What just happened: a finding that came or went, or messages that the box could not keep. */
import { z } from 'zod';
import { instant, whole } from './fields.ts';
import { findingCode, level } from './finding-codes.ts';
import { MAX_SMALL_BYTES } from './limits.ts';
import { defineMessage } from './message.ts';
import { upTopic } from './topics.ts';

export const eventSchema = z.discriminatedUnion('is', [
  z.strictObject({
    is: z.literal('finding'),
    code: findingCode,
    level,
    on: z.boolean().describe('Whether it came; else it went.'),
  }),
  z.strictObject({
    is: z.literal('gap'),
    of: z.enum(['health', 'audit', 'event', 'response', 'csr']).describe('Kind of the messages that are lost.'),
    lost: whole(1, 99_999_999).describe('How many; of health: samples.'),
    why: z
      .enum(['age', 'room', 'form'])
      .describe('A week old; no room for more; of an older program, and not understood.'),
    from: instant.describe('When the first of them was made.'),
    until: instant.describe('When the last was.'),
  }),
]);

export type Event = z.infer<typeof eventSchema>;

export const event = defineMessage({
  name: 'event',
  direction: 'up',
  topic: (box: string) => upTopic('event', box),
  qos: 1,
  retain: false,
  maxBytes: MAX_SMALL_BYTES,
  schema: eventSchema,
  version: 1,
});
