import type { Texts } from '../en.ts';

export const providers: Texts['providers'] = {
  title: 'Connexion par fournisseurs d’identité',
  lead: 'Vos collègues entrent par le compte qu’ils ont là-bas, et n’entrent plus ici quand ils n’y sont plus.',
  none: 'Aucun pour l’instant : chacun se connecte par une clé d’accès, ou un mot de passe et un code.',
  add: 'Ajouter un fournisseur',
  formLead: 'À l’enregistrement, la flotte demande au fournisseur ses adresses, et ne se connecte à aucune autre.',
  name: 'Nom',
  nameHint: 'Comme sur le bouton : « Se connecter avec … »',
  issuer: 'Émetteur',
  issuerHint: 'Son adresse https, comme https://login.example.org',
  clientId: 'Identifiant du client',
  clientSecret: 'Secret du client',
  secretHint: 'Gardé scellé ; personne ne le revoit',
  secretStays: 'Vide : il reste tel quel',
  country: 'Pays',
  countryHint: 'Où le fournisseur garde les connexions, deux lettres',
  domains: 'Domaines e-mail',
  domainsHint: 'Qui y a une adresse vérifiée peut entrer ; un par ligne',
  subjects: 'Sujets',
  subjectsHint: 'Des comptes isolés par leur sub ; un par ligne',
  trustsEmail: 'Ses adresses sont vérifiées, même quand il ne le dit pas',
  trustsEmailHint: 'Pour l’annuaire d’une seule organisation, comme Entra ID',
  factorHint:
    'Valeurs qui disent qu’il a demandé un second facteur, avec des virgules. Aucune dans les deux : le nôtre est toujours demandé',
  rules: 'Qui entre sans invitation',
  rulesHint:
    'Une par ligne : groups = ops: operator, auditor. Un rôle reste tant qu’une règle le donne. Personne ne devient propriétaire par une règle',
  save: 'Enregistrer',
  back: 'Retour à la liste',
  redirect: 'Adresse de redirection, à inscrire là-bas',
  address: 'Adresse pour les collègues',
  remove: 'Retirer ce fournisseur',
  removeLead:
    'Personne n’entre plus par lui, et leurs sessions se terminent. Qui a une clé d’accès ou un mot de passe les garde.',
};

export const signInWith: Texts['signInWith'] = {
  moment: 'Un instant',
  momentLead: 'Vous êtes en route.',
  goOn: 'Continuer',
  with: (name: string) => `Se connecter avec ${name}`,
  choose: 'Comment voulez-vous entrer ?',
  chooseLead: 'Votre organisation a plusieurs fournisseurs.',
  byProvider: 'Entrer par la connexion de votre organisation',
  own: 'Vos fournisseurs d’identité',
  ownLead:
    'Une fois relié, vous vous connectez par le compte que vous avez là-bas. Vos autres sessions se terminent alors.',
  none: 'Votre MSP n’a aucun fournisseur d’identité.',
  connected: 'relié',
  connect: (name: string) => `Relier ${name}…`,
  disconnect: 'Détacher',
  titles: {
    connect: (name) => `Relier ${name}`,
    disconnect: (name) => `Détacher ${name}`,
  },
  leads: {
    connect: 'Vous vous connectez là-bas maintenant, et ensuite par ce compte.',
    disconnect: 'Vous n’entrez plus par lui. Chacune de vos autres sessions prend fin.',
  },
  connectVerb: 'Relier',
};
