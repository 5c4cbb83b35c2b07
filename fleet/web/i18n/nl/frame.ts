import type { Texts } from '../en.ts';

export const frame: Texts['frame'] = {
  product: 'Belkluis fleet',
  skip: 'Naar de inhoud',
  languages: 'Taal',
  place: 'Plaats',
  menu: 'Menu',
  mainMenu: 'Hoofdmenu',
  signOut: 'Afmelden',
  nothingOfCalls: 'Geluid, namen en nummers van gesprekken komen hier nooit.',
  stands: (version, country) => `Belkluis fleet ${version}, ${country}`,
  back: 'Terug naar het overzicht',
  toSecondFactor: 'Naar de tweede factor',
  errorSummary: 'Nog niet',
  nav: {
    overview: 'Overzicht',
    account: 'Account',
    providers: 'Identiteitsproviders',
  },
  roles: {
    owner: 'eigenaar',
    operator: 'beheerder',
    policy_author: 'beleidsschrijver',
    policy_signer: 'beleidsondertekenaar',
    auditor: 'auditor',
    read_only: 'lezer',
  },
  problemTitles: {
    401: 'Meld u aan',
    403: 'Dit is niet voor u',
    404: 'Niet hier',
    409: 'Niet zoals het nu is',
    413: 'Te groot',
    429: 'Wacht even',
    503: 'Nu niet',
  },
  problemOther: 'Dit is niet gelukt',
};
