/**
 * What the fleet asks of a box, once. All of these leave the box as it is; what changes it is a policy, or will come signed. Its id is that of the
 * envelope, and in the topic.
 */
import { z } from 'zod';
import { instant } from './fields.ts';
import { MAX_SMALL_BYTES } from './limits.ts';
import { defineMessage } from './message.ts';
import { commandTopic } from './topics.ts';

export const commandSchema = z.strictObject({
  op: z
    .enum(['sync', 'renew', 'test_call'])
    .describe('Tell everything again; ask for a new certificate; place a test call now.'),
  expiresAt: instant.describe('From then on the box does not do it.'),
});

export type Command = z.infer<typeof commandSchema>;

export const command = defineMessage({
  name: 'command',
  direction: 'down',
  topic: commandTopic,
  qos: 1,
  retain: false,
  maxBytes: MAX_SMALL_BYTES,
  schema: commandSchema,
  version: 1,
});
