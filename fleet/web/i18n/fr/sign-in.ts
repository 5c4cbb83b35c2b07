import type { Texts } from '../en.ts';

export const signIn: Texts['signIn'] = {
  title: 'Se connecter',
  lead: 'À la console de vos boîtiers.',
  email: 'Adresse e-mail',
  password: 'Mot de passe',
  next: 'Continuer',
  withPasskey: 'Se connecter avec une clé d’accès',
  haveInvitation: 'J’ai une invitation',
  codeTitle: 'Votre code',
  codeLead: 'Le mot de passe seul n’ouvre rien.',
  code: 'Code',
  codeHint: 'Six chiffres de votre application d’authentification',
  enter: 'Se connecter',
  again: 'Recommencer',
  notices: {
    ended: 'Votre session est terminée. Connectez-vous à nouveau.',
    signedOut: 'Vous êtes déconnecté.',
  },
};

export const passkey: Texts['passkey'] = {
  stopped: 'Le navigateur n’a créé ni trouvé de clé d’accès. Réessayez, ou choisissez un autre moyen.',
};

export const invitation: Texts['invitation'] = {
  title: 'Accepter votre invitation',
  lead: 'Choisissez votre nom ici, et un mot de passe. Ensuite vous configurez un second facteur.',
  code: 'Invitation',
  codeHint: 'Ce qui suit le # de votre lien',
  name: 'Votre nom',
  nameHint: 'Tel que vos collègues le voient à côté de ce que vous faites',
  password: 'Mot de passe',
  passwordHint: 'Au moins 12 caractères, par exemple quatre mots',
  again: 'Mot de passe, une seconde fois',
  next: 'Continuer',
  toSignIn: 'J’ai un compte',
};

export const enrol: Texts['enrol'] = {
  title: 'Un second facteur',
  lead: 'Personne n’entre ici avec un mot de passe seul.',
  passkey: 'Clé d’accès',
  passkeyLead:
    'Votre ordinateur, téléphone ou clé de sécurité montre que c’est vous. Rien à taper, et rien qu’une fausse page puisse vous demander.',
  makePasskey: 'Créer une clé d’accès…',
  needsScript: 'Une clé d’accès a besoin de scripts, que votre navigateur n’exécute pas ici.',
  app: 'Application d’authentification',
  appLead: 'Une application affiche un nouveau code toutes les 30 secondes. Vous le tapez après votre mot de passe.',
  beginApp: 'Configurer une application…',
  appTitle: 'Configurer votre application',
  appSteps:
    'Scannez l’image avec votre application d’authentification, ou tapez le secret. Tapez ensuite le code qu’elle affiche.',
  picture: 'Code QR du secret',
  secret: 'Secret',
  openApp: 'L’ouvrir dans une application sur cet appareil',
  code: 'Code',
  finishApp: 'Terminer',
  other: 'Choisir un autre moyen',
  addTitle: 'Un autre second facteur',
  addLead: 'Qui en perd un entre encore avec l’autre.',
  adds: { passkey: 'Créer une clé d’accès', app: 'Configurer une application' },
  proven: 'Vous avez montré que c’est vous. Le navigateur crée maintenant la clé d’accès.',
};
