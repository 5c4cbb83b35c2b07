/** One site: its boxes, and the codes of boxes that come to it. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { errorSummary, type FormFault, field, head, state } from '@belkluis/shared/web/parts';
import { Hono } from 'hono';
import type { ShownClaim } from '../../enrolment/enrolment.ts';
import type { Scope } from '../../tenants/scope.ts';
import type { Site } from '../../tenants/tenants.ts';
import { BOXES_SHOWN } from '../limits.ts';
import { allowed, type ConsoleContext, type ConsoleEnv, may, field as posted, type Visit } from '../visit.ts';
import { layout, type Step } from './layout.ts';
import { boxTable, nextPage } from './parts.ts';
import { refusal } from './problem.ts';
import { type SiteTyped, siteFields, siteForm } from './site-form.ts';

interface Placed {
  readonly site: Site;
  readonly customer: string;
  readonly trail: readonly Step[];
}

/** @throws Problem `site_unknown`. */
async function placed({ services }: Visit, scope: Scope, id: string): Promise<Placed> {
  const site = await services.tenants.site(scope, id);
  const customer = await services.tenants.customer(scope, site.customer);
  const trail = [
    { href: `/customers/${customer.id}`, text: customer.name },
    { href: `/sites/${site.id}`, text: site.name },
  ];
  return { site, customer: customer.name, trail };
}

const claimKind = {
  typed: 'wait',
  proven: 'wait',
  enrolled: 'ok',
  refused: 'off',
  left: 'off',
  lapsed: 'off',
} as const;

function claimRow(visit: Visit, site: Site, { id, state: is, expiresAt }: ShownClaim): Html {
  const { t, now } = visit;
  const { claims } = t.site;
  const f = visit.formatsIn(site.timeZone);
  const open = is === 'typed' || is === 'proven';
  return html`<li>${state(claimKind[is], claims.states[is])}<span class="full">${claims.says[is]}</span>${
    open
      ? html`<span class="full soft">${claims.until(f.momentWithin(expiresAt, now))}</span>${
          may(visit, 'manage boxes')
            ? html`<form method="post" action="/sites/${site.id}/claims/${id}/withdraw"><button class="small">${claims.withdraw}</button></form>`
            : nothing
        }`
      : nothing
  }</li>`;
}

/** Typing a code, or why that cannot be done yet. */
function claimForm(
  visit: Visit,
  { site }: Placed,
  agreement: 'valid' | 'missing' | 'expired',
  code: string,
  fault: FormFault | null,
): Html {
  const { claims } = visit.t.site;
  if (agreement !== 'valid') return html`<p class="note warn">${claims.notReady[agreement]}</p>`;
  return html`<form method="post" action="/sites/${site.id}/claims" class="stack tight narrow">
      ${errorSummary(visit.t.frame, fault)}
      ${field({ id: 'code', label: claims.code, hint: claims.codeHint, value: code, autocomplete: 'off', required: true, maxlength: 40, fault })}
      <div class="row"><button class="primary">${claims.verb}</button></div>
    </form>`;
}

async function sitePage(c: ConsoleContext, scope: Scope, code: string, fault: FormFault | null): Promise<Html> {
  const visit = c.get('visit');
  const { t, f, services } = visit;
  const place = await placed(visit, scope, c.req.param('id') ?? '');
  const { site, customer, trail } = place;
  const after = c.req.query('after');
  const [boxes, claims, agreement] = await Promise.all([
    services.boxes.list(scope, { site: site.id, after, limit: BOXES_SHOWN }),
    services.enrolment.claimsAt(site.id),
    services.compliance.agreements.agreementOf(site.id),
  ]);
  // Those that ended long ago say nothing to anybody; what is enrolled is in the list of boxes.
  const shown = claims.filter(({ state: is }) => is !== 'enrolled' && is !== 'left').slice(-5);
  const manages = may(visit, 'manage boxes') && site.archivedAt === null;
  const right = may(visit, 'manage tenants') ? html`<a href="/sites/${site.id}/edit">${t.site.edit}</a>` : nothing;
  const body = html`${head(site.name, t.site.lead(customer, f.country(site.country)), right)}
    <div class="split">
      <div class="stack">
        ${site.archivedAt === null ? nothing : html`<p class="note">${t.site.archivedSince(f.date(site.archivedAt))}</p>`}
        <section aria-labelledby="boxes" data-live id="live-boxes">
          <header><h2 id="boxes">${t.site.boxes}</h2></header>
          ${
            boxes.rows.length === 0
              ? html`<div class="empty"><p>${t.site.noBoxes}</p></div>`
              : html`${boxTable(visit, t.site.boxes, boxes.rows, null)}${after || boxes.next ? nextPage(visit, `/sites/${site.id}`, {}, { said: '', after, next: boxes.next }) : nothing}`
          }
        </section>
        ${
          manages
            ? html`<section aria-labelledby="claim"><header><h2 id="claim">${t.site.claims.title}</h2><p>${t.site.claims.lead}</p></header>${claimForm(visit, place, agreement, code, fault)}</section>`
            : nothing
        }
      </div>
      <div class="aside">
        <section aria-labelledby="claims" data-live id="live-claims">
          <header><h2 id="claims">${t.site.claims.waiting}</h2></header>
          ${shown.length === 0 ? html`<p class="soft">${t.site.claims.none}</p>` : html`<ul class="list">${shown.map((claim) => claimRow(visit, site, claim))}</ul>`}
        </section>
        <section aria-labelledby="facts">
          <header><h2 id="facts">${t.site.about}</h2></header>
          <dl><dt>${t.site.country}</dt><dd>${f.country(site.country)}</dd><dt>${t.site.timeZone}</dt><dd>${site.timeZone}<small>${t.site.nowThere(visit.formatsIn(site.timeZone).time(visit.now))}</small></dd><dt>${t.site.agreement}</dt><dd>${state(agreement === 'valid' ? 'ok' : 'warn', t.site.agreements[agreement])}</dd></dl>
        </section>
      </div>
    </div>`;
  return layout(visit, { title: site.name, place: 'customers', trail, live: true, body });
}

