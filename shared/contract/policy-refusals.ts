/** Why a box did not take a policy, by the codes of `appliance/policy`: `test/contract.test.ts` holds the two together. */
import { z } from 'zod';

export const policyRefusal = z.enum([
  'policy_malformed',
  'policy_untrusted',
  'policy_invalid',
  'policy_not_for_this_box',
  'policy_rollback',
  'policy_out_of_order',
  'policy_expired',
  'policy_first_is_the_customers',
  'policy_out_of_bounds',
  'policy_signer_former',
  'policy_recipients_not_the_desks',
  'desk_key_untrusted',
  'policy_nothing_waits',
  'policy_another_waits',
  'policy_needs_no_approval',
  'approval_reason_needed',
  'recipients_untrusted',
  'recipients_invalid',
  'recipient_unknown',
  'recipients_incomplete',
  'custodians_too_few',
  'policy_against_law',
  'trust_missing',
  'trust_invalid',
  'voice_failed',
  'wav_outdated',
  'wav_missing',
  // What the audit log says of one that waited: a person there refused it, nobody decided, a newer one came.
  'refused',
  'expired',
  'replaced',
  // The box could not: a full disk, a log that takes nothing.
  'box_failed',
]);

export type PolicyRefusal = z.infer<typeof policyRefusal>;
