/** The list of those whom recordings are sealed to, signed by the customer's keyring key: not even the fleet can add one. */
import { z } from 'zod';
import { controlsOf } from './level-controls.ts';
import type { Purpose } from './purpose.ts';
import type { Policy } from './schema.ts';

export const RECIPIENTS_TYPE = 'application/vnd.belkluis.recipients+json;version=1';

/** Recipients of one box: each adds a wrap of about 100 bytes to every recording. */
const MAX_RECIPIENTS = 32;

const recipientSchema = z.strictObject({
  role: z.enum(['custodian', 'escrow']).describe('Who may open recordings, or what opens them when all else is lost.'),
  name: z.string().min(1).max(100).describe('User ID of the key.'),
  fingerprint: z
    .string()
    .regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/)
    .describe('Fingerprint of the primary key, lower-case hex: compared out of band by two people.'),
  certificate: z
    .string()
    .min(1)
    .max(100_000)
    .refine((text) => !text.includes('PRIVATE KEY'), { message: 'is a private key, which must never reach a box' })
    .describe('Armored OpenPGP certificate.'),
});

const distinct = (values: readonly string[]) => new Set(values).size === values.length;

export const recipientsSchema = z
  .strictObject({
    schemaVersion: z.literal(1).describe('Which form of list this is.'),
    listVersion: z.number().int().positive().describe('Version of the policy that it was signed with.'),
    issuedAt: z.iso.datetime().describe('When it was signed.'),
    recipients: z.array(recipientSchema).min(2).max(MAX_RECIPIENTS).describe('The keys.'),
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

/** Those of the list whom recordings of a purpose are sealed to. */
export const sealedTo = (list: readonly Recipient[], only: Purpose['recipients']): readonly Recipient[] =>
  only === null ? list : list.filter(({ fingerprint }) => only.includes(fingerprint));

export interface RecipientsFault {
  readonly code: 'recipient_unknown' | 'recipients_incomplete' | 'custodians_too_few';
  /** Of the field that must change. */
  readonly path: string;
}

/** What a policy asks of the list of recipients and the list has not. */
export function recipientsFaults(
  { purposes, rules }: Pick<Policy, 'purposes' | 'rules'>,
  { recipients: list }: Pick<Recipients, 'recipients'>,
): readonly RecipientsFault[] {
  const custodians = ({ recipients }: Purpose) =>
    sealedTo(list, recipients).filter(({ role }) => role === 'custodian').length;
  const ofPurposes = purposes.flatMap((purpose, index): RecipientsFault[] => {
    const at = (field: string) => `purposes.${index}.${field}`;
    const listed = list.map(({ fingerprint }) => fingerprint);
    const unknown = purpose.recipients?.map((one) => listed.includes(one)).indexOf(false) ?? -1;
    if (unknown >= 0) return [{ code: 'recipient_unknown', path: at(`recipients.${unknown}`) }];
    const escrows = sealedTo(list, purpose.recipients).filter(({ role }) => role === 'escrow').length;
    if (escrows === 0 || custodians(purpose) === 0) return [{ code: 'recipients_incomplete', path: at('recipients') }];
    return custodians(purpose) < controlsOf(purpose.level).custodians
      ? [{ code: 'custodians_too_few', path: at('level') }]
      : [];
  });
  const ofRules = rules.flatMap(({ purpose: id, level }, index): RecipientsFault[] => {
    const purpose = purposes.find((one) => one.id === id);
    if (!purpose || !level || custodians(purpose) >= controlsOf(level).custodians) return [];
    return [{ code: 'custodians_too_few', path: `rules.${index}.level` }];
  });
  return [...ofPurposes, ...ofRules];
}
