/** One customer: its sites, its boxes, what stands out. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { errorSummary, type FormFault, head, instant, state } from '@belkluis/shared/web/parts';
import { Hono } from 'hono';
import type { Standing } from '../../compliance/standing.ts';
import { words } from '../../compliance/words/words.ts';
import type { Customer, Site } from '../../tenants/tenants.ts';
import { BOXES_SHOWN, SITES_SHOWN } from '../limits.ts';
import { allowed, type ConsoleContext, type ConsoleEnv, may, field as posted, type Visit } from '../visit.ts';
import { agreementEnd, agreementState } from './compliance-parts.ts';
import { layout } from './layout.ts';
import { boxTable, nextPage, pathWith, standing } from './parts.ts';
import { refusal } from './problem.ts';
import { type SiteTyped, siteFields, siteForm } from './site-form.ts';

function sitesTable(visit: Visit, sites: readonly Site[]): Html {
  const { t, f } = visit;
  const { columns } = t.customer;
  return html`<table class="cards">
    <caption class="visually-hidden">${t.customer.sites}</caption>
    <thead><tr><th scope="col">${columns.site}</th><th scope="col">${columns.country}</th><th scope="col">${columns.timeZone}</th></tr></thead>
    <tbody>${sites.map((site) => html`<tr><th scope="row"><a href="/sites/${site.id}">${site.name}</a>${site.archivedAt === null ? nothing : state('off', t.common.archived)}</th><td data-label="${columns.country}">${f.country(site.country)}</td><td data-label="${columns.timeZone}">${site.timeZone}</td></tr>`)}</tbody>
  </table>`;
}

/** Null for who may see a part of the customer only: the agreement is with all of it. */
async function agreementWith(c: ConsoleContext, customer: string): Promise<Standing | null> {
  const { scope } = allowed(c, 'see agreements');
  try {
    return (await c.get('visit').services.compliance.agreements.with(scope, customer)).standing;
  } catch (error) {
    if ((error as { code?: string }).code === 'customer_unknown') return null;
    throw error;
  }
}

function newSitePage(visit: Visit, customer: Customer, typed: SiteTyped, fault: FormFault | null): Html {
  const { t } = visit;
  const body = html`${head(t.site.add, t.site.addLead(customer.name))}
    <form method="post" action="/customers/${customer.id}/sites" class="stack tight narrow">
      ${errorSummary(t.frame, fault)}
      ${siteForm(visit, typed, fault)}
      <div class="row"><button class="primary">${t.site.addVerb}</button><a href="/customers/${customer.id}">${t.common.cancel}</a></div>
    </form>`;
  const trail = [{ href: `/customers/${customer.id}`, text: customer.name }];
  return layout(visit, { title: t.site.add, place: 'customers', trail, body });
}

export const customerRoutes = new Hono<ConsoleEnv>()
  .get('/customers/:id', async (c) => {
    const { scope } = allowed(c, 'see tenants');
    const visit = c.get('visit');
    const { t, f, services } = visit;
    const customer = await services.tenants.customer(scope, c.req.param('id'));
    const after = c.req.query('after');
    const [sites, boxes, counts, agreement] = await Promise.all([
      services.tenants.sites(scope, { customer: customer.id, after, archived: true, limit: SITES_SHOWN }),
      services.boxes.list(scope, { customer: customer.id, limit: BOXES_SHOWN }),
      services.boxes.counts(scope, { customer: customer.id }),
      agreementWith(c, customer.id),
    ]);
    const siteNames = await services.glance.names(
      scope,
      boxes.rows.map(({ site }) => site),
    );
    const all = Object.values(counts.urgency).reduce((sum, one) => sum + one, 0);
    const manages = may(visit, 'manage tenants');
    const worst = boxes.rows[0];
    const right = manages ? html`<a href="/customers/${customer.id}/edit">${t.customer.edit}</a>` : nothing;
    const body = html`${head(customer.name, worst ? t.customer.lead(f.number(all), all) : t.customer.leadEmpty, right)}
      <div class="stack">
        ${customer.archivedAt === null ? nothing : html`<p class="note">${t.customer.archivedSince(f.date(customer.archivedAt))}</p>`}
        ${agreement === null || agreement.is === 'valid' ? nothing : html`<p class="note warn">${t.agreements.is[agreement.is]} ${words[visit.language].help}</p>`}
        <section aria-labelledby="boxes" data-live id="live-boxes">
          <header><h2 id="boxes">${t.customer.boxes}</h2>${worst ? standing(visit, worst.urgency) : nothing}</header>
          ${
            boxes.rows.length === 0
              ? html`<div class="empty"><p>${t.customer.noBoxes}</p></div>`
              : html`${boxTable(visit, t.customer.boxes, boxes.rows, new Map([...siteNames].map(([id, { name }]) => [id, name])))}<p><a href="${pathWith('/boxes', { customer: customer.id })}">${t.common.shown(f.number(boxes.rows.length), f.number(all))}</a></p>`
          }
        </section>
        <section aria-labelledby="sites">
          <header><h2 id="sites">${t.customer.sites}</h2>${manages && customer.archivedAt === null ? html`<a href="/customers/${customer.id}/sites/new">${t.site.add}</a>` : nothing}</header>
          ${
            sites.rows.length === 0
              ? html`<div class="empty"><p>${t.customer.noSites}</p></div>`
              : html`${sitesTable(visit, sites.rows)}${after || sites.next ? nextPage(visit, `/customers/${customer.id}`, {}, { said: '', after, next: sites.next }) : nothing}`
          }
        </section>
        ${
          agreement === null
            ? nothing
            : html`<section aria-labelledby="agreement"><header><h2 id="agreement">${t.site.agreement}</h2>${agreementState(visit, agreement)}</header><dl><dt>${t.agreements.columns.until}</dt><dd>${agreementEnd(visit, agreement)}</dd></dl><p><a href="/customers/${customer.id}/agreement">${t.agreements.of(customer.name)}</a></p></section>`
        }
        <p class="soft">${t.common.since} ${instant(customer.createdAt, f.momentWithin(customer.createdAt, visit.now))}</p>
      </div>`;
    const trail = [{ href: `/customers/${customer.id}`, text: customer.name }];
    return c.html(layout(visit, { title: customer.name, place: 'customers', trail, live: true, body }));
  })
  .get('/customers/:id/sites/new', async (c) => {
    const { scope } = allowed(c, 'manage tenants');
    const visit = c.get('visit');
    const customer = await visit.services.tenants.customer(scope, c.req.param('id'));
    const typed = { name: '', country: visit.services.region, timeZone: visit.timeZone };
    return c.html(newSitePage(visit, customer, typed, null));
  })
  .post('/customers/:id/sites', async (c) => {
    const { scope, person } = allowed(c, 'manage tenants');
    const visit = c.get('visit');
    const { tenants } = visit.services;
    const customer = await tenants.customer(scope, c.req.param('id'));
    const typed = {
      name: await posted(c, 'name'),
      country: (await posted(c, 'country')).trim().toUpperCase(),
      timeZone: (await posted(c, 'timeZone')).trim(),
    };
    try {
      const site = await tenants.createSite(scope, customer.id, typed, person.id);
      return c.redirect(`/sites/${site.id}`, 303);
    } catch (error) {
      return c.html(newSitePage(visit, customer, typed, refusal(c, error, siteFields)));
    }
  });
