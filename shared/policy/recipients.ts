/** The list of those whom recordings are sealed to, signed by the customer's keyring key: not even the fleet can add one. */
import { z } from 'zod';

export const RECIPIENTS_TYPE = 'application/vnd.belkluis.recipients+json;version=1';

/** Recipients of one box: each adds a wrap of about 100 bytes to every recording. */
const MAX_RECIPIENTS = 32;

const recipientSchema = z.strictObject({
  role: z.enum(['custodian', 'escrow']),
  name: z.string().min(1).max(100),
  /** Fingerprint of the primary key, lower-case hex: compared out of band by two people. */
  fingerprint: z.string().regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/),
  /** Armored OpenPGP certificate. */
  certificate: z
    .string()
    .min(1)
    .max(100_000)
    .refine((text) => !text.includes('PRIVATE KEY'), { message: 'is a private key, which must never reach a box' }),
});

const distinct = (values: readonly string[]) => new Set(values).size === values.length;

export const recipientsSchema = z
  .strictObject({
    schemaVersion: z.literal(1),
    listVersion: z.number().int().positive(),
    issuedAt: z.iso.datetime(),
    recipients: z.array(recipientSchema).min(2).max(MAX_RECIPIENTS),
  })
  .refine(({ recipients }) => recipients.some(({ role }) => role === 'custodian'), {
    message: 'needs a custodian: somebody must be able to open recordings',
  })
  .refine(({ recipients }) => recipients.some(({ role }) => role === 'escrow'), {
    message: 'needs an escrow key: without it one lost key loses every recording',
  })
  .refine(({ recipients }) => distinct(recipients.map(({ fingerprint }) => fingerprint)), {
    message: 'names a key twice',
  });

export type Recipient = z.infer<typeof recipientSchema>;
export type Recipients = z.infer<typeof recipientsSchema>;
