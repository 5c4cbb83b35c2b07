import { problemsOf } from '@belkluis/shared/base/problem';

export const problem = problemsOf({
  vendor_unknown: 'The box knows no such vendor. Choose yealink, snom, grandstream or generic.',
  mac_wrong: 'Give the MAC address of the phone: twelve hex digits, as on the label under it.',
  value_unsafe:
    'A value for the phone has a character that its file cannot hold. Choose other names in the configuration.',
  links_full: 'Too many phones wait for their settings. Let them fetch theirs, or wait until their links have run out.',
});
