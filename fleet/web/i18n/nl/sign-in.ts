import type { Texts } from '../en.ts';

export const signIn: Texts['signIn'] = {
  title: 'Aanmelden',
  lead: 'Bij de console van uw boxen.',
  email: 'E-mailadres',
  password: 'Wachtwoord',
  next: 'Verder',
  withPasskey: 'Aanmelden met een passkey',
  haveInvitation: 'Ik heb een uitnodiging',
  codeTitle: 'Uw code',
  codeLead: 'Het wachtwoord alleen opent niets.',
  code: 'Code',
  codeHint: 'Zes cijfers uit uw authenticator-app',
  enter: 'Aanmelden',
  again: 'Opnieuw beginnen',
  notices: {
    ended: 'Uw sessie is voorbij. Meld u opnieuw aan.',
    signedOut: 'U bent afgemeld.',
  },
};

export const passkey: Texts['passkey'] = {
  stopped: 'De browser heeft geen passkey gemaakt of gevonden. Probeer het opnieuw, of kies een andere manier.',
};

export const invitation: Texts['invitation'] = {
  title: 'Uw uitnodiging aannemen',
  lead: 'Kies hoe u hier heet, en een wachtwoord. Daarna stelt u een tweede factor in.',
  code: 'Uitnodiging',
  codeHint: 'Wat achter het # van uw link staat',
  name: 'Uw naam',
  nameHint: 'Zoals collega’s die zien bij wat u doet',
  password: 'Wachtwoord',
  passwordHint: 'Minstens 12 tekens, zoals vier woorden',
  again: 'Wachtwoord nogmaals',
  next: 'Verder',
  toSignIn: 'Ik heb een account',
};

export const enrol: Texts['enrol'] = {
  title: 'Een tweede factor',
  lead: 'Met een wachtwoord alleen komt hier niemand binnen.',
  passkey: 'Passkey',
  passkeyLead:
    'Uw computer, telefoon of beveiligingssleutel toont dat u het bent. Niets om te typen, en niets wat een valse pagina u kan vragen.',
  makePasskey: 'Passkey maken…',
  needsScript: 'Een passkey heeft scripts nodig, en die draait uw browser hier niet.',
  app: 'Authenticator-app',
  appLead: 'Een app toont elke 30 seconden een nieuwe code. Die typt u na uw wachtwoord.',
  beginApp: 'App instellen…',
  appTitle: 'Uw app instellen',
  appSteps: 'Scan de afbeelding met uw authenticator-app, of typ het geheim. Typ dan de code die de app toont.',
  picture: 'QR-code van het geheim',
  secret: 'Geheim',
  openApp: 'In een app op dit apparaat openen',
  code: 'Code',
  finishApp: 'Voltooien',
  other: 'Een andere manier kiezen',
  addTitle: 'Nog een tweede factor',
  addLead: 'Wie er een verliest, komt nog binnen met de andere.',
  adds: { passkey: 'Passkey maken', app: 'App instellen' },
  proven: 'U hebt getoond dat u het bent. De browser maakt nu de passkey.',
};
