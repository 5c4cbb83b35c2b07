/** The processing agreement with one customer: what holds, what is different now, and the acts on it. */

import { dayAfter, dayBegins } from '@belkluis/shared/web/formats';
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { errorSummary, type FormFault, field, head, pick } from '@belkluis/shared/web/parts';
import { Hono } from 'hono';
import type { Agreement } from '../../compliance/agreements.ts';
import { problem as complianceProblem } from '../../compliance/problems.ts';
import { words } from '../../compliance/words/words.ts';
import type { Scope } from '../../tenants/scope.ts';
import type { Customer } from '../../tenants/tenants.ts';
import { languages } from '../i18n/language.ts';
import { allowed, type ConsoleContext, type ConsoleEnv, may, field as posted, type Visit } from '../visit.ts';
import { agreementEnd, agreementState } from './compliance-parts.ts';
import { layout } from './layout.ts';
import { namedField, refusal } from './problem.ts';

/** What was typed of a signature; days as a date field has them. */
interface Signed {
  readonly by: string;
  readonly on: string;
  readonly ends: string;
  readonly digest: string;
}

const trailOf = ({ t }: Visit, { id, name }: Customer) => [
  { href: `/customers/${id}`, text: name },
  { href: `/customers/${id}/agreement`, text: t.site.agreement },
];

const row = (name: string, value: Html | string | null): Html =>
  value === null || value === '' ? nothing : html`<dt>${name}</dt><dd>${value}</dd>`;

function agreementFacts(visit: Visit, customer: string, one: Agreement): Html {
  const { f, t } = visit;
  const { agreements: a } = t;
  const day = (at: number | null) => (at === null ? null : f.plainDate(at));
  return html`<dl>${[
    row(a.sentOn, day(one.sentAt)),
    row(a.signedOn, day(one.signedAt)),
    row(a.signedBy, one.signedBy),
    row(a.until, one.state === 'signed' && one.until === null ? a.withoutEnd : day(one.until)),
    row(a.ended, day(one.endedAt)),
    row(a.columns.terms, one.termsVersion === null ? a.own : a.version(f.number(one.termsVersion))),
    row(a.textHash, one.textDigest === null ? null : html`<span class="fingerprint">${one.textDigest}</span>`),
    row(
      a.signedHash,
      one.digest === null || one.digest === one.textDigest
        ? null
        : html`<span class="fingerprint">${one.digest}</span>`,
    ),
  ]}</dl>${one.state === 'signed' && one.digest === null ? html`<p class="soft">${a.unhashed}</p>` : nothing}${
    one.textDigest === null
      ? nothing
      : html`<p><a href="/customers/${customer}/agreement/${one.id}/text" download>${a.download}</a></p>`
  }`;
}

/** What the annexes that were signed say otherwise than those that hold now. */
async function differences({ services, t }: Visit, scope: Scope, customer: string): Promise<Html> {
  const { agreements: a } = t;
  const all = await services.compliance.agreements.changesSince(scope, customer);
  if (all === null) return html`<p class="soft">${a.ownText}</p>`;
  return all.length === 0
    ? html`<p class="soft">${a.same}</p>`
    : html`<p>${a.changedLead}</p><ul class="list">${all.map(({ annex, is, of }) => html`<li><span>${a.annexes[annex]}<small>${of}</small></span><span>${a.changes[is]}</span></li>`)}</ul>`;
}

function signForm(visit: Visit, customer: Customer, typed: Signed, fault: FormFault | null): Html {
  const { agreements: a } = visit.t;
  const text = (id: 'by' | 'on' | 'ends' | 'digest', label: string, more: object = {}) =>
    field({ id, label, value: typed[id], autocomplete: 'off', fault, ...more });
  return html`<form method="post" action="/customers/${customer.id}/agreement/sign" class="stack tight narrow">
    ${errorSummary(visit.t.frame, fault)}
    ${text('by', a.by, { required: true, maxlength: 200 })}
    ${text('on', a.on, { type: 'date', required: true, max: visit.f.isoDate(visit.now) })}
    ${text('ends', a.ends, { type: 'date', hint: a.endsHint })}
    <div class="field" data-hashes="digest" hidden><label for="scan">${a.scan}</label><span class="hint" id="scan-hint">${a.scanHint}</span><input id="scan" type="file" aria-describedby="scan-hint"></div>
    ${text('digest', a.digest, { hint: a.digestHint, maxlength: 64 })}
    <div class="row"><button class="primary">${a.signVerb}</button></div>
  </form>`;
}

