import type { Check } from '../finding.ts';

/** Whether the box knows what to record. Without a policy calls connect and nothing is recorded; a stale one stays in force. */
export const checkPolicy: Check = ({ policy, now }) => {
  if (!policy) return [{ code: 'policy_missing', state: 'warn', values: {} }];
  const { version, expiresAt } = policy;
  if (expiresAt <= now) return [{ code: 'policy_stale', state: 'warn', values: { version, at: expiresAt } }];
  return [{ code: 'policy_ok', state: 'ok', values: { version } }];
};
