import { atOnce, type Check } from '../finding.ts';

/** Who tries to get in by SIP. A ban may also hit a phone with a wrong password, so a person should look at each. */
export const checkDefence: Check = {
  steady: {
    defence_bans: atOnce,
  },
  look({ defence }) {
    if (!defence) return [];
    const { bans, ...attacks } = defence;
    if (bans > 0) return [{ code: 'defence_bans', state: 'warn', values: { bans, ...attacks } }];
    const quiet = Object.values(attacks).every((count) => count === 0);
    if (quiet) return [{ code: 'defence_quiet', state: 'ok', values: {} }];
    return [{ code: 'defence_attacked', state: 'ok', values: attacks }];
  },
};
