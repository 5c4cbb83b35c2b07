/** Customers, the worst first, and what can be done with them. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { errorSummary, type FormFault, field, head, pick, state } from '@belkluis/shared/web/parts';
import { Hono } from 'hono';
import type { Standing } from '../../compliance/standing.ts';
import type { CustomerGlance } from '../../inventory/glance.ts';
import type { CustomerRow } from '../../inventory/overview.ts';
import { type Urgency, urgencies } from '../../inventory/urgency.ts';
import type { Scope } from '../../tenants/scope.ts';
import { AGREEMENT_SOON_MS, CUSTOMERS_SHOWN } from '../limits.ts';
import { allowed, type ConsoleEnv, may, field as posted, type Visit } from '../visit.ts';
import { layout } from './layout.ts';
import { kindOf, matters, nextPage, policyWord, proven } from './parts.ts';
import { refusal } from './problem.ts';

/** How a customer stands: how many of its boxes are worst, and what is the matter. */
function stateCell(visit: Visit, { urgency, counts }: CustomerRow, glance: CustomerGlance): Html {
  const { t } = visit;
  if (urgency === null) return state('off', t.customers.noBoxes);
  const count = counts[urgency];
  const matter = matters(
    visit,
    glance.findings.map(({ code }) => code),
  );
  const quiet = urgency === 'ok' || urgency === 'revoked' || matter === '';
  return html`${state(kindOf[urgency], t.customers.standing[urgency](count))}${quiet ? nothing : html`<small>${matter}</small>`}`;
}

/** Whether any of its boxes has told anything. */
const isHeard = ({ boxes, counts }: CustomerRow): boolean => boxes > counts.revoked + counts.pending;

function provenCell(visit: Visit, row: CustomerRow, { provenAt, unproven }: CustomerGlance): Html {
  return isHeard(row) ? proven(visit, unproven > 0 ? null : provenAt) : html`–`;
}

function roomCell({ t, f }: Visit, row: CustomerRow, { diskDays }: CustomerGlance): string {
  if (!isHeard(row)) return '–';
  return diskDays === null ? t.customers.roomy : f.number(diskDays);
}

function policyCell(visit: Visit, { policy }: CustomerGlance): Html {
  const worst = (['rejected', 'pending', 'none', 'applied'] as const).find((one) => policy[one] > 0);
  return policyWord(visit, worst ?? null);
}

/** Until when there is an agreement; who sees a part of a customer alone is not told. */
function agreementCell({ t, f, now }: Visit, standing: Standing | undefined): Html {
  if (standing === undefined) return html`–`;
  if (standing.is !== 'valid') return state('warn', t.site.agreements[standing.is]);
  if (standing.until === null) return html`${t.customers.withoutEnd}`;
  const date = f.plainDate(standing.until);
  return standing.until - now < AGREEMENT_SOON_MS ? state('warn', date) : html`${date}`;
}

/** Rows of customers with what is known of them at a glance; also on the overview. */
export async function customerTable(
  visit: Visit,
  scope: Scope,
  rows: readonly CustomerRow[],
  glances: ReadonlyMap<string, CustomerGlance>,
): Promise<Html> {
  const { t, f } = visit;
  const standings = await visit.services.compliance.agreements.standings(
    scope,
    rows.map(({ id }) => id),
  );
  const { columns } = t.customers;
  return html`<table class="cards">
    <caption class="visually-hidden">${t.customers.caption}</caption>
    <thead><tr><th scope="col">${columns.customer}</th><th scope="col">${columns.state}</th><th scope="col" class="num">${columns.findings}</th><th scope="col">${columns.proven}</th><th scope="col">${columns.policy}</th><th scope="col" class="num">${columns.disk}</th><th scope="col">${columns.agreement}</th></tr></thead>
    <tbody>${rows.map((row) => {
      const glance = glances.get(row.id)!;
      const findings = glance.findings.reduce((sum, { boxes }) => sum + boxes, 0);
      return html`<tr><th scope="row"><a href="/customers/${row.id}">${row.name}</a><small>${t.customers.size(f.number(glance.sites), glance.sites, f.number(row.boxes), row.boxes)}</small></th><td data-label="${columns.state}">${stateCell(visit, row, glance)}</td><td data-label="${columns.findings}" class="num">${f.number(findings)}</td><td data-label="${columns.proven}">${provenCell(visit, row, glance)}</td><td data-label="${columns.policy}">${policyCell(visit, glance)}</td><td data-label="${columns.disk}" class="num">${roomCell(visit, row, glance)}</td><td data-label="${columns.agreement}" class="nowrap">${agreementCell(visit, standings.get(row.id))}</td></tr>`;
    })}</tbody>
  </table>`;
}

const havingIn = (text: string | undefined): Urgency | undefined => urgencies.find((one) => one === text);

function nameForm(
  visit: Visit,
  action: string,
  { title, lead, verb, back }: { title: string; lead: string; verb: string; back: string },
  name: string,
  fault: FormFault | null,
): Html {
  const { t } = visit;
  return html`${head(title, lead)}
    <form method="post" action="${action}" class="stack tight narrow">
      ${errorSummary(t.frame, fault)}
      ${field({ id: 'name', label: t.customers.name, hint: t.customers.nameHint, value: name, autocomplete: 'off', required: true, maxlength: 80, fault })}
      <div class="row"><button class="primary">${verb}</button><a href="${back}">${t.common.cancel}</a></div>
    </form>`;
}

const nameFields = { name_invalid: 'name', name_taken: 'name' };

