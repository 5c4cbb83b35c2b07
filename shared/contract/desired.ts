/**
 * The policy that the fleet wants of a box: a DSSE envelope whose signatures the box verifies and whose bytes it judges. What it holds is written by
 * the organisation, never out of a call. Retained; an empty message under this topic says that nothing is wanted.
 */
import { z } from 'zod';
import { base64Between, base64Of, sha256 } from './fields.ts';
import { MAX_MESSAGE_BYTES, MAX_POLICY_BYTES, MAX_SIGNATURES } from './limits.ts';
import { defineMessage } from './message.ts';
import { downTopic } from './topics.ts';

export const desiredSchema = z.strictObject({
  payloadType: z.string().regex(/^application\/vnd\.belkluis\.policy\+json;version=[1-9]$/),
  payload: base64Between(300, MAX_POLICY_BYTES).describe('The policy.'),
  signatures: z
    .array(z.strictObject({ keyid: sha256, sig: base64Of(64).describe('Ed25519.') }))
    .min(1)
    .max(MAX_SIGNATURES),
});

export type Desired = z.infer<typeof desiredSchema>;

export const desired = defineMessage({
  name: 'desired',
  direction: 'down',
  topic: (box: string) => downTopic('desired', box),
  qos: 1,
  retain: true,
  maxBytes: MAX_MESSAGE_BYTES,
  schema: desiredSchema,
  version: 1,
});
