/** From what a policy says to the signed document of one box. Pure but for the signature. */

import { type Envelope, type Signer, signEnvelope } from '@belkluis/shared/policy/dsse';
import { POLICY_TYPE, type Policy } from '@belkluis/shared/policy/schema';
import { bodyFields, type PolicyBody } from './content.ts';
import { POLICY_LIFE_MS } from './limits.ts';
import { sha256 } from './parts.ts';

export interface ForBox {
  readonly box: string;
  readonly version: number;
  /** Hash of the policy that the box has in force. */
  readonly previous: string;
  /** Wall clock, ms. */
  readonly now: number;
}

/** The whole document, for one box alone. */
export function documentOf(
  { body, recipients }: { readonly body: PolicyBody; readonly recipients: Policy['recipients'] },
  { box, version, previous, now }: ForBox,
): Policy {
  return {
    schemaVersion: 2,
    audience: [box],
    version,
    previousHash: previous,
    issuedAt: new Date(now).toISOString(),
    expiresAt: new Date(now + POLICY_LIFE_MS).toISOString(),
    ...Object.fromEntries(bodyFields.map((name) => [name, body[name as keyof PolicyBody]])),
    recipients,
  } as Policy;
}

export interface SignedPolicy {
  readonly hash: string;
  readonly envelope: Envelope;
  readonly expiresAt: number;
}

/** Signed by each of `signers`: a box believes the one that it has pinned. */
export function signed(document: Policy, signers: readonly Signer[]): SignedPolicy {
  const payload = Buffer.from(JSON.stringify(document));
  return {
    hash: sha256(payload),
    envelope: signEnvelope(POLICY_TYPE, payload, signers),
    expiresAt: Date.parse(document.expiresAt),
  };
}

/** The same again, to follow what the box has now. */
export const again = (document: Policy, to: ForBox, signers: readonly Signer[]): SignedPolicy =>
  signed(
    {
      ...document,
      audience: [to.box],
      version: to.version,
      previousHash: to.previous,
      issuedAt: new Date(to.now).toISOString(),
      expiresAt: new Date(to.now + POLICY_LIFE_MS).toISOString(),
    },
    signers,
  );