async function agreementPage(c: ConsoleContext, scope: Scope, typed: Signed, fault: FormFault | null): Promise<Html> {
  const visit = c.get('visit');
  const { t, f, language, services } = visit;
  const { agreements: a } = t;
  const customer = await services.tenants.customer(scope, c.req.param('customer') ?? '');
  const { agreements, standing, push } = await services.compliance.agreements.with(scope, customer.id);
  const signed = agreements.findLast(({ state }) => state === 'signed');
  const open = agreements.some(({ state }) => state === 'sent' || state === 'signed');
  const manages = may(visit, 'manage agreements') && customer.archivedAt === null;
  const pushed = push.may ? (push.stopsAt === null ? null : a.pushUntil(f.plainDate(push.stopsAt))) : a.pushStopped;
  const drawForm = html`<form method="get" action="/customers/${customer.id}/agreement/preview" class="stack tight narrow">
      ${pick({ id: 'in', label: a.language, of: languages.map((code) => [code, f.languageName(code)] as const), chosen: language, fault: null })}
      <div class="row"><button>${a.show}</button></div></form>`;
  const body = html`${head(a.of(customer.name), a.is[standing.is], agreementState(visit, standing))}
    <div class="split">
      <div class="stack">
        ${standing.is === 'valid' ? nothing : html`<p class="note warn">${words[language].help}</p>`}
        ${signed ? html`<section aria-labelledby="changed"><header><h2 id="changed">${a.changed}</h2></header>${await differences(visit, scope, customer.id)}</section>` : nothing}
        ${
          manages
            ? html`<section aria-labelledby="draw"><header><h2 id="draw">${open ? a.draw : a.drawFirst}</h2><p>${a.drawLead}</p></header>${drawForm}</section>
        <section aria-labelledby="sign"><header><h2 id="sign">${a.sign}</h2><p>${a.signLead}</p></header>${signForm(visit, customer, typed, fault)}</section>
        ${open ? html`<p><a href="/customers/${customer.id}/agreement/end">${a.end}</a></p>` : nothing}`
            : nothing
        }
      </div>
      <div class="aside">
        <section aria-labelledby="now"><header><h2 id="now">${a.now}</h2></header><dl><dt>${a.columns.standing}</dt><dd>${agreementState(visit, standing)}</dd><dt>${a.columns.until}</dt><dd>${agreementEnd(visit, standing)}</dd></dl>${pushed === null ? nothing : html`<p class="soft">${pushed}</p>`}</section>
        ${
          agreements.length === 0
            ? nothing
            : html`<section aria-labelledby="history"><header><h2 id="history">${a.history}</h2></header>${[
                ...agreements,
              ]
                .reverse()
                .map(
                  (one) => html`<h3>${a.states[one.state]}</h3>${agreementFacts(visit, customer.id, one)}`,
                )}</section>`
        }
      </div>
    </div>`;
  const [of, own] = trailOf(visit, customer);
  return layout(visit, {
    ...{ title: a.of(customer.name), place: 'compliance', trail: [of!, own!] },
    ...{ modules: manages ? ['browser/digest.ts'] : [], body },
  });
}

async function previewPage(c: ConsoleContext, scope: Scope, wanted: string, changed: boolean): Promise<Html> {
  const visit = c.get('visit');
  const { services, t } = visit;
  const { agreements: a } = t;
  const customer = await services.tenants.customer(scope, c.req.param('customer') ?? '');
  const { text, digest } = await services.compliance.agreements.preview(scope, customer.id, wanted);
  const body = html`${head(a.previewTitle(customer.name), a.previewLead)}
    <div class="stack">
      ${changed ? html`<p class="note warn" role="alert">${a.previewChanged}</p>` : nothing}
      <dl><dt>${a.textHash}</dt><dd class="fingerprint">${digest}</dd></dl>
      <pre class="text" lang="${wanted}" tabindex="0">${text}</pre>
      <form method="post" action="/customers/${customer.id}/agreement/send" class="stack tight narrow"><p>${a.sendLead}</p>
        <input type="hidden" name="in" value="${wanted}"><input type="hidden" name="seen" value="${digest}">
        <div class="row"><button class="primary">${a.send}</button><a href="/customers/${customer.id}/agreement">${t.common.cancel}</a></div></form>
    </div>`;
  return layout(visit, {
    title: a.previewTitle(customer.name),
    place: 'compliance',
    trail: trailOf(visit, customer),
    body,
  });
}

/** The beginning of a day, wall clock, ms; `field` is where it was typed. @throws Problem `date_invalid`. */
function dayOf(text: string, { timeZone }: Visit, field: 'on' | 'ends'): number {
  const at = dayBegins(text, timeZone);
  if (at === null) throw complianceProblem('date_invalid', field);
  return at;
}

