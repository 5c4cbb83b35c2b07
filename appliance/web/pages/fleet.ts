/** The fleet that manages the box: none, a code for it, who asks, who does. What a person here decides. */
import { qrClaimCode, shownClaimCode } from '@belkluis/shared/contract/enrolment/code';
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { qrPicture } from '@belkluis/shared/web/qr';
import { Hono } from 'hono';
import type { Status } from '../../uplink/enrol/enrol.ts';
import { problem } from '../problems.ts';
import { addressOf, allowed, type DeskContext, type DeskEnv, line, type Visit } from '../visit.ts';
import {
  codeField,
  connection,
  contract,
  decides,
  identity,
  nothingSaid,
  type Said,
  saidOf,
  urlField,
} from './fleet-parts.ts';
import { layout } from './layout.ts';
import { errorSummary, head, instant, many, state } from './parts.ts';

const HOUR_MS = 3_600_000;

type At<Name extends Status['at']> = Extract<Status, { at: Name }>;

/** What a page of these is made of. */
interface Shown {
  readonly title: string;
  readonly lead: string;
  readonly main: Html;
  readonly aside: Html;
}

function alone(visit: Visit, said: Said): Shown {
  const { fleet } = visit.t;
  const form = html`<section aria-labelledby="begin">
      <header><h2 id="begin">${fleet.begin}</h2><p>${fleet.beginLead}</p></header>
      <form method="post" action="/fleet/begin" class="stack tight narrow" novalidate>
        ${errorSummary(visit.t, said.fault)}
        ${urlField(fleet.url, visit, said)}
        <div class="row"><button class="primary">${fleet.make}</button></div>
      </form>
    </section>`;
  const start = !decides(visit.person)
    ? html`<p class="note">${fleet.mayNot}</p>`
    : visit.services.fleet.ready()
      ? form
      : html`<p class="note">${fleet.notReady}</p>`;
  return { title: fleet.alone, lead: fleet.aloneLead, main: html`${start}${contract(visit)}`, aside: nothing };
}

function offering(visit: Visit, { url, code, expiresAt, reachedAt }: At<'offering'>): Shown {
  const { f, now } = visit;
  const { fleet } = visit.t;
  const mayDecide = decides(visit.person);
  const hours = f.unit(Math.max(1, Math.ceil((expiresAt - now) / HOUR_MS)), 'hour');
  const facts = html`<dl><dt>${fleet.left}</dt><dd>${fleet.leftMore(hours, f.momentWithin(expiresAt, now))}</dd><dt>${fleet.at}</dt><dd>${url}</dd><dt>${fleet.reached}</dt><dd>${reachedAt === null ? fleet.notReached : fleet.reachedMore(f.momentWithin(reachedAt, now))}</dd></dl>`;
  const acts = html`<div class="row">
      <form method="post" action="/fleet/ask"><button>${fleet.ask}</button></form>
      <form method="post" action="/fleet/give-up"><button class="danger">${fleet.giveUp}</button></form>
    </div>
    <p class="soft">${fleet.askLead}</p>`;
  const main = mayDecide
    ? html`<div class="stack tight">${qrPicture(qrClaimCode(code), fleet.qr)}<h2>${fleet.code} <code>${shownClaimCode(code)}</code></h2>${facts}${acts}</div>`
    : html`<div class="stack tight">${facts}<p class="note">${fleet.hidden}</p></div>`;
  return { title: fleet.offering, lead: fleet.offeringLead, main, aside: contract(visit) };
}

