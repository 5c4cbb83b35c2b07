/** What the fleet as witness answers to a checkpoint (`Answer` in `shared/audit/witness.ts`). */
import { z } from 'zod';
import { base64Of, count, ulid } from './fields.ts';
import { MAX_SMALL_BYTES } from './limits.ts';
import { defineMessage } from './message.ts';
import { downTopic } from './topics.ts';

/** Name of a fleet as witness. `fleetId`: 128 bits of chance, hex. */
export const witnessName = (fleetId: string): string => `fleet/${fleetId}`;

/** A signature line (c2sp.org/tlog-cosignature): 4 bytes of key id, 8 of time, 64 of Ed25519. */
const LINE = /^— fleet\/[0-9a-f]{32} [A-Za-z0-9+/]{102}==$/;

const answers = ulid.describe('Id of the message with the checkpoint.');
const size = count.describe('Size that the witness remembers.');

export const cosignatureSchema = z.discriminatedUnion('outcome', [
  z.strictObject({
    outcome: z.literal('cosigned'),
    answers,
    size: count.describe('Of the checkpoint.'),
    key: base64Of(32).describe('The witness’s Ed25519 key: a box pins the first one of its fleet.'),
    line: z.string().max(200).regex(LINE).describe('The signature line, without its newline.'),
  }),
  z.strictObject({ outcome: z.enum(['conflict', 'fork', 'rollback', 'inconsistent']), answers, size }),
  z.strictObject({ outcome: z.enum(['malformed', 'unsigned', 'unknown_log']), answers }),
]);

export type Cosignature = z.infer<typeof cosignatureSchema>;

export const cosignature = defineMessage({
  name: 'cosignature',
  direction: 'down',
  topic: (box: string) => downTopic('cosignature', box),
  qos: 1,
  retain: false,
  maxBytes: MAX_SMALL_BYTES,
  schema: cosignatureSchema,
  version: 1,
});
