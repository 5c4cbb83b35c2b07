/** What became of a command, whose id is in the topic. A command that comes twice is answered twice, and done once. */
import { z } from 'zod';
import { whole } from './fields.ts';
import { MAX_SMALL_BYTES } from './limits.ts';
import { defineMessage } from './message.ts';
import { responseTopic } from './topics.ts';

export const responseSchema = z.discriminatedUnion('state', [
  z.strictObject({ state: z.enum(['accepted', 'done']) }),
  z.strictObject({ state: z.literal('running'), percent: whole(0, 100) }),
  z.strictObject({
    state: z.literal('refused'),
    why: z.enum(['expired', 'busy', 'unsupported', 'too_often']),
  }),
  z.strictObject({
    state: z.literal('failed'),
    why: z.enum(['interrupted', 'internal', 'test_call_failed']).describe('`interrupted`: the box restarted in it.'),
  }),
]);

export type Response = z.infer<typeof responseSchema>;

export const response = defineMessage({
  name: 'response',
  direction: 'up',
  topic: responseTopic,
  qos: 1,
  retain: false,
  maxBytes: MAX_SMALL_BYTES,
  schema: responseSchema,
  version: 1,
});
