/** Whether a box is there. Its will says that it is not, by the same boot and connection. */
import { z } from 'zod';
import { certificateSerial, count, nonce, softwareVersion, whole } from './fields.ts';
import { MAX_SMALL_BYTES } from './limits.ts';
import { defineMessage } from './message.ts';
import { upTopic } from './topics.ts';

export const presenceSchema = z.strictObject({
  is: z.enum(['online', 'offline', 'sleep']).describe('`sleep`: it said that it stops.'),
  boot: nonce.describe('Made at each start of the program.'),
  conn: count.describe('Counts connections, over restarts too.'),
  software: softwareVersion,
  policyVersion: count.nullable().describe('Of the policy in force; null: there is none.'),
  reads: whole(1, 999).describe('Version of the contract that the box reads.'),
  certificate: certificateSerial
    .optional()
    .describe('By which the box shows who it is on this connection: a broker beside the fleet does not tell.'),
});

export type Presence = z.infer<typeof presenceSchema>;

export const presence = defineMessage({
  name: 'presence',
  direction: 'up',
  topic: (box: string) => upTopic('presence', box),
  qos: 1,
  retain: true,
  maxBytes: MAX_SMALL_BYTES,
  schema: presenceSchema,
  version: 1,
});

/**
 * What is so after `heard`. A goodbye counts only from the connection that is up: the will of an old one comes late, when the broker gives
 * up on it, and by then the box may be back.
 */
export function presenceAfter(known: Presence | null, heard: Presence): Presence {
  if (!known || heard.is === 'online') return heard;
  return known.boot === heard.boot && known.conn === heard.conn ? heard : known;
}
