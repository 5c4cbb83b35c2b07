import type { Role } from '../../../access/rights.ts';

/** What stands around every page. */
export const frame = {
  product: 'Belkluis fleet',
  skip: 'Skip to content',
  languages: 'Language',
  place: 'Place',
  menu: 'Menu',
  mainMenu: 'Main',
  signOut: 'Sign out',
  nothingOfCalls: 'No audio, name or number of a call ever comes here.',
  stands: (version: string, country: string) => `Belkluis fleet ${version}, ${country}`,
  back: 'Back to the overview',
  toSecondFactor: 'To the second factor',
  errorSummary: 'Not yet',
  nav: {
    overview: 'Overview',
    account: 'Account',
    providers: 'Identity providers',
  },
  roles: {
    owner: 'owner',
    operator: 'operator',
    policy_author: 'policy author',
    policy_signer: 'policy signer',
    auditor: 'auditor',
    read_only: 'reader',
  } satisfies Record<Role, string> as Record<Role, string>,
  problemTitles: {
    401: 'Sign in',
    403: 'This is not for you',
    404: 'Not here',
    409: 'Not as things stand',
    413: 'Too large',
    429: 'Wait a moment',
    503: 'Not now',
  } as Record<number, string>,
  problemOther: 'This did not work',
};
