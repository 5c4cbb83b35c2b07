import type { AlertWords } from './words.ts';

export const en: AlertWords = {
  codes: {
    offline: {
      title: 'Box not heard',
      says: 'The box has no connection to the fleet. It goes on recording without one.',
      advice: 'See whether it has power and whether the network there lets it out.',
    },
    clock_skew: {
      title: 'Clock wrong',
      says: 'The clock of the box differs from that of the fleet by more than two minutes.',
      advice: 'See whether the box reaches its time server.',
    },
    policy_refused: {
      title: 'Policy refused',
      says: 'The box or somebody there refused the policy. The one of before stays in force.',
      advice: 'Read the reason on the page of the box, correct the policy and sign it again.',
    },
    policy_pending_long: {
      title: 'Policy waits for a decision',
      says: 'The policy has waited for a decision at the box for more than a week. Undecided it is put away.',
      advice: 'Ask the data protection officer there to decide about it.',
    },
    policy_drift: {
      title: 'Another policy in force',
      says: 'The box has another policy in force than the one that is wanted of it.',
      advice: 'Compare the two on the page of the box. Somebody may have applied one there.',
    },
    policy_altered: {
      title: 'Policy that nobody signed',
      says: 'The box refused a policy that nobody signed here: it was changed in the database or on its way. What was in force stays so.',
      advice: 'Tell whoever runs the server. Compare the policies of the box on its page before you sign another.',
    },
    rollout_halted: {
      title: 'Rollout halted',
      says: 'A rollout of policies was halted because too many boxes refused them or could not apply them.',
      advice: 'See on the page of the rollout what the boxes say, correct the policy, then go on or cancel it.',
    },
    audit_silent: {
      title: 'Audit log not heard',
      says: 'The box has not shown the head of its audit log for a day.',
      advice: 'See whether the box is online. If it is, look at its audit log there.',
    },
    audit_fork: {
      title: 'Audit log told two ways',
      says: 'The box signed two audit logs that cannot both be true. Both signed heads are kept as evidence.',
      advice: 'Tell the data protection officer. Change nothing at the box until somebody has compared them.',
    },
    audit_rollback: {
      title: 'Audit log shorter than before',
      says: 'The box signed an audit log that is shorter than one it signed before. Both signed heads are kept as evidence.',
      advice: 'Ask whether the box was restored from a backup. If nobody did that, tell the data protection officer.',
    },
    audit_inconsistent: {
      title: 'Audit log does not continue',
      says: 'The audit log of the box does not continue the one that was seen before. Both signed heads are kept as evidence.',
      advice: 'Tell the data protection officer. Change nothing at the box until somebody has compared them.',
    },
    software_stale: {
      title: 'Software is old',
      says: 'A newer release has been there for more than 30 days, and the box does not run it.',
      advice: 'Update the box. What changed is in the notes of the release.',
    },
    software_vulnerable: {
      title: 'Known vulnerability',
      says: 'A vulnerability in software of the box has been public for more than 30 days.',
      advice: 'Update the box to a release without it. Which one it is, the page of the box says.',
    },
    certificate_cloned: {
      title: 'Certificate used twice',
      says: 'Two programs use the certificate of this box. It or its disk was copied.',
      advice: 'Revoke the box and enrol it anew. Find out who had its disk.',
    },
    memory_lost: {
      title: 'Box counts anew',
      says: 'The box numbers its messages anew: it lost its memory, was put back from a copy, or there are two of it.',
      advice: 'Ask who works at it. If nobody does, revoke it.',
    },
    foreign_access: {
      title: 'Reaches for what is not its own',
      says: 'The box wanted to read or write what belongs to another box. It was refused.',
      advice: 'Its software was changed or somebody has its key. Revoke it if in doubt.',
    },
    flooded: {
      title: 'Sends too much',
      says: 'The box sent more than it can have to say and was disconnected. Other boxes were not affected.',
      advice: 'See what runs on it. If it goes on, revoke it.',
    },
    malformed: {
      title: 'Sends what cannot be read',
      says: 'The box sent messages that are not as agreed. They were not taken.',
      advice: 'See whether its software is of a release that this fleet knows.',
    },
    replayed: {
      title: 'Messages of another time',
      says: 'The box sent messages that are dated far ahead, or older than it keeps any. They were not taken.',
      advice: 'See the clock of the box. If it is right, somebody repeats old messages.',
    },
    agreement_ending: {
      title: 'Agreement ends soon',
      says: 'The processing agreement with the customer ends within 30 days.',
      advice: 'Sign the next one and enter it.',
    },
    agreement_ended: {
      title: 'Agreement ended',
      says: 'The processing agreement with the customer has ended. No more boxes can be paired.',
      advice: 'Sign a new one and enter it, or let the boxes leave.',
    },
    enrolment_locked: {
      title: 'Too many wrong claim codes',
      says: 'Wrong claim codes were typed, so that pairing waits for a while.',
      advice: 'Ask who typed them. Read the code from the box again.',
    },
  },
  levels: { warn: 'attention', bad: 'urgent' },
  kinds: { opened: 'New', worse: 'Worse', cleared: 'Over' },
  notices: {
    kinds: {
      agreement_ends: 'Processing agreement ends',
      agreement_ended: 'Processing agreement has ended',
      subprocessor_change: 'Change of sub-processors',
      incident: 'Incident',
    },
    drill: 'Exercise',
    concerns: 'Concerns',
    more: (count) => `and ${count} more`,
  },
  mail: {
    subject: (msp, opened, cleared) =>
      `${msp}: ${[opened > 0 ? `${opened} new` : '', cleared > 0 ? `${cleared} over` : ''].filter(Boolean).join(', ')}`,
    testSubject: 'Test of a channel',
    test: 'This is a test. Alerts of your boxes come to this address.',
    since: (when) => `since ${when}`,
    more: (count) => `and ${count} more, on the page of alerts`,
    everywhere: 'your organisation',
    footer: 'You get this because your organisation entered this address at its fleet of Belkluis boxes.',
  },
};
