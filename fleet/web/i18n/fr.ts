import type { Texts } from './en.ts';
import { account } from './fr/account.ts';
import { frame } from './fr/frame.ts';
import { overview } from './fr/overview.ts';
import { problems } from './fr/problems.ts';
import { providers, signInWith } from './fr/providers.ts';
import { enrol, invitation, passkey, signIn } from './fr/sign-in.ts';

export const fr: Texts = {
  name: 'Français',
  frame,
  signIn,
  passkey,
  invitation,
  enrol,
  overview,
  account,
  providers,
  signInWith,
  problems,
};
