/** Acknowledged notices, and versions of the register of processing. */
import type { Database } from '../catalogue-model.ts';
import { code, count, digest, instant, leavesThen, name, pseudonym } from './column.ts';

export const documents: Database = {
  acknowledgements: {
    category: 'directory',
    leaving: 'directory',
    leaves: 'expires_at',
    acts: ['see phones', 'note acknowledgements'],
    columns: {
      extension: name('Whose calls may be recorded, because their notice was acknowledged.'),
      purpose: code('The purpose whose notice it was.'),
      version: digest('Which text was acknowledged; another one has to be acknowledged anew.'),
      at: instant('When it was acknowledged.'),
      how: code('At the desk, by a key, or on paper.'),
      noted_by: pseudonym('The person who noted it and stands for it.'),
      seen_at: instant('When a call was last made with it; what is unused leaves.'),
      expires_at: leavesThen,
    },
  },
  registers: {
    category: 'evidence',
    leaving: 'request',
    leaves: 'expires_at',
    acts: ['see people'],
    columns: {
      version: count('Which one it is.'),
      at: instant('When it was written.'),
      cause: code('Why: a policy, a role, a start, or somebody asked for it.'),
      policy_hash: digest('The policy that it is of.', { innocent: 'of a policy' }),
      register_hash: digest('Shows whether it is what was written.', { innocent: 'of a whole register' }),
      register: pseudonym('What was processed at that time, with the ids of those who held roles.'),
      expires_at: leavesThen,
    },
  },
};
