import { atOnce, type Check, type Finding } from '../finding.ts';

/**
 * Whether the box knows what to record. Without a policy calls connect and nothing is recorded; a stale one stays in force, and so
 * does one that new law forbids.
 */
export const checkPolicy: Check = {
  steady: {
    policy_missing: atOnce,
    policy_stale: atOnce,
    policy_against_law: atOnce,
  },
  look({ policy, now }) {
    if (!policy) return [{ code: 'policy_missing', state: 'warn', values: {} }];
    const { version, expiresAt, againstLaw } = policy;
    const unlawful = againstLaw.map(
      (one): Finding => ({ code: 'policy_against_law', state: 'warn', values: { version, ...one } }),
    );
    if (expiresAt <= now)
      return [{ code: 'policy_stale', state: 'warn', values: { version, at: expiresAt } }, ...unlawful];
    return unlawful.length > 0 ? unlawful : [{ code: 'policy_ok', state: 'ok', values: { version } }];
  },
};
