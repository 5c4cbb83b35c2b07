import type { Texts } from '../en.ts';

export const signIn: Texts['signIn'] = {
  title: 'Anmelden',
  lead: 'Bei der Konsole Ihrer Boxen.',
  email: 'E-Mail-Adresse',
  password: 'Passwort',
  next: 'Weiter',
  withPasskey: 'Mit einem Passkey anmelden',
  haveInvitation: 'Ich habe eine Einladung',
  codeTitle: 'Ihr Code',
  codeLead: 'Das Passwort allein öffnet nichts.',
  code: 'Code',
  codeHint: 'Sechs Ziffern aus Ihrer Authenticator-App',
  enter: 'Anmelden',
  again: 'Von vorn beginnen',
  notices: {
    ended: 'Ihre Sitzung ist vorbei. Melden Sie sich neu an.',
    signedOut: 'Sie sind abgemeldet.',
  },
};

export const passkey: Texts['passkey'] = {
  stopped:
    'Der Browser hat keinen Passkey erstellt oder gefunden. Versuchen Sie es noch einmal oder wählen Sie einen anderen Weg.',
};

export const invitation: Texts['invitation'] = {
  title: 'Ihre Einladung annehmen',
  lead: 'Wählen Sie, wie Sie hier heißen, und ein Passwort. Danach richten Sie einen zweiten Faktor ein.',
  code: 'Einladung',
  codeHint: 'Was hinter dem # Ihres Links steht',
  name: 'Ihr Name',
  nameHint: 'So sehen ihn Kollegen neben dem, was Sie tun',
  password: 'Passwort',
  passwordHint: 'Mindestens 12 Zeichen, etwa vier Wörter',
  again: 'Passwort noch einmal',
  next: 'Weiter',
  toSignIn: 'Ich habe ein Konto',
};

export const enrol: Texts['enrol'] = {
  title: 'Ein zweiter Faktor',
  lead: 'Mit einem Passwort allein kommt hier niemand herein.',
  passkey: 'Passkey',
  passkeyLead:
    'Ihr Computer, Telefon oder Sicherheitsschlüssel zeigt, dass Sie es sind. Nichts zu tippen, und nichts, wonach eine falsche Seite Sie fragen könnte.',
  makePasskey: 'Passkey erstellen…',
  needsScript: 'Ein Passkey braucht Skripte, die Ihr Browser hier nicht ausführt.',
  app: 'Authenticator-App',
  appLead: 'Eine App zeigt alle 30 Sekunden einen neuen Code. Sie tippen ihn nach dem Passwort ein.',
  beginApp: 'App einrichten…',
  appTitle: 'Ihre App einrichten',
  appSteps:
    'Scannen Sie das Bild mit Ihrer Authenticator-App, oder tippen Sie das Geheimnis ein. Tippen Sie dann den Code ein, den die App zeigt.',
  picture: 'QR-Code des Geheimnisses',
  secret: 'Geheimnis',
  openApp: 'In einer App auf diesem Gerät öffnen',
  code: 'Code',
  finishApp: 'Fertigstellen',
  other: 'Einen anderen Weg wählen',
  addTitle: 'Noch ein zweiter Faktor',
  addLead: 'Wer einen verliert, kommt mit dem anderen noch herein.',
  adds: { passkey: 'Passkey erstellen', app: 'App einrichten' },
  proven: 'Sie haben gezeigt, dass Sie es sind. Der Browser erstellt jetzt den Passkey.',
};
