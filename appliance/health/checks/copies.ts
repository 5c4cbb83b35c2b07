import { atOnce, type Check } from '../finding.ts';

/** Whether copied calls were sent away: nobody here knows whether another server took them. */
export const checkCopies: Check = {
  steady: {
    copies_turned_away: atOnce,
  },
  look: ({ copiesTurnedAway: turnedAway }) =>
    turnedAway > 0 ? [{ code: 'copies_turned_away', state: 'warn', values: { turnedAway } }] : [],
};
