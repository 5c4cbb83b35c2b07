import type { Texts } from '../en.ts';

export const frame: Texts['frame'] = {
  product: 'Belkluis Fleet',
  skip: 'Aller au contenu',
  languages: 'Langue',
  place: 'Emplacement',
  menu: 'Menu',
  mainMenu: 'Menu principal',
  signOut: 'Se déconnecter',
  nothingOfCalls: 'Ni son, ni nom, ni numéro d’un appel n’arrive jamais ici.',
  stands: (version, country) => `Belkluis Fleet ${version}, ${country}`,
  back: 'Retour à la vue d’ensemble',
  toSecondFactor: 'Vers le second facteur',
  errorSummary: 'Pas encore',
  nav: {
    overview: 'Vue d’ensemble',
    account: 'Compte',
    providers: 'Fournisseurs d’identité',
  },
  roles: {
    owner: 'propriétaire',
    operator: 'exploitant',
    policy_author: 'auteur de politiques',
    policy_signer: 'signataire de politiques',
    auditor: 'auditeur',
    read_only: 'lecteur',
  },
  problemTitles: {
    401: 'Connectez-vous',
    403: 'Ceci n’est pas pour vous',
    404: 'Pas ici',
    409: 'Pas dans l’état actuel',
    413: 'Trop grand',
    429: 'Un instant',
    503: 'Pas maintenant',
  },
  problemOther: 'Cela n’a pas fonctionné',
};
