import type { Texts } from './en.ts';
import { account } from './nl/account.ts';
import { alerts, channels, maintenance } from './nl/alerts.ts';
import { audit, witness } from './nl/audit.ts';
import { boxCounts } from './nl/box-counts.ts';
import { boxViews } from './nl/box-views.ts';
import { box, boxes } from './nl/boxes.ts';
import { boxesSend } from './nl/boxes-send.ts';
import { common } from './nl/common.ts';
import { agreements, changes, compliance, incidents, records, trust } from './nl/compliance.ts';
import { frame } from './nl/frame.ts';
import { overview } from './nl/overview.ts';
import { people, tokens } from './nl/people.ts';
import { policies, proof, rollouts } from './nl/policies.ts';
import { problems } from './nl/problems.ts';
import { providers, signInWith } from './nl/providers.ts';
import { enrol, invitation, passkey, signIn } from './nl/sign-in.ts';
import { customer, customers, search, site, sites } from './nl/tenants.ts';

export const nl: Texts = {
  name: 'Nederlands',
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
