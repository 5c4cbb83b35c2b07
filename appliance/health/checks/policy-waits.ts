import { atOnce, type Check } from '../finding.ts';

/** Notice of a policy that waits: for a decision, or for the day from which it erases more. */
export const checkPolicyWaits: Check = {
  steady: {
    policy_undecided: atOnce,
    policy_will_erase: atOnce,
  },
  look({ policyWaits }) {
    if (!policyWaits) return [];
    const { version, undecided, until, expiresAt } = policyWaits;
    return [
      ...(undecided ? [{ code: 'policy_undecided', state: 'warn', values: { version, at: expiresAt } } as const] : []),
      ...(until === null
        ? []
        : [{ code: 'policy_will_erase', state: 'warn', values: { version, at: until } } as const]),
    ];
  },
};
