import { problemsOf } from '@belkluis/shared/base/problem';

/** What can be wrong with commands. What is another tenant's is unknown, as if it were not there. */
export const problem = problemsOf({
  command_box_unknown: 'There is no such box, or it is not active. Open the list of boxes again.',
  commands_too_many: 'A command goes to 5,000 boxes at most. Narrow the filter.',
});