function editPage(visit: Visit, { site, trail }: Placed, typed: SiteTyped, fault: FormFault | null): Html {
  const { t } = visit;
  const archived = site.archivedAt !== null;
  const [act, said, verb] = archived
    ? (['restore', t.site.restoreLead, t.site.restoreVerb] as const)
    : (['archive', t.site.archiveLead, t.site.archiveVerb] as const);
  const body = html`${head(t.site.change(site.name), t.site.changeLead)}
    <div class="stack">
      <form method="post" action="/sites/${site.id}" class="stack tight narrow">
        ${errorSummary(t.frame, fault)}
        ${siteForm(visit, typed, fault)}
        <div class="row"><button class="primary">${t.site.changeVerb}</button><a href="/sites/${site.id}">${t.common.cancel}</a></div>
      </form>
      <section aria-labelledby="archive"><header><h2 id="archive">${verb}</h2><p>${said}</p></header>
        <form method="post" action="/sites/${site.id}/${act}"><button${archived ? nothing : html` class="danger"`}>${verb}</button></form></section>
    </div>`;
  return layout(visit, { title: t.site.change(site.name), place: 'customers', trail, body });
}

const codeFields = {
  code_unreadable: 'code',
  code_unknown: 'code',
  code_claimed: 'code',
  claim_wait: 'code',
  name_unusable: 'code',
  agreement_missing: 'code',
  agreement_expired: 'code',
};

export const siteRoutes = new Hono<ConsoleEnv>()
  .get('/sites/:id', async (c) => c.html(await sitePage(c, allowed(c, 'see tenants').scope, '', null)))
  .get('/sites/:id/edit', async (c) => {
    const { scope } = allowed(c, 'manage tenants');
    const place = await placed(c.get('visit'), scope, c.req.param('id'));
    return c.html(editPage(c.get('visit'), place, place.site, null));
  })
  .post('/sites/:id', async (c) => {
    const { scope, person } = allowed(c, 'manage tenants');
    const visit = c.get('visit');
    const place = await placed(visit, scope, c.req.param('id'));
    const typed = {
      name: await posted(c, 'name'),
      country: (await posted(c, 'country')).trim().toUpperCase(),
      timeZone: (await posted(c, 'timeZone')).trim(),
    };
    try {
      await visit.services.tenants.changeSite(scope, place.site.id, typed, person.id);
      return c.redirect(`/sites/${place.site.id}`, 303);
    } catch (error) {
      return c.html(editPage(visit, place, typed, refusal(c, error, siteFields)));
    }
  })
  .post('/sites/:id/archive', async (c) => {
    const { scope, person } = allowed(c, 'manage tenants');
    await c.get('visit').services.tenants.archiveSite(scope, c.req.param('id'), person.id);
    return c.redirect(`/sites/${c.req.param('id')}`, 303);
  })
  .post('/sites/:id/restore', async (c) => {
    const { scope, person } = allowed(c, 'manage tenants');
    await c.get('visit').services.tenants.restoreSite(scope, c.req.param('id'), person.id);
    return c.redirect(`/sites/${c.req.param('id')}`, 303);
  })
  .post('/sites/:id/claims', async (c) => {
    const { scope, person } = allowed(c, 'manage boxes');
    const visit = c.get('visit');
    const { services, mspName } = visit;
    const { site } = await placed(visit, scope, c.req.param('id'));
    const code = await posted(c, 'code');
    const policyKey = await services.policyKeyOf(scope.msp);
    const claimant = { msp: scope.msp, mspName, site: site.id, siteName: site.name, policyKey };
    try {
      await services.enrolment.typed(code, claimant, person.id);
      return c.redirect(`/sites/${site.id}`, 303);
    } catch (error) {
      return c.html(await sitePage(c, scope, code, refusal(c, error, codeFields)));
    }
  })
  .post('/sites/:id/claims/:claim/withdraw', async (c) => {
    const { scope, person } = allowed(c, 'manage boxes');
    const visit = c.get('visit');
    const { site } = await placed(visit, scope, c.req.param('id'));
    await visit.services.enrolment.withdraw(c.req.param('claim'), site.id, person.id);
    return c.redirect(`/sites/${site.id}`, 303);
  });
