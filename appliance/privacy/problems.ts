import { problemsOf } from '@belkluis/shared/base/problem';

export const problem = problemsOf({
  no_policy: 'No policy is in force, so there is nothing to tell anybody. Apply a policy first.',
  purpose_unknown: 'The policy in force has no such purpose. `belkluis policy show` names them.',
  extension_name:
    'An extension is named by 1 to 64 letters, digits, dots, dashes, underscores or plus signs, as its phone or PBX calls it.',
  notice_outdated:
    'This is not the version of the notice that is in force, so nothing was taken over. Have the present one read and signed: `belkluis notice staff` prints it.',
  acknowledgement_unknown: 'There is no such acknowledgement. `belkluis notices list` shows all.',
  acknowledged_ahead: 'Nobody acknowledges in the future. Correct the date.',
  list_malformed:
    'The list cannot be read, so nothing was taken over. It is CSV with the columns extension, purpose, version and date (2026-11-25).',
  not_by_interest:
    'This purpose does not rest on a legitimate interest, so there is nothing to weigh. Its basis is GDPR 6(1) by the letter in its `lawfulBasis`.',
  register_unknown: 'There is no such version of the register. Without --version, the newest is shown.',
});
