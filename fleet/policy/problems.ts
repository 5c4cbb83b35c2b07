import { problemsOf } from '@belkluis/shared/base/problem';

/** What can be wrong with policies at the fleet. What is another tenant's is unknown. */
export const problem = problemsOf({
  level_unknown: 'There is no such MSP, customer, site or box here.',
  level_invalid: 'This level says something that no policy can say. Correct the field named here.',
  level_changed: 'Somebody else changed this level meanwhile. Look at what it says now, and change that.',
  level_locked: 'A level above has locked this. Ask whoever wrote it, or leave it out here.',
  scope_too_small: 'Your role covers a part of this only. Ask somebody whose role covers all of it.',
  document_invalid: 'This is no policy of a box. Bring current.json from its policy folder, as it is.',
  document_large: 'The policy is too large to be sent. Shorten what is named here; a message takes 32,768 bytes.',
  documents_full: 'As many policies of customers were brought as fit. Tell whoever runs this server.',
  box_unknown: 'There is no such box here.',
  nothing_chosen: 'No box is chosen. Choose boxes, sites or customers that have some.',
  too_many_boxes: 'These are more boxes than one rollout takes. Choose fewer, and make a second one.',
  nothing_to_sign: 'No policy of these boxes changes. There is nothing to sign.',
  preview_old:
    'What would be signed is not what you looked at: a level, or a box, has changed meanwhile. Look at it again, then sign.',
  some_cannot:
    'Some of these boxes would refuse it, or must not get it. Leave them out, or correct what is named here.',
  agreement_missing: 'There is no processing agreement with this customer (GDPR 28(3)). Nothing is signed without one.',
  agreement_expired:
    'The processing agreement with this customer has ended. Renew it first; until then nothing is sent.',
  signed_meanwhile: 'Somebody else signed for one of these boxes at the same moment. Look at it again.',
  rings_invalid: 'The rings do not fit. Correct what is named here.',
  rollout_unknown: 'There is no such rollout.',
  rollout_over: 'This rollout is over: it is done or was cancelled.',
  rollout_not_halted: 'This rollout is not halted.',
  rollout_changed: 'The rollout changed at this moment. Look at it again.',
  policy_key_elsewhere:
    'The key with which this MSP signs policies is not on this machine. Copy the folder policy-keys from where it was made.',
});
