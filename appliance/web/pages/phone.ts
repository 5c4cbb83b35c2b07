/** One phone: where it is, a link by which it fetches its settings, and taking it out. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { Hono } from 'hono';
import type { Person } from '../../access/people.ts';
import type { PhoneListed } from '../../access/phones.ts';
import { may } from '../../access/roles.ts';
import type { AttemptsTold } from '../../control/protocol.ts';
import { CERTIFICATE_PATH, type Offer } from '../../provisioning/provisioning.ts';
import { vendorNames } from '../../provisioning/vendors.ts';
import { problem } from '../problems.ts';
import type { PhonesNow } from '../tools-services.ts';
import { allowed, type DeskContext, type DeskEnv, line, type Visit } from '../visit.ts';
import { othersPart, triesPart } from './attempts.ts';
import { testedPage } from './connection.ts';
import { layout } from './layout.ts';
import { choices, errorSummary, type FormFault, field, instant } from './parts.ts';
import { exceptionOf, registered, whereOf } from './phones.ts';
import { refusal } from './refusal.ts';

interface Found {
  readonly phone: PhoneListed;
  readonly now: PhonesNow;
  readonly tried: AttemptsTold | null;
}

/** The phone that the path names. @throws Problem `phone_unknown`. */
async function found(c: DeskContext): Promise<Found> {
  const { phones } = c.get('visit').services;
  const now = await phones.now();
  const phone = now.phones.find(({ user }) => user === c.req.param('user'));
  if (!phone) throw problem('phone_unknown');
  return { phone, now, tried: await phones.attempts(phone.user) };
}

interface Typed {
  readonly vendor: string;
  readonly mac: string;
}

function provisionForm({ t }: Visit, { phone: { user } }: Found, typed: Typed, fault: FormFault | null): Html {
  const { phones } = t;
  return html`<section aria-labelledby="provision">
    <header><h2 id="provision">${phones.provision}</h2><p>${phones.provisionLead}</p></header>
    <form method="post" action="/phones/${encodeURIComponent(user)}/provision" class="stack tight" novalidate>
      ${errorSummary(t, fault)}
      ${choices({ id: 'vendor', legend: phones.vendor, of: vendorNames, labels: phones.vendors, chosen: typed.vendor, fault })}
      ${field({ id: 'mac', label: phones.mac, hint: phones.macHint, value: typed.mac, autocomplete: 'off', maxlength: 20, fault })}
      <div class="row"><button>${phones.provisionVerb}</button></div>
    </form>
  </section>`;
}

function removeForm({ t }: Visit, { phone: { user } }: Found): Html {
  const { phones } = t;
  return html`<section aria-labelledby="remove">
    <header><h2 id="remove">${phones.remove}</h2><p>${phones.removeLead}</p></header>
    <form method="post" action="/phones/${encodeURIComponent(user)}/remove"><button class="danger">${phones.removeVerb}</button></form>
  </section>`;
}

const testForm = ({ t }: Visit, { phone: { user } }: Found): Html => html`<section aria-labelledby="test">
    <header><h2 id="test">${t.phones.test}</h2><p>${t.phones.testLead}</p></header>
    <form method="post" action="/phones/${encodeURIComponent(user)}/test"><button>${t.phones.testVerb}</button></form>
  </section>`;

/** What it tried; where it is not registered, also what may have been it. */
function whyPart(visit: Visit, { phone, now, tried }: Found): Html {
  const there = now.registrations?.some(({ user }) => user === phone.user) ?? false;
  return html`${triesPart(visit, tried)}${there ? nothing : othersPart(visit, tried)}`;
}

function facts(visit: Visit, { phone, now }: Found): Html {
  const { t, f } = visit;
  const { phones } = t;
  const link = now.waiting.find(({ user }) => user === phone.user);
  return html`<section aria-labelledby="facts">
    <header><h2 id="facts">${phones.state}</h2></header>
    <p>${registered(visit, now, phone.user)}</p>
    <dl>${whereOf(now, phone.user).map((where) => html`<dt>${phones.where}</dt><dd>${where}</dd>`)}<dt>${phones.seen}</dt><dd>${instant(phone.seenAt, f.date(phone.seenAt))}</dd><dt>${phones.leaves}</dt><dd>${instant(phone.expiresAt, f.date(phone.expiresAt))}</dd><dt>${phones.exception}</dt><dd>${exceptionOf(visit, phone)}</dd></dl>
    ${link ? html`<p class="note">${phones.waits(f.momentWithin(link.expiresAt, visit.now))}</p>` : nothing}
  </section>`;
}

const headOf = ({ t }: Visit, title: string, lead: string): Html =>
  html`<div class="head"><div><p><a href="/phones">${t.phones.back}</a></p><h1>${title}</h1><p>${lead}</p></div></div>`;

function phonePage(visit: Visit, person: Person, one: Found, typed: Typed, fault: FormFault | null): Html {
  const title = visit.t.phones.onePhone(one.phone.user);
  const manages = may(person, 'manage phones');
  const body = html`${headOf(visit, title, '')}
    <div class="split">
      <div class="stack">${manages ? nothing : facts(visit, one)}${whyPart(visit, one)}${manages ? provisionForm(visit, one, typed, fault) : nothing}</div>
      <div class="aside">${manages ? html`${facts(visit, one)}${testForm(visit, one)}${removeForm(visit, one)}` : nothing}</div>
    </div>`;
  return layout(visit, { title, place: 'phones', body });
}

function offeredPage(visit: Visit, { phone: { user } }: Found, { url, expiresAt }: Offer): Html {
  const { t, f, now } = visit;
  const { phones } = t;
  const title = phones.offered(user);
  const body = html`${headOf(visit, title, phones.offeredMore)}
    <div class="stack tight">
      <dl><dt>${phones.link}</dt><dd><code class="whole">${url}</code></dd><dt>${phones.until}</dt><dd>${instant(expiresAt, f.moment(expiresAt, now))}</dd></dl>
      <p class="note">${phones.trust}</p>
      <p><a href="${CERTIFICATE_PATH}" download>${phones.certificate}</a></p>
    </div>`;
  return layout(visit, { title, place: 'phones', body });
}

async function offer(c: DeskContext): Promise<Response> {
  const person = allowed(c, 'manage phones');
  const visit = c.get('visit');
  const one = await found(c);
  const typed: Typed = { vendor: await line(c, 'vendor'), mac: await line(c, 'mac') };
  try {
    const made = visit.services.phones.offer(person, { user: one.phone.user, ...typed });
    return await c.html(offeredPage(visit, one, made));
  } catch (error) {
    const fault = refusal(c, error, { vendor_unknown: 'vendor', mac_wrong: 'mac', links_full: 'mac' });
    return c.html(phonePage(visit, person, one, typed, fault));
  }
}

export const phoneRoutes = new Hono<DeskEnv>()
  .get('/phones/:user', async (c) => {
    const person = allowed(c, 'see phones');
    return c.html(phonePage(c.get('visit'), person, await found(c), { vendor: '', mac: '' }, null));
  })
  .post('/phones/:user/provision', offer)
  .post('/phones/:user/test', async (c) => {
    const person = allowed(c, 'test connections');
    const visit = c.get('visit');
    const { phone } = await found(c);
    return c.html(testedPage(visit, await visit.services.connection.phone(person, phone.user), 'phones'));
  })
  .post('/phones/:user/remove', async (c) => {
    const person = allowed(c, 'manage phones');
    const { phone } = await found(c);
    c.get('visit').services.phones.remove(person, phone.user);
    return c.redirect('/phones', 303);
  });
