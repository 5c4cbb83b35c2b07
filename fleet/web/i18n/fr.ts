import type { Texts } from './en.ts';
import { account } from './fr/account.ts';
import { alerts, channels, maintenance } from './fr/alerts.ts';
import { audit, witness } from './fr/audit.ts';
import { boxCounts } from './fr/box-counts.ts';
import { boxViews } from './fr/box-views.ts';
import { box, boxes } from './fr/boxes.ts';
import { boxesSend } from './fr/boxes-send.ts';
import { common } from './fr/common.ts';
import { agreements, changes, compliance, incidents, records, trust } from './fr/compliance.ts';
import { frame } from './fr/frame.ts';
import { overview } from './fr/overview.ts';
import { people, tokens } from './fr/people.ts';
import { policies, proof, rollouts } from './fr/policies.ts';
import { problems } from './fr/problems.ts';
import { providers, signInWith } from './fr/providers.ts';
import { enrol, invitation, passkey, signIn } from './fr/sign-in.ts';
import { customer, customers, search, site, sites } from './fr/tenants.ts';

export const fr: Texts = {
  name: 'Français',
  frame,
  common,
  signIn,
  passkey,
  invitation,
  enrol,
  overview,
  boxes,
  box,
  boxCounts,
  boxViews,
  customers,
  customer,
  site,
  sites,
  search,
  people,
  tokens,
  audit,
  witness,
  account,
  compliance,
  agreements,
  changes,
  incidents,
  records,
  trust,
  boxesSend,
  policies,
  proof,
  rollouts,
  providers,
  alerts,
  maintenance,
  channels,
  signInWith,
  problems,
};
