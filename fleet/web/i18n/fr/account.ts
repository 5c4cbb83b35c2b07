import type { Texts } from '../en.ts';

export const account: Texts['account'] = {
  title: 'Votre compte',
  lead: 'Vous êtes déconnecté après 30 minutes sans page, et dans tous les cas après 10 heures.',
  name: 'Nom',
  email: 'Adresse e-mail',
  roles: 'Rôles',
};
