import type { Texts } from '../en.ts';

export const account: Texts['account'] = {
  title: 'Ihr Konto',
  lead: 'Sie werden nach 30 Minuten ohne Seite abgemeldet, und in jedem Fall nach 10 Stunden.',
  name: 'Name',
  email: 'E-Mail-Adresse',
  roles: 'Rollen',
};
