import type { Texts } from '../en.ts';

export const frame: Texts['frame'] = {
  product: 'Belkluis Fleet',
  skip: 'Zum Inhalt',
  languages: 'Sprache',
  place: 'Ort',
  menu: 'Menü',
  mainMenu: 'Hauptmenü',
  signOut: 'Abmelden',
  nothingOfCalls: 'Ton, Namen und Nummern von Gesprächen kommen nie hierher.',
  stands: (version, country) => `Belkluis Fleet ${version}, ${country}`,
  back: 'Zurück zur Übersicht',
  toSecondFactor: 'Zum zweiten Faktor',
  errorSummary: 'Noch nicht',
  nav: {
    overview: 'Übersicht',
    account: 'Konto',
    providers: 'Identitätsanbieter',
  },
  roles: {
    owner: 'Inhaber',
    operator: 'Betreiber',
    policy_author: 'Verfasser von Richtlinien',
    policy_signer: 'Unterzeichner von Richtlinien',
    auditor: 'Prüfer',
    read_only: 'Leser',
  },
  problemTitles: {
    401: 'Melden Sie sich an',
    403: 'Das ist nicht für Sie',
    404: 'Nicht hier',
    409: 'Nicht beim jetzigen Stand',
    413: 'Zu groß',
    429: 'Einen Moment',
    503: 'Jetzt nicht',
  },
  problemOther: 'Das ging nicht',
};