/** The decision: what was shown goes along, so that it is about this fleet and no other. */
function decision(visit: Visit, { fleet, expiresAt }: At<'offered' | 'confirmed'>, { typed, fault }: Said): Html {
  const { t, f, now } = visit;
  const texts = t.fleet;
  const facts = html`<dl>${identity(visit, fleet, texts)}<dt>${texts.until}</dt><dd>${instant(expiresAt, f.moment(expiresAt, now))}</dd></dl>
    <p class="soft">${texts.pinned}</p>`;
  if (!decides(visit.person)) return html`${facts}<p class="note">${texts.mayNot}</p>`;
  const same = (['root', 'policyKey'] as const).map((name) => [name, texts.same[name]] as const);
  return html`<form method="post" action="/fleet/confirm" class="door" novalidate>
      ${errorSummary(t, fault)}
      ${facts}
      <input type="hidden" name="root" value="${fleet.root}"><input type="hidden" name="policyKey" value="${fleet.policyKey}">
      ${many({ id: 'compared', label: texts.compared, hint: texts.comparedHint, of: same, chosen: (typed.compared ?? '').split('\n'), fault })}
      <div class="narrow">${codeField(visit, fault)}</div>
      <p class="soft">${texts.logged}</p>
      <div class="row"><button class="primary">${texts.confirm}</button><button class="danger" formaction="/fleet/refuse">${texts.refuse}</button></div>
    </form>`;
}

const offered = (visit: Visit, status: At<'offered' | 'confirmed'>, said: Said): Shown => ({
  title: visit.t.fleet.offered(status.fleet.msp),
  lead: visit.t.fleet.offeredLead,
  main: decision(visit, status, said),
  aside: contract(visit),
});

const changes = ({ t: { fleet }, person }: Visit): Html =>
  decides(person)
    ? html`<section aria-labelledby="changes">
    <header><h2 id="changes">${fleet.changes}</h2></header>
    <p><a href="/fleet/leave">${fleet.leaveLink}</a></p>
    <p><a href="/fleet/move">${fleet.moveLink}</a></p>
  </section>`
    : nothing;

function confirmed(visit: Visit, { fleet }: At<'offered' | 'confirmed'>): Shown {
  const texts = visit.t.fleet;
  const fetch = html`<form method="post" action="/fleet/ask"><button>${texts.fetch}</button></form>`;
  return {
    title: texts.confirmed,
    lead: texts.confirmedLead,
    main: html`<div class="stack tight"><dl>${identity(visit, fleet, texts)}</dl>${decides(visit.person) ? fetch : nothing}</div>${contract(visit)}`,
    aside: changes(visit),
  };
}

function enrolled(visit: Visit, { fleet, expiresAt, renewal }: At<'enrolled'>): Shown {
  const { f } = visit;
  const texts = visit.t.fleet;
  const day = f.date(expiresAt);
  const until = renewal === 'due' ? texts.certificateDue(day) : day;
  const bound = html`<section aria-labelledby="bound">
      <header><h2 id="bound">${texts.bound}</h2></header>
      <dl>${identity(visit, fleet, { msp: texts.whose, site: texts.site })}<dt>${texts.certificate}</dt><dd>${renewal === 'lapsed' ? state('bad', day) : until}</dd></dl>
      ${renewal === 'lapsed' ? html`<p class="note bad">${texts.certificateLapsed}</p>` : nothing}
    </section>`;
  return {
    title: texts.enrolled(fleet.msp),
    lead: texts.enrolledLead(fleet.site),
    main: html`${bound}${contract(visit)}`,
    aside: html`${connection(visit)}${changes(visit)}`,
  };
}

function shownNow(visit: Visit, said: Said): Shown {
  const status = visit.services.fleet.status();
  switch (status.at) {
    case 'alone':
      return alone(visit, said);
    case 'offering':
      return offering(visit, status);
    case 'offered':
      return offered(visit, status, said);
    case 'confirmed':
      return confirmed(visit, status);
    case 'enrolled':
      return enrolled(visit, status);
  }
}

function fleetPage(visit: Visit, said: Said): Html {
  const { title, lead, main, aside } = shownNow(visit, said);
  const note = said.note === null ? nothing : html`<p class="note warn" role="alert">${said.note}</p>`;
  const body = html`${head(title, lead)}
    <div class="split"><div class="stack close">${note}${main}</div><div class="aside">${aside}</div></div>`;
  return layout(visit, { title, place: 'health', body });
}

