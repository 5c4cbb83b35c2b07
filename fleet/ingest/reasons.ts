import { refusals } from '@belkluis/shared/contract/message';

/** Why a message is not kept, or what is odd about one that is; and what to do. */
export const reasons = {
  ...refusals,
  topic_foreign: 'A message came under a topic that no box has. See the access file of the broker.',
  from_future: 'The message is dated more than a day ahead. See the clock of the box.',
  from_past:
    'The message is older than a box keeps any. See the clock of the box; if it is right, somebody repeats old messages.',
  changed:
    'Two different messages have one id. Two programs have the certificate of this box, or its memory was damaged: revoke it if in doubt.',
  box_unknown: 'A box that is not in the inventory has a certificate of ours. Revoke it.',
  number_taken:
    'The box numbers its messages anew: it lost its memory, was put back from a copy, or there are two. Ask who is there.',
  clone_suspected: 'Two starts of one box take turns. Its disk was copied: revoke its certificate and enrol it anew.',
  clock_wrong:
    'The clock of the box differs from ours by more than two minutes. See whether it reaches its time server.',
  clock_right: 'The clock of the box is right again.',
} as const;

export type Reason = keyof typeof reasons;
