import { problemsOf } from '@belkluis/shared/base/problem';

/** What can be wrong with saved views. What is another's is unknown, as if it were not there. */
export const problem = problemsOf({
  view_unknown: 'There is no such view. Open the list of boxes again.',
  view_empty: 'This view filters nothing. Filter the list first, then save it.',
  views_full: 'There are 20 views already. Delete one first.',
  name_taken: 'There is a view of this name already. Choose another name.',
});