/** An agreement holds until the end of its last day. */
function lastOf(text: string, visit: Visit): number {
  dayOf(text, visit, 'ends');
  return dayOf(dayAfter(text), visit, 'ends') - 1;
}

export const agreementRoutes = new Hono<ConsoleEnv>()
  .get('/customers/:customer/agreement', async (c) => {
    const { scope } = allowed(c, 'see agreements');
    const { f, now } = c.get('visit');
    return c.html(await agreementPage(c, scope, { by: '', on: f.isoDate(now), ends: '', digest: '' }, null));
  })
  .get('/customers/:customer/agreement/preview', async (c) => {
    const { scope } = allowed(c, 'manage agreements');
    return c.html(await previewPage(c, scope, c.req.query('in') ?? c.get('visit').language, false));
  })
  .post('/customers/:customer/agreement/send', async (c) => {
    const { scope, person } = allowed(c, 'manage agreements');
    const { agreements } = c.get('visit').services.compliance;
    const customer = c.req.param('customer');
    const [wanted, seen] = [await posted(c, 'in'), await posted(c, 'seen')];
    // What is kept as sent is what somebody has read, to the letter.
    if ((await agreements.preview(scope, customer, wanted)).digest !== seen)
      return c.html(await previewPage(c, scope, wanted, true), 409);
    await agreements.send(scope, customer, wanted, person.id);
    return c.redirect(`/customers/${customer}/agreement`, 303);
  })
  .get('/customers/:customer/agreement/:agreement/text', async (c) => {
    const { scope } = allowed(c, 'see agreements');
    const { services } = c.get('visit');
    const customer = await services.tenants.customer(scope, c.req.param('customer'));
    const { agreements } = await services.compliance.agreements.with(scope, customer.id);
    const one = agreements.find(({ id }) => id === c.req.param('agreement'));
    if (!one) throw complianceProblem('agreement_unknown');
    const text = await services.compliance.agreements.text(scope, one.id);
    return c.body(text, 200, {
      'Content-Type': 'text/plain; charset=utf-8',
      'Content-Disposition': `attachment; filename="agreement-${one.textDigest?.slice(0, 12)}.txt"`,
    });
  })
  .post('/customers/:customer/agreement/sign', async (c) => {
    const { scope, person } = allowed(c, 'manage agreements');
    const visit = c.get('visit');
    const customer = c.req.param('customer');
    const typed: Signed = {
      ...{ by: await posted(c, 'by'), on: await posted(c, 'on'), ends: await posted(c, 'ends') },
      digest: (await posted(c, 'digest')).trim().toLowerCase(),
    };
    try {
      const signing = {
        by: typed.by,
        at: dayOf(typed.on, visit, 'on'),
        until: typed.ends === '' ? null : lastOf(typed.ends, visit),
        scan: typed.digest === '' ? null : typed.digest,
      };
      await visit.services.compliance.agreements.sign(scope, customer, signing, person.id);
      return c.redirect(`/customers/${customer}/agreement`, 303);
    } catch (error) {
      const fault = refusal(c, error, {
        ...{ name_invalid: 'by', agreement_signed_late: 'on', agreement_ends_early: 'ends' },
        date_invalid: namedField(error, ['ends'], 'on'),
        ...{ digest_invalid: 'digest', agreement_not_sent: 'digest' },
      });
      return c.html(await agreementPage(c, scope, typed, fault));
    }
  })
  .get('/customers/:customer/agreement/end', async (c) => {
    const { scope } = allowed(c, 'manage agreements');
    const visit = c.get('visit');
    const { agreements: a } = visit.t;
    const customer = await visit.services.tenants.customer(scope, c.req.param('customer'));
    const body = html`${head(a.endTitle(customer.name), a.endLead)}
      <form method="post" action="/customers/${customer.id}/agreement/end" class="stack tight narrow"><p class="note warn">${words[visit.language].help}</p>
        <div class="row"><button class="danger">${a.endVerb}</button><a href="/customers/${customer.id}/agreement">${visit.t.common.cancel}</a></div></form>`;
    return c.html(layout(visit, { title: a.end, place: 'compliance', trail: trailOf(visit, customer), body }));
  })
  .post('/customers/:customer/agreement/end', async (c) => {
    const { scope, person } = allowed(c, 'manage agreements');
    const customer = c.req.param('customer');
    await c.get('visit').services.compliance.agreements.end(scope, customer, person.id);
    return c.redirect(`/customers/${customer}/agreement`, 303);
  });
