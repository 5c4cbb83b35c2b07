import type { Texts } from '../en.ts';

export const account: Texts['account'] = {
  title: 'Uw account',
  lead: 'U wordt afgemeld na 30 minuten zonder pagina, en in elk geval na 10 uur.',
  name: 'Naam',
  email: 'E-mailadres',
  roles: 'Rollen',
};
