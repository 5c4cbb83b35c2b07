import { atOnce, type Check } from '../finding.ts';

/** Whether every purpose can say what it has to: what callers are not told is not recorded. */
export const checkAnnouncements: Check = {
  steady: {
    policy_unspoken: atOnce,
  },
  look: ({ announcementsMissing }) =>
    announcementsMissing.map((purpose) => ({ code: 'policy_unspoken', state: 'bad', values: { purpose } })),
};
