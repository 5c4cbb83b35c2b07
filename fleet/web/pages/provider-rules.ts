/** Rules of an identity provider as lines: `groups = ops: operator, auditor@customer:ID`. */
import type { Settings } from '../../access/oidc/settings.ts';

type Rules = Settings['rules'];

const writeGrant = ({ role, customer, site }: Rules[number]['grants'][number]): string => {
  if (customer !== null) return `${role}@customer:${customer}`;
  return site === null ? role : `${role}@site:${site}`;
};

export const writeRules = (rules: Rules): string =>
  rules.map(({ claim, value, grants }) => `${claim} = ${value}: ${grants.map(writeGrant).join(', ')}`).join('\n');

/** As they were typed, for the room to check: a line that is none comes out as one that no schema takes. */
export const readRules = (text: string): readonly unknown[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line) => {
      const [, claim, value, roles] = /^([^=\s]+)\s*=\s*(.+):\s+(.+)$/.exec(line) ?? [];
      return {
        claim: claim ?? '',
        value: value?.trim() ?? '',
        grants: (roles ?? '').split(',').map((one) => {
          const [, role, kind, id] = /^(\w+)(?:@(customer|site):([0-9A-Za-z-]+))?$/.exec(one.trim()) ?? [];
          return { role: role ?? '', customer: kind === 'customer' ? id : null, site: kind === 'site' ? id : null };
        }),
      };
    });
