import { account } from './de/account.ts';
import { frame } from './de/frame.ts';
import { overview } from './de/overview.ts';
import { problems } from './de/problems.ts';
import { providers, signInWith } from './de/providers.ts';
import { enrol, invitation, passkey, signIn } from './de/sign-in.ts';
import type { Texts } from './en.ts';

export const de: Texts = {
  name: 'Deutsch',
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
