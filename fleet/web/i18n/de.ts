import { account } from './de/account.ts';
import { alerts, channels, maintenance } from './de/alerts.ts';
import { audit, witness } from './de/audit.ts';
import { boxCounts } from './de/box-counts.ts';
import { boxViews } from './de/box-views.ts';
import { box, boxes } from './de/boxes.ts';
import { boxesSend } from './de/boxes-send.ts';
import { common } from './de/common.ts';
import { agreements, changes, compliance, incidents, records, trust } from './de/compliance.ts';
import { frame } from './de/frame.ts';
import { overview } from './de/overview.ts';
import { people, tokens } from './de/people.ts';
import { policies, proof, rollouts } from './de/policies.ts';
import { problems } from './de/problems.ts';
import { providers, signInWith } from './de/providers.ts';
import { enrol, invitation, passkey, signIn } from './de/sign-in.ts';
import { customer, customers, search, site, sites } from './de/tenants.ts';
import type { Texts } from './en.ts';

export const de: Texts = {
  name: 'Deutsch',
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