function newPage(visit: Visit, name: string, fault: FormFault | null): Html {
  const { customers } = visit.t;
  const words = { title: customers.add, lead: customers.addLead, verb: customers.addVerb, back: '/customers' };
  return layout(visit, {
    title: customers.add,
    place: 'customers',
    body: nameForm(visit, '/customers', words, name, fault),
  });
}

function editPage(
  visit: Visit,
  { id, name, archived }: { id: string; name: string; archived: boolean },
  typed: string,
  fault: FormFault | null,
): Html {
  const { customers } = visit.t;
  const words = {
    title: customers.rename(name),
    lead: customers.renameLead,
    verb: customers.renameVerb,
    back: `/customers/${id}`,
  };
  const [act, said, verb] = archived
    ? (['restore', customers.restoreLead, customers.restoreVerb] as const)
    : (['archive', customers.archiveLead, customers.archiveVerb] as const);
  const body = html`<div class="stack">${nameForm(visit, `/customers/${id}`, words, typed, fault)}
    <section aria-labelledby="archive"><header><h2 id="archive">${verb}</h2><p>${said}</p></header>
      <form method="post" action="/customers/${id}/${act}"><button${archived ? nothing : html` class="danger"`}>${verb}</button></form></section></div>`;
  return layout(visit, {
    title: words.title,
    place: 'customers',
    trail: [{ href: `/customers/${id}`, text: name }],
    body,
  });
}

export const customersRoutes = new Hono<ConsoleEnv>()
  .get('/customers', async (c) => {
    const { scope } = allowed(c, 'see tenants');
    const visit = c.get('visit');
    const { t, f, services } = visit;
    const [search, after] = [c.req.query('q') ?? '', c.req.query('after')];
    const having = havingIn(c.req.query('having'));
    const { rows, next } = await services.overview.customers(scope, { search, after, having, limit: CUSTOMERS_SHOWN });
    const glances = await services.glance.customers(
      scope,
      rows.map(({ id }) => id),
    );
    const all = await services.glance.countCustomers(scope);
    const add =
      may(visit, 'manage tenants') && scope.within === 'all'
        ? html`<a href="/customers/new">${t.customers.add}</a>`
        : nothing;
    const choices = [
      ['', t.customers.any],
      ...urgencies.filter((one) => one !== 'revoked').map((one) => [one, t.common.urgency[one]]),
    ] as [string, string][];
    const body = html`${head(t.customers.title(f.number(all), all), t.customers.lead, add)}
      <div class="stack close">
        <form method="get" action="/customers" class="filter" role="search" aria-label="${t.customers.filter}">
          ${field({ id: 'q', label: t.customers.search, type: 'search', value: search, autocomplete: 'off' })}
          ${pick({ id: 'having', label: t.customers.having, of: choices, chosen: having ?? '', fault: null })}
          <div class="acts row"><button>${t.common.filter}</button>${search || having ? html`<a href="/customers">${t.common.all}</a>` : nothing}</div>
        </form>
        <section aria-label="${t.customers.caption}" data-live id="customers">
          ${
            rows.length === 0
              ? html`<div class="empty"><p>${search || having ? t.customers.nobodyFound : t.customers.nobody}</p><p>${search || having ? html`<a href="/customers">${t.common.all}</a>` : add}</p></div>`
              : html`${await customerTable(visit, scope, rows, glances)}${nextPage(visit, '/customers', { q: search, having }, { said: t.customers.shown(f.number(rows.length), f.number(all)), after, next })}`
          }
        </section>
      </div>`;
    return c.html(layout(visit, { title: t.customers.heading, place: 'customers', live: true, body }));
  })
  .get('/customers/new', (c) => {
    allowed(c, 'manage tenants');
    return c.html(newPage(c.get('visit'), '', null));
  })
  .post('/customers', async (c) => {
    const { scope, person } = allowed(c, 'manage tenants');
    const visit = c.get('visit');
    const name = await posted(c, 'name');
    try {
      const { id } = await visit.services.tenants.createCustomer(scope, name, person.id);
      return c.redirect(`/customers/${id}`, 303);
    } catch (error) {
      return c.html(newPage(visit, name, refusal(c, error, nameFields)));
    }
  })
  .get('/customers/:id/edit', async (c) => {
    const { scope } = allowed(c, 'manage tenants');
    const visit = c.get('visit');
    const { id, name, archivedAt } = await visit.services.tenants.customer(scope, c.req.param('id'));
    return c.html(editPage(visit, { id, name, archived: archivedAt !== null }, name, null));
  })
  .post('/customers/:id', async (c) => {
    const { scope, person } = allowed(c, 'manage tenants');
    const visit = c.get('visit');
    const { tenants } = visit.services;
    const { id, name: before, archivedAt } = await tenants.customer(scope, c.req.param('id'));
    const name = await posted(c, 'name');
    try {
      await tenants.renameCustomer(scope, id, name, person.id);
      return c.redirect(`/customers/${id}`, 303);
    } catch (error) {
      const fault = refusal(c, error, nameFields);
      return c.html(editPage(visit, { id, name: before, archived: archivedAt !== null }, name, fault));
    }
  })
  .post('/customers/:id/archive', async (c) => {
    const { scope, person } = allowed(c, 'manage tenants');
    await c.get('visit').services.tenants.archiveCustomer(scope, c.req.param('id'), person.id);
    return c.redirect(`/customers/${c.req.param('id')}`, 303);
  })
  .post('/customers/:id/restore', async (c) => {
    const { scope, person } = allowed(c, 'manage tenants');
    await c.get('visit').services.tenants.restoreCustomer(scope, c.req.param('id'), person.id);
    return c.redirect(`/customers/${c.req.param('id')}`, 303);
  });
