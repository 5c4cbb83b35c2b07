import { problemsOf } from '@belkluis/shared/base/problem';

/** What can be wrong with MSPs, customers and sites. What is another tenant's is unknown, as if it were not there. */
export const problem = problemsOf({
  msp_unknown: 'There is no such MSP.',
  customer_unknown: 'There is no such customer. Go back to the list of customers.',
  site_unknown: 'There is no such site. Go back to the list of sites.',
  name_invalid: 'Give a name of 1 to 80 characters.',
  name_taken: 'Something here has this name already. Choose another.',
  country_invalid: 'Give the country by its two letters, such as NL.',
  time_zone_invalid: 'Give the time zone by its place, such as Europe/Amsterdam.',
  archived: 'This was archived. Bring it back first.',
  scope_too_small: 'Your role covers a part of the MSP. Ask somebody whose role covers all of it.',
});
