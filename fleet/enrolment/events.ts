/** What this room tells the fleet's own log: a closed list. Ids and codes only; the code that was typed is in none. */
import type { RefusalCode } from '@belkluis/shared/contract/enrolment/messages';
import type { RevocationReason } from './store.ts';

export type EnrolmentEvent =
  /** Somebody of an MSP typed a box's code at a site; and typed one that no box shows. */
  | {
      readonly kind: 'claim_typed';
      readonly actor: string;
      readonly claim: string;
      readonly msp: string;
      readonly site: string;
    }
  | { readonly kind: 'claim_code_wrong'; readonly actor: string; readonly msp: string }
  /** A box proved that it knows the code; and one did not, or may not be paired. */
  | { readonly kind: 'claim_proven'; readonly actor: 'fleet'; readonly claim: string; readonly box: string }
  | { readonly kind: 'claim_proof_failed'; readonly actor: 'fleet'; readonly claim: string; readonly why: RefusalCode }
  | { readonly kind: 'claim_withdrawn'; readonly actor: string; readonly claim: string }
  | { readonly kind: 'claim_refused'; readonly actor: 'box'; readonly claim: string }
  | {
      readonly kind: 'certificate_issued';
      readonly actor: 'fleet';
      readonly box: string;
      readonly serial: string;
      readonly renewed: boolean;
    }
  | {
      readonly kind: 'certificates_revoked';
      readonly actor: string;
      readonly box: string;
      readonly reason: RevocationReason;
    };

/** Appends durably. Throws when it cannot: then nothing is done. */
export type Append = (event: EnrolmentEvent) => Promise<void> | void;
