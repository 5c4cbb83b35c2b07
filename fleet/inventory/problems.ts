import { problemsOf } from '@belkluis/shared/base/problem';

/** What can be wrong with boxes. What is another tenant's is unknown, as if it were not there. */
export const problem = problemsOf({
  box_unknown: 'There is no such box. Go back to the list of boxes.',
  box_taken: 'This box is managed already. Whoever manages it has to release it first.',
  site_unknown: 'There is no such site. Go back to the list of sites.',
  archived: 'This site was archived. Bring it back first.',
  name_taken: 'A box of this site has this name already. Choose another.',
  tag_invalid: 'A tag has 1 to 30 readable characters and no comma.',
  tags_too_many: 'A box has 10 tags at most. Take one away first.',
  msp_tags_too_many: 'There are 200 different tags already. Use one of them, or take one away from all boxes first.',
  inventory_full: 'More comes in than the database can take. Look at the load of the database server and the disk.',
  inventory_closed: 'The fleet is stopping.',
});
