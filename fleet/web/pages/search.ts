/** One search for everything that has a name: customers, sites, boxes by name or the beginning of their id. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { head } from '@belkluis/shared/web/parts';
import { Hono } from 'hono';
import { FOUND_SHOWN } from '../limits.ts';
import { allowed, type ConsoleEnv } from '../visit.ts';
import { layout } from './layout.ts';
import { boxTable } from './parts.ts';

export const searchRoutes = new Hono<ConsoleEnv>().get('/search', async (c) => {
  const { scope } = allowed(c, 'see tenants');
  const visit = c.get('visit');
  const { t, f, services } = visit;
  const search = (c.req.query('q') ?? '').trim();
  const ask = { search, limit: FOUND_SHOWN };
  const none = { rows: [], next: null };
  const [customers, sites, boxes] =
    search === ''
      ? [none, none, none]
      : await Promise.all([
          services.tenants.customers(scope, ask),
          services.tenants.sites(scope, ask),
          services.boxes.list(scope, ask),
        ]);
  const ids = [...sites.rows.map(({ customer }) => customer), ...boxes.rows.map(({ site }) => site)];
  const names = new Map([...(await services.glance.names(scope, ids))].map(([id, { name }]) => [id, name]));
  const found = customers.rows.length + sites.rows.length + boxes.rows.length;
  const more = [customers, sites, boxes].some(({ next }) => next !== null);
  const links = (id: string, title: string, rows: readonly Html[]): Html =>
    rows.length === 0
      ? nothing
      : html`<section aria-labelledby="${id}"><header><h2 id="${id}">${title}</h2></header><ul class="list">${rows}</ul></section>`;
  const body = html`${head(search === '' ? t.search.heading : t.search.title(search), search === '' ? t.search.lead : t.search.found(f.number(found), found))}
    <div class="stack">
      ${links(
        'customers',
        t.search.customers,
        customers.rows.map(({ id, name }) => html`<li><a href="/customers/${id}">${name}</a></li>`),
      )}
      ${links(
        'sites',
        t.search.sites,
        sites.rows.map(
          ({ id, name, customer }) =>
            html`<li><a href="/sites/${id}">${name}</a><span class="soft">${names.get(customer) ?? ''}</span></li>`,
        ),
      )}
      ${boxes.rows.length === 0 ? nothing : html`<section aria-labelledby="boxes"><header><h2 id="boxes">${t.search.boxes}</h2></header>${boxTable(visit, t.search.boxes, boxes.rows, names)}</section>`}
      ${more ? html`<p class="soft">${t.search.more}</p>` : nothing}
      ${search !== '' && found === 0 ? html`<div class="empty"><p>${t.search.nothing}</p><p><a href="/customers">${t.search.toCustomers}</a></p></div>` : nothing}
    </div>`;
  return c.html(layout(visit, { title: t.search.heading, search, body }));
});
