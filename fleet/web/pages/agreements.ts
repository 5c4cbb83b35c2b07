/** Customers and their processing agreements. */
import { html, nothing } from '@belkluis/shared/web/html';
import { head } from '@belkluis/shared/web/parts';
import { Hono } from 'hono';
import { words } from '../../compliance/words/words.ts';
import { CUSTOMERS_SHOWN } from '../limits.ts';
import { allowed, type ConsoleEnv } from '../visit.ts';
import { agreementEnd, agreementState, complianceNav } from './compliance-parts.ts';
import { layout } from './layout.ts';
import { nextPage } from './parts.ts';

export const agreementsRoutes = new Hono<ConsoleEnv>().get('/agreements', async (c) => {
  const { scope } = allowed(c, 'see agreements');
  const visit = c.get('visit');
  const { t, language, services } = visit;
  const { agreements } = t;
  const after = c.req.query('after');
  const [{ rows, next }, older] = await Promise.all([
    services.compliance.agreements.list(scope, { after, limit: CUSTOMERS_SHOWN }),
    services.compliance.agreements.onOlderTerms(scope),
  ]);
  const old = new Map(older.map(({ customer, version }) => [customer, version]));
  const annexes = (customer: string, valid: boolean) => {
    if (!valid) return '–';
    if (!old.has(customer)) return agreements.current;
    return old.get(customer) === null ? agreements.own : agreements.older;
  };
  const { columns } = agreements;
  const missing = rows.some(({ standing }) => standing.is !== 'valid');
  const body = html`${head(agreements.title, agreements.lead)}
    <div class="stack">
      ${complianceNav(visit, 'agreements')}
      ${missing ? html`<p class="note warn">${words[language].help}</p>` : nothing}
      <section aria-label="${agreements.caption}">${
        rows.length === 0
          ? html`<div class="empty"><p>${agreements.none}</p></div>`
          : html`<table class="cards"><caption class="visually-hidden">${agreements.caption}</caption>
        <thead><tr><th scope="col">${columns.customer}</th><th scope="col">${columns.standing}</th><th scope="col">${columns.until}</th><th scope="col">${columns.terms}</th></tr></thead>
        <tbody>${rows.map(
          ({ customer, name, standing }) =>
            html`<tr><th scope="row"><a href="/customers/${customer}/agreement">${name}</a></th><td data-label="${columns.standing}">${agreementState(visit, standing)}</td><td data-label="${columns.until}">${agreementEnd(visit, standing)}</td><td data-label="${columns.terms}">${annexes(customer, standing.is === 'valid')}</td></tr>`,
        )}</tbody></table>${after || next ? nextPage(visit, '/agreements', {}, { said: '', after, next }) : nothing}`
      }</section>
    </div>`;
  return c.html(layout(visit, { title: agreements.title, place: 'compliance', body }));
});
