import type { PolicyState } from '../../../inventory/tables.ts';
import type { Urgency } from '../../../inventory/urgency.ts';

/** Words that many pages use. */
export const common = {
  cancel: 'Cancel',
  filter: 'Filter',
  all: 'Show all',
  pages: 'Pages',
  firstPage: 'First page',
  nextPage: 'Next page',
  unknown: 'not known',
  never: 'never',
  online: 'online',
  archived: 'archived',
  shown: (shown: string, all: string) => `${shown} of ${all}`,
  since: 'Here since',
  urgency: {
    bad: 'Failing',
    gone: 'Offline',
    warn: 'Needs attention',
    pending: 'Not heard yet',
    ok: 'Healthy',
    revoked: 'Revoked',
  } as Record<Urgency, string>,
  policy: {
    none: 'No policy',
    applied: 'Applied',
    pending: 'Waits for DPO',
    rejected: 'Refused',
  } as Record<PolicyState, string>,
  softwareBehind: (days: string) => `a newer one since ${days}`,
  softwareOpen: (count: string, n: number): string =>
    n === 1 ? '1 known vulnerability' : `${count} known vulnerabilities`,
  softwareUnknown: 'Nobody has brought the list of its packages.',
  columns: {
    box: 'Box',
    site: 'Site',
    state: 'State',
    heard: 'Heard',
    policy: 'Policy',
    software: 'Software',
  },
};
