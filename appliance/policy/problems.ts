import { problemsOf } from '@belkluis/shared/base/problem';
import type { LawFinding } from '@belkluis/shared/policy/packs/find';

/** What can be wrong with a policy, and what the person who applies it does about it. */
export const problem = problemsOf({
  policy_malformed: 'This is not a signed policy. Sign one with `belkluis policy sign`.',
  policy_untrusted: 'No key that this box trusts signed this policy. Sign it with a key named in trust.json.',
  policy_invalid:
    'The signature is good, but the policy says something that the box does not accept. Correct what is named here and sign it again.',
  policy_not_for_this_box: 'The policy is for other boxes. Add this box to its audience, or send it to the right one.',
  policy_rollback: 'The box has a policy of this version or a newer one. Raise the version.',
  policy_out_of_order:
    'The policy does not follow the one in force. Set previousHash to the hash that `belkluis policy show` prints.',
  policy_expired: 'The policy expired before it arrived. Sign it again with a later expiresAt.',
  policy_first_is_the_customers:
    'The first policy of a box is the customer’s own. Sign it with the keyring key; the fleet may then change what its bounds allow.',
  policy_out_of_bounds:
    'The policy in force does not let the fleet change this. Leave out what is named here, or have the customer sign it.',
  policy_signer_former:
    'Whoever signed this may sign for this box no more: a fleet that it left, or the desk. The customer can, or the fleet that it is with now.',
  policy_recipients_not_the_desks:
    'The desk may not say who opens recordings. Only the customer can sign another list of recipients, with the keyring key.',
  desk_key_untrusted:
    'The box does not let this desk sign policies. `belkluis trust desk --as NAME` does, by a data protection officer.',
  policy_nothing_waits: 'No policy waits. `belkluis policy versions` shows which one is in force.',
  policy_another_waits: 'Another policy waits now than the one that you looked at. Look at it before you decide.',
  policy_needs_no_approval:
    'Nothing in this policy waits for an approval, only for its day. It can be refused until then.',
  approval_reason_needed: 'Say why, in a sentence of 20 to 500 characters: it stays with the policy.',
  recipients_untrusted:
    'The list of recipients is not signed by the keyring key of this box. Only the customer can sign it, with the keyring key.',
  recipients_invalid: 'The list of recipients is signed but not usable. Correct what is named here and sign it again.',
  recipient_unknown:
    'A purpose names a key that is not in the list of recipients. Correct the fingerprint, or sign with its certificate.',
  recipients_incomplete:
    'A purpose needs at least one custodian and one escrow key among its recipients: without them nobody can open its recordings, or one lost key loses them.',
  custodians_too_few:
    'Recordings of level high need two custodians: add one to the recipients and sign again, or lower the level.',
  policy_against_law:
    'Law that binds these calls forbids what the policy says. Change the field that is named here, and sign it again.',
  trust_missing: 'The box does not know whom to trust yet. Set it up with `belkluis trust set`.',
  trust_invalid: 'The file trust.json is damaged. Restore it from the backup of the installation.',
  voice_failed:
    'The announcement could not be spoken. Check that espeak-ng is installed, or bind a WAV file to the announcement.',
  wav_outdated:
    'The WAV file of the announcement says what an earlier policy said. Record the sentence that `belkluis policy text` prints, and bind the new file to it.',
  wav_missing:
    'The WAV file of the announcement is missing. Bring the file with the hash named here by `belkluis policy wav FILE`.',
});

/** The detail of `policy_against_law`: which field, what to change, which article. */
export const lawDetail = ({ path, says, article }: LawFinding): string => `${path}: ${says.en} ${article}`;
