import type { Texts } from './en.ts';
import { account } from './nl/account.ts';
import { frame } from './nl/frame.ts';
import { overview } from './nl/overview.ts';
import { problems } from './nl/problems.ts';
import { providers, signInWith } from './nl/providers.ts';
import { enrol, invitation, passkey, signIn } from './nl/sign-in.ts';

export const nl: Texts = {
  name: 'Nederlands',
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