/** Does it, and shows how things stand then; what is refused is said on that page. */
async function doing(
  c: DeskContext,
  work: () => Promise<unknown>,
  fields: Readonly<Record<string, string>> = {},
  typed: Said['typed'] = {},
): Promise<Response> {
  try {
    await work();
  } catch (error) {
    const said = saidOf(c, error, fields, typed);
    return c.html(fleetPage(c.get('visit'), said));
  }
  return c.redirect('/fleet', 303);
}

const atCode = { code_refused: 'code', login_wait: 'code' };

async function confirm(c: DeskContext): Promise<Response> {
  const person = allowed(c, 'join fleet');
  const { access, fleet } = c.get('visit').services;
  const ticked = [(await c.req.parseBody({ all: true })).compared ?? ''].flat().map(String);
  const [root, policyKey, code] = [await line(c, 'root'), await line(c, 'policyKey'), await line(c, 'code')];
  const work = async () => {
    if (!ticked.includes('root') || !ticked.includes('policyKey')) throw problem('fleet_not_compared');
    access.checkCode(person.id, code, addressOf(c));
    await fleet.confirm(person, { root, policyKey });
  };
  const fields = { ...atCode, fleet_not_compared: 'compared', fleet_fingerprint: 'compared' };
  return doing(c, work, fields, { compared: ticked.join('\n') });
}

export const fleetRoutes = new Hono<DeskEnv>()
  .get('/fleet', (c) => {
    allowed(c, 'see fleet');
    return c.html(fleetPage(c.get('visit'), nothingSaid));
  })
  .post('/fleet/begin', async (c) => {
    const person = allowed(c, 'join fleet');
    const url = await line(c, 'url');
    return doing(c, () => c.get('visit').services.fleet.begin(person, url), { fleet_url: 'url' }, { url });
  })
  .post('/fleet/ask', (c) => {
    allowed(c, 'join fleet');
    return doing(c, () => c.get('visit').services.fleet.ask());
  })
  .post('/fleet/give-up', (c) => {
    const person = allowed(c, 'join fleet');
    const { fleet } = c.get('visit').services;
    return doing(c, async () => {
      // Whoever has asked by now is refused with a code of the authenticator, not by a button of a page that is older.
      if (fleet.status().at !== 'offering') throw problem('fleet_not_offered');
      await fleet.refuse(person);
    });
  })
  .post('/fleet/confirm', confirm)
  .post('/fleet/refuse', async (c) => {
    const person = allowed(c, 'join fleet');
    const { access, fleet } = c.get('visit').services;
    const code = await line(c, 'code');
    return doing(
      c,
      async () => {
        access.checkCode(person.id, code, addressOf(c));
        await fleet.refuse(person);
      },
      atCode,
    );
  });

/** On the overview: who asks and waits for a decision of the person who looks; null: nobody. */
export function fleetWaits({ t: { fleet }, person, services }: Visit): Html | null {
  const status = services.fleet.status();
  if (status.at !== 'offered' || !decides(person)) return null;
  return html`<p class="note warn">${state('wait', fleet.offered(status.fleet.msp))} <a href="/fleet">${fleet.decide}</a></p>`;
}

/** In the aside of other pages: who manages the box, if somebody does. */
export function fleetNow({ t: { fleet }, services }: Visit): Html {
  const status = services.fleet.status();
  const connected = services.fleet.connection()?.connected ?? false;
  const isHere = status.at === 'enrolled';
  const says = {
    alone: () => fleet.alone,
    offering: () => fleet.offering,
    offered: fleet.offered,
    confirmed: () => fleet.confirmed,
    enrolled: fleet.enrolled,
  }[status.at]('fleet' in status ? status.fleet.msp : '');
  return html`<section aria-labelledby="fleet"><header><h2 id="fleet">${fleet.name}</h2></header>
    ${isHere ? html`<p>${connected ? state('ok', fleet.connected) : state('warn', fleet.notConnected)}</p>` : nothing}
    <p><a href="/fleet">${says}</a></p>
  </section>`;
}
