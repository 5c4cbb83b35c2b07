/** What every box of a fleet should know: which contract the fleet reads, and which lists are newest. The lists themselves come over HTTPS. */
import { z } from 'zod';
import { count, sha256, whole } from './fields.ts';
import { MAX_SMALL_BYTES } from './limits.ts';
import { defineMessage } from './message.ts';
import { BROADCAST_TOPIC } from './topics.ts';

const pointer = z.strictObject({ version: count, hash: sha256 }).nullable();

export const broadcastSchema = z.strictObject({
  reads: whole(1, 999).describe('Version of the contract that the fleet reads.'),
  trust: pointer.describe('Whose signatures count.'),
  revoked: pointer.describe('Certificates that do not count any more.'),
});

export type Broadcast = z.infer<typeof broadcastSchema>;

export const broadcast = defineMessage({
  name: 'broadcast',
  direction: 'down',
  topic: () => BROADCAST_TOPIC,
  qos: 1,
  retain: true,
  maxBytes: MAX_SMALL_BYTES,
  schema: broadcastSchema,
  version: 1,
});
