/** A box wants a certificate for a new key. What is in the request (PKCS #10) is checked by who issues: the box's id, and nothing else. */
import { z } from 'zod';
import { base64Between } from './fields.ts';
import { MAX_DER_BYTES } from './limits.ts';
import { defineMessage } from './message.ts';
import { upTopic } from './topics.ts';

/** DER, whose first byte says SEQUENCE and whose second that its length takes more than one: `MI`. */
export const csrSchema = z.strictObject({ csr: base64Between(150, MAX_DER_BYTES, 'MI') });

export type Csr = z.infer<typeof csrSchema>;

export const csr = defineMessage({
  name: 'csr',
  direction: 'up',
  topic: (box: string) => upTopic('csr', box),
  qos: 1,
  retain: false,
  maxBytes: 2 * MAX_DER_BYTES,
  schema: csrSchema,
  version: 1,
});
