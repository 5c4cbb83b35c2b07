/** Coming in. */
export const signIn = {
  title: 'Sign in',
  lead: 'To the console of your boxes.',
  email: 'E-mail address',
  password: 'Password',
  next: 'Continue',
  withPasskey: 'Sign in with a passkey',
  haveInvitation: 'I have an invitation',
  codeTitle: 'Your code',
  codeLead: 'The password alone opens nothing.',
  code: 'Code',
  codeHint: 'Six digits from your authenticator app',
  enter: 'Sign in',
  again: 'Begin again',
  notices: {
    ended: 'Your session is over. Sign in again.',
    signedOut: 'You are signed out.',
  },
};

export const passkey = {
  stopped: 'The browser made or found no passkey. Try again, or choose another way.',
};

export const invitation = {
  title: 'Accept your invitation',
  lead: 'Choose how you are called here, and a password. Then you set up a second factor.',
  code: 'Invitation',
  codeHint: 'What stands behind the # of your link',
  name: 'Your name',
  nameHint: 'As colleagues see it beside what you do',
  password: 'Password',
  passwordHint: 'At least 12 characters, such as four words',
  again: 'Password again',
  next: 'Continue',
  toSignIn: 'I have an account',
};

export const enrol = {
  title: 'A second factor',
  lead: 'Nobody comes in here with a password alone.',
  passkey: 'Passkey',
  passkeyLead:
    'Your computer, telephone or security key shows that it is you. Nothing to type, and nothing that a false page could ask of you.',
  makePasskey: 'Make a passkey…',
  needsScript: 'A passkey needs scripts, which your browser does not run here.',
  app: 'Authenticator app',
  appLead: 'An app shows a new code every 30 seconds. You type it after your password.',
  beginApp: 'Set up an app…',
  appTitle: 'Set up your app',
  appSteps: 'Scan the picture with your authenticator app, or type the secret. Then type the code that the app shows.',
  picture: 'QR code of the secret',
  secret: 'Secret',
  openApp: 'Open it in an app on this device',
  code: 'Code',
  finishApp: 'Finish',
  other: 'Choose another way',
  addTitle: 'Another second factor',
  addLead: 'Who loses one still comes in with the other.',
  adds: { passkey: 'Make a passkey', app: 'Set up an app' },
  proven: 'You have shown that it is you. The browser makes the passkey now.',
};
