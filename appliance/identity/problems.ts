import { problemsOf } from '@belkluis/shared/base/problem';

export const problem = problemsOf({
  identity_damaged:
    'The identity of this box cannot be read. Restore the identity folder of the data directory from a backup; a new one breaks its audit log.',
});
