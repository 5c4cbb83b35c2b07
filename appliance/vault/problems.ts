import { problemsOf } from '@belkluis/shared/base/problem';

/** What can go wrong in the vault, and what the person who sees it does. */
export const problem = problemsOf({
  recording_unknown: 'There is no recording of this id. It may have been erased: the audit log says when and why.',
  recording_erased: 'This recording has been erased. The audit log says when and why.',
  wraps_missing: 'The keys of this recording are gone, so nobody can open it.',
  content_damaged: 'The sealed file of this recording is damaged. Restore it from a backup.',
  disk_failed:
    'The disk did not store a part of this recording, so it ends here; what came before is kept. Check the disk before it fails whole.',
  recording_in_progress: 'This recording has not ended yet. Erase it after the call.',
  recording_held: 'A legal hold keeps this recording. Whoever owns the case decides when the hold is lifted.',
  recording_restricted: 'The processing of this recording is restricted (GDPR 18). Lift the restriction first.',
  legal_retention:
    'The law demands that this recording is kept for now (GDPR 17(3)(b)). It leaves when that time is over.',
  content_not_removed:
    'The keys of expired recordings are destroyed, but the disk does not remove their sealed files. Check the file system of the data directory.',
  purpose_bound:
    'A recording keeps the purpose that its callers were told (GDPR 5(1)(b), 6(4)). Give the new purpose to calls from now on, in the policy.',
  use_not_allowed: 'This recording may not be used for that. It may be used for what its callers were told.',
  export_not_allowed:
    'Its level lets this recording leave the box for other uses, not for this one: from sensitive on nothing leaves for training, and high leaves for the person concerned and an authority alone. Open it at the desk instead.',
  recording_objected:
    'Somebody in the call objected to this recording, so it is being erased and nobody opens it any more. The audit log says when.',
  number_withheld: 'This number is withheld, so the box could not know it again. Ask the person for the number.',
  number_wrong: 'This is no number. Give one such as +31201234567, or the name of a phone.',
  case_wrong: 'The case has 200 characters at most.',
  objections_full: 'The box keeps no more objections than this. Remove those that nobody needs.',
  objection_unknown: 'There is no objection of this id. List them to find it; one that nobody met for long has left.',
  erase_not_certain: 'The keystore could not be cleaned while something reads it. It is tried again in 15 minutes.',
  time_not_doubted: 'The box believes its clock, so there is nothing to confirm.',
  exception_unknown: 'There is no such exception. It may have left with its term.',
  exception_explained: 'Somebody has explained this exception already.',
  explanation_missing: 'Say in a sentence why the call was not recorded, and what was done.',
  hold_on_all: 'A hold names the recordings of one case, never all of them. Choose those that the case needs.',
  hold_too_large: 'A hold takes no more recordings than this. Choose more narrowly, or place one hold for each case.',
  hold_incomplete:
    'A hold needs its case, a reason and an owner, and lifting it needs a reason. Fill in what is missing.',
  hold_review: 'A hold needs a day on which somebody reviews it: in the future, and at most 366 days away.',
  hold_unknown: 'There is no hold of this id. List them to find it.',
  hold_lifted: 'This hold has been lifted. Place a new one if the case needs it again.',
  lift_not_asked: 'Nobody has asked to lift this hold yet. One person asks; another lifts.',
  same_person: 'Who asked to lift a hold cannot lift it too. Another person must do that.',
  restriction_incomplete: 'A restriction needs a reason, of 500 characters at most. Say who asked for it and why.',
  restricted_already: 'This recording is restricted already. Lift that restriction before you place another.',
  not_restricted: 'This recording is not restricted.',
  tpm_unavailable:
    'The TPM that guards the keystore does not answer. Nothing is lost: check that tpm2-tools is installed, that the TPM is there, and that this user may use it (group tss).',
  epoch_key_missing:
    'The key of the keystore is gone, or belongs to another TPM. Put it back, or restore the keystore from a backup.',
  keystore_rolled_back:
    'This keystore is an old copy: its key has been destroyed since. Put the present one back, or restore from a backup.',
  keystore_incomplete:
    'Only an unfinished copy of the keystore is here, not the one in force. Put that one back, or restore from a backup.',
  keystore_damaged:
    'An entry of the keystore was changed, or does not belong to it. Restore the keystore from a backup.',
  keystore_locked:
    'Another process of this box holds the keystore. Try again in a minute; if it lasts, restart the box.',
  advance_running: 'The key of the keystore is being changed by another process just now. Try again in a minute.',
});
