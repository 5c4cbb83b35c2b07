/** Every text of the console; each room of pages has a file. The other languages have its type: a missing text does not compile. */
import type { ProblemCode } from '../problems.ts';
import { account } from './en/account.ts';
import { alerts, channels, maintenance } from './en/alerts.ts';
import { audit, witness } from './en/audit.ts';
import { boxCounts } from './en/box-counts.ts';
import { boxViews } from './en/box-views.ts';
import { box, boxes } from './en/boxes.ts';
import { boxesSend } from './en/boxes-send.ts';
import { common } from './en/common.ts';
import { agreements, changes, compliance, incidents, records, trust } from './en/compliance.ts';
import { frame } from './en/frame.ts';
import { overview } from './en/overview.ts';
import { people, tokens } from './en/people.ts';
import { policies, proof, rollouts } from './en/policies.ts';
import { providers, signInWith } from './en/providers.ts';
import { enrol, invitation, passkey, signIn } from './en/sign-in.ts';
import { customer, customers, search, site, sites } from './en/tenants.ts';

export const en = {
  name: 'English',
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
  /** Of what is refused, by code; null: the rooms' own sentences. */
  problems: null as Readonly<Record<ProblemCode, string>> | null,
};

export type Texts = typeof en;
