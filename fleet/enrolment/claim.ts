/** A claim: somebody of an MSP typed a box's code at a site. */
import type { Tries } from '@belkluis/shared/contract/enrolment/tries';

/** Whether there is a processing agreement with the customer (GDPR 28(3)); without one no box is paired. */
export type Agreement = 'valid' | 'missing' | 'expired';

/**
 * `typed`: the box has not proved yet that it knows the code. `proven`: it has, and a person at the box decides. `enrolled`: they confirmed, and the box has
 * a certificate. `refused`, `left`: they did not, or do no more.
 */
export const claimStates = ['typed', 'proven', 'enrolled', 'refused', 'left'] as const;

export type ClaimState = (typeof claimStates)[number];

/** What a person at the box is shown. */
export interface Claimant {
  /** Ids of the MSP and of its site. */
  readonly msp: string;
  readonly site: string;
  readonly mspName: string;
  readonly siteName: string;
  /** With which this MSP signs policies: SPKI of an Ed25519 key, base64. */
  readonly policyKey: string;
}

export interface Claim extends Claimant {
  readonly id: string;
  readonly state: ClaimState;
  readonly locator: string;
  /** Hex; empty as soon as nobody needs it. */
  readonly proofKey: string;
  /** Wall clock, ms: until then it may go on to the next state. */
  readonly expiresAt: number;
  /** Of boxes that wanted to prove that they know the code. */
  readonly tries: Tries | null;
  /** What was proved; null before. */
  readonly box: ProvenBox | null;
}

/** A box that proved that it knows the code, on its own TLS session. */
export interface ProvenBox {
  readonly box: string;
  /** SPKI of an Ed25519 key, base64. */
  readonly auditKey: string;
  /** DER, base64. */
  readonly csr: string;
}

/** What the fleet knew of a box before. */
export interface KnownBox {
  readonly auditKey: string;
  /** Where it is enrolled with a certificate that is neither revoked nor expired; null: nowhere. */
  readonly site: string | null;
}
