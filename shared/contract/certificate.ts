/** The certificate that a box asked for, with its chain. */
import { z } from 'zod';
import { base64Between, ulid } from './fields.ts';
import { MAX_CHAIN, MAX_DER_BYTES } from './limits.ts';
import { defineMessage } from './message.ts';
import { downTopic } from './topics.ts';

export const certificateSchema = z.strictObject({
  answers: ulid.describe('Id of the request.'),
  chain: z
    .array(base64Between(200, MAX_DER_BYTES, 'MI'))
    .min(1)
    .max(MAX_CHAIN)
    .describe('DER, the box’s own first.'),
});

export type Certificate = z.infer<typeof certificateSchema>;

export const certificate = defineMessage({
  name: 'certificate',
  direction: 'down',
  topic: (box: string) => downTopic('certificate', box),
  qos: 1,
  retain: false,
  maxBytes: 2 * MAX_CHAIN * MAX_DER_BYTES,
  schema: certificateSchema,
  version: 1,
});
