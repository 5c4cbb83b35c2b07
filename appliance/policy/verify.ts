/** From bytes that somebody sent to a policy that may be in force. Every check before the next one looks inside. */
import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import type { PolicyInForce } from '@belkluis/shared/policy/decide';
import { envelopeSchema, keyName, MAX_ENVELOPE_LENGTH, openEnvelope } from '@belkluis/shared/policy/dsse';
import { lawFindings } from '@belkluis/shared/policy/packs/find';
import {
  RECIPIENTS_TYPE,
  type Recipients,
  recipientsFaults,
  recipientsSchema,
} from '@belkluis/shared/policy/recipients';
import { POLICY_TYPE, policySchema } from '@belkluis/shared/policy/schema';
import { z } from 'zod';
import { lawDetail, problem } from './problems.ts';

/**
 * Whose a key is: a policy of the customer's says anything, one of the fleet's what the policy in force lets it change, one that the desk signs
 * for a data protection officer anything but who may open recordings. What a key signed that was taken back is still read, and nothing new of it.
 */
const owners = ['customer', 'fleet', 'desk', 'former'] as const;

export type Owner = (typeof owners)[number];

/** Whom the box believes. Written at installation; no message changes it. */
export interface Trust {
  readonly policyKeys: readonly { readonly key: KeyObject; readonly of: Owner }[];
  /** The customer's own key: the only one that may name recipients. */
  readonly keyringKey: KeyObject;
}

const trustSchema = z.strictObject({
  // A key alone is how earlier versions wrote it: nobody said then whose it is.
  policyKeys: z
    .array(z.union([z.string(), z.strictObject({ key: z.string(), of: z.enum(owners) })]))
    .min(1)
    .max(16),
  keyringKey: z.string(),
});

/** Reads trust.json: PEM public keys (Ed25519), the customer's first. @throws Problem `trust_invalid`. */
export function readTrust(text: string): Trust {
  try {
    const { policyKeys, keyringKey: keyringPem } = trustSchema.parse(JSON.parse(text));
    const keyringKey = createPublicKey(keyringPem);
    const keys = policyKeys.map((one) => {
      const key = createPublicKey(typeof one === 'string' ? one : one.key);
      const said = typeof one === 'string' ? 'fleet' : one.of;
      return { key, of: keyName(key) === keyName(keyringKey) ? 'customer' : said };
    });
    // Of an envelope with both signatures the customer's counts.
    return { policyKeys: keys.sort((one, other) => owners.indexOf(one.of) - owners.indexOf(other.of)), keyringKey };
  } catch (cause) {
    throw problem('trust_invalid', undefined, cause);
  }
}

/** A policy whose signatures, form and recipients have been checked. */
export interface VerifiedPolicy extends PolicyInForce {
  readonly recipients: Recipients;
  /** Name of the key that signed it. */
  readonly signer: string;
  readonly signerIs: Owner;
}

const firstIssue = (error: z.ZodError): string => {
  const [issue] = error.issues;
  return `${issue?.path.join('.') || 'the document'}: ${issue?.message}`;
};

const tryJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/**
 * Checks signature, then form, then the recipients' own signature, then whether they are those that its purposes need.
 * @throws Problem `policy_malformed`, `policy_untrusted`, `policy_invalid`, `recipients_untrusted`, `recipients_invalid`,
 * `recipient_unknown`, `recipients_incomplete`, `custodians_too_few`.
 */
export function verifyPolicy(text: string, trust: Trust): VerifiedPolicy {
  const envelope = text.length > MAX_ENVELOPE_LENGTH ? undefined : envelopeSchema.safeParse(tryJson(text)).data;
  if (!envelope) throw problem('policy_malformed');
  const opened = openEnvelope(
    envelope,
    POLICY_TYPE,
    trust.policyKeys.map(({ key }) => key),
  );
  if (!opened) throw problem('policy_untrusted');
  const policy = policySchema.safeParse(tryJson(opened.payload.toString('utf8')));
  if (!policy.success) throw problem('policy_invalid', firstIssue(policy.error));
  const list = openEnvelope(policy.data.recipients, RECIPIENTS_TYPE, [trust.keyringKey]);
  if (!list) throw problem('recipients_untrusted');
  const recipients = recipientsSchema.safeParse(tryJson(list.payload.toString('utf8')));
  if (!recipients.success) throw problem('recipients_invalid', firstIssue(recipients.error));
  const [fault] = recipientsFaults(policy.data, recipients.data);
  if (fault) throw problem(fault.code, fault.path);
  return {
    policy: policy.data,
    hash: createHash('sha256').update(opened.payload).digest('hex'),
    recipients: recipients.data,
    signer: keyName(opened.signer),
    signerIs: trust.policyKeys.find(({ key }) => key === opened.signer)?.of ?? 'fleet',
  };
}

/** SHA-256 of what was signed, hex, whoever signed it; null: nothing that could have been. Names a policy that is refused. */
export function hashOf(text: string): string | null {
  const envelope = text.length > MAX_ENVELOPE_LENGTH ? undefined : envelopeSchema.safeParse(tryJson(text)).data;
  return envelope ? createHash('sha256').update(Buffer.from(envelope.payload, 'base64')).digest('hex') : null;
}

/**
 * Whether a verified policy may take the place of `current` now, on this box, by the law of now: one that is in force stays so, whatever
 * law begins to bind later.
 * @throws Problem `policy_not_for_this_box`, `policy_rollback`, `policy_out_of_order`, `policy_expired`, `policy_against_law`.
 */
export function checkSuccession(
  next: VerifiedPolicy,
  current: VerifiedPolicy | null,
  deviceId: string,
  now: number,
): void {
  const { audience, version, previousHash, expiresAt } = next.policy;
  if (!audience.includes('*') && !audience.includes(deviceId)) throw problem('policy_not_for_this_box');
  if (current && version <= current.policy.version) throw problem('policy_rollback');
  if (current && previousHash !== current.hash) throw problem('policy_out_of_order');
  if (Date.parse(expiresAt) <= now) throw problem('policy_expired');
  const [forbidden] = lawFindings(next.policy, now);
  if (forbidden) throw problem('policy_against_law', lawDetail(forbidden));
}
