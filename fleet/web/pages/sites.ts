/** All sites by name, with their customers. */
import { html, nothing } from '@belkluis/shared/web/html';
import { field, head } from '@belkluis/shared/web/parts';
import { Hono } from 'hono';
import { SITES_SHOWN } from '../limits.ts';
import { allowed, type ConsoleEnv } from '../visit.ts';
import { layout } from './layout.ts';
import { nextPage, standing } from './parts.ts';

export const sitesRoutes = new Hono<ConsoleEnv>().get('/sites', async (c) => {
  const { scope } = allowed(c, 'see tenants');
  const visit = c.get('visit');
  const { t, f, services } = visit;
  const { sites } = t;
  const [search, after] = [c.req.query('q') ?? '', c.req.query('after')];
  const { rows, next } = await services.tenants.sites(scope, { search, after, limit: SITES_SHOWN });
  const [glances, names] = await Promise.all([
    services.glance.sites(
      scope,
      rows.map(({ id }) => id),
    ),
    services.glance.names(
      scope,
      rows.map(({ customer }) => customer),
    ),
  ]);
  const { columns } = t.common;
  const body = html`${head(sites.heading, sites.lead)}
    <div class="stack close">
      <form method="get" action="/sites" class="filter" role="search" aria-label="${sites.filter}">
        ${field({ id: 'q', label: sites.search, type: 'search', value: search, autocomplete: 'off' })}
        <div class="acts row"><button>${t.common.filter}</button>${search ? html`<a href="/sites">${t.common.all}</a>` : nothing}</div>
      </form>
      <section aria-label="${sites.heading}" data-live id="live-sites">
        ${
          rows.length === 0
            ? html`<div class="empty"><p>${search ? sites.nothingFound : sites.none}</p></div>`
            : html`<table class="cards"><caption class="visually-hidden">${sites.heading}</caption>
          <thead><tr><th scope="col">${columns.site}</th><th scope="col">${sites.customer}</th><th scope="col">${columns.state}</th><th scope="col" class="num">${sites.boxes}</th><th scope="col">${sites.country}</th><th scope="col">${sites.timeZone}</th></tr></thead>
          <tbody>${rows.map(({ id, name, customer, country, timeZone }) => {
            const glance = glances.get(id);
            return html`<tr><th scope="row"><a href="/sites/${id}">${name}</a></th><td data-label="${sites.customer}"><a href="/customers/${customer}">${names.get(customer)?.name ?? '–'}</a></td><td data-label="${columns.state}">${glance ? standing(visit, glance.urgency) : html`<span class="soft">${sites.noBoxes}</span>`}</td><td data-label="${sites.boxes}" class="num">${f.number(glance?.boxes ?? 0)}</td><td data-label="${sites.country}">${f.country(country)}</td><td data-label="${sites.timeZone}">${timeZone}</td></tr>`;
          })}</tbody></table>${nextPage(visit, '/sites', { q: search }, { said: '', after, next })}`
        }
      </section>
    </div>`;
  return c.html(layout(visit, { title: sites.heading, place: 'sites', live: true, body }));
});
