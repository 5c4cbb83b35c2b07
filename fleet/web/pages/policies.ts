/** Policies of the fleet: levels as a tree, how boxes stand, and customers' own policies. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { errorSummary, type FormFault, field, head, pick, state } from '@belkluis/shared/web/parts';
import { Hono } from 'hono';
import type { LevelContent } from '../../policy/content.ts';
import type { WrittenLevel } from '../../policy/levels.ts';
import { MAX_COUNTED } from '../../policy/limits.ts';
import { type Standing, standings } from '../../policy/tables.ts';
import { BOXES_SHOWN, CUSTOMERS_SHOWN } from '../limits.ts';
import { allowed, type ConsoleContext, type ConsoleEnv, file, may, type Visit } from '../visit.ts';
import { layout } from './layout.ts';
import { ago, nextPage } from './parts.ts';
import { partWord, pathOf, policyNav, standingKind, whyWords } from './policy-words.ts';
import { refusal } from './problem.ts';
import { peopleNames } from './who.ts';

/** What a level says, in a line. */
export function summary(visit: Visit, { parts, without, locks, variables, values }: LevelContent): Html {
  const { policies } = visit.t;
  const said = [
    ...Object.keys(parts).map((name) => partWord(visit, name)),
    ...(without.length > 0 ? [policies.takesOut(without.length)] : []),
    ...(locks.length > 0 ? [policies.locksSome(locks.length)] : []),
    ...(Object.keys(variables).length > 0 ? [policies.declares(Object.keys(variables).length)] : []),
    ...(Object.keys(values).length > 0 ? [policies.givesValues(Object.keys(values).length)] : []),
  ];
  return said.length === 0 ? html`<span class="soft">${policies.saysNothing}</span>` : html`${said.join(', ')}`;
}

const depth = { msp: 0, customer: 1, site: 2, box: 3 } as const;

interface Node {
  readonly level: WrittenLevel;
  readonly children: readonly Node[];
}

/** Each below the nearest above it that says something. */
function treeOf(levels: readonly WrittenLevel[]): readonly Node[] {
  const isBelow = (one: WrittenLevel, other: WrittenLevel) =>
    depth[one.kind] > depth[other.kind] &&
    (other.kind === 'msp' || (other.kind === 'customer' ? one.customer === other.of : one.site === other.of));
  const parentOf = (one: WrittenLevel) =>
    levels.filter((other) => isBelow(one, other)).sort((a, b) => depth[b.kind] - depth[a.kind])[0];
  const under = (parent: WrittenLevel | undefined): readonly Node[] =>
    levels
      .filter((one) => parentOf(one) === parent)
      .sort((a, b) => a.name.localeCompare(b.name))
      .map((level) => ({ level, children: under(level) }));
  return under(undefined);
}

function branch(visit: Visit, nodes: readonly Node[], by: (id: string) => string): Html {
  const { t, f, now, mspName } = visit;
  const { policies } = t;
  return html`<ul class="tree">${nodes.map(
    ({ level: one, children }) =>
      html`<li><p><a href="${pathOf(one)}"><strong>${one.kind === 'msp' ? mspName : one.name}</strong></a> <span class="soft">${policies.kinds[one.kind]}, ${policies.writtenBy(one.level.version, by(one.level.by!), f.momentWithin(one.level.at!, now))}</span><br>${summary(visit, one.level.content)}</p>${children.length > 0 ? branch(visit, children, by) : nothing}</li>`,
  )}</ul>`;
}

/** Numbers of each state, as links to the boxes. */
export function standingList(
  visit: Visit,
  { counts, oldest }: Awaited<ReturnType<Visit['services']['policies']['standing']['counts']>>,
): Html {
  const { t, f } = visit;
  const shown = standings.filter((is) => counts[is] > 0 || is === 'applied').toReversed();
  const row = (is: Standing): Html => {
    const since = is === 'none' || is === 'applied' ? null : oldest[is];
    const count = t.overview.boxes(f.number(counts[is]), counts[is]);
    return html`<dt>${state(standingKind[is], t.policies.standings[is])}${since === null ? nothing : html`<small>${t.policies.oldest} ${ago(visit, since)}</small>`}</dt><dd>${is === 'none' ? count : html`<a href="/policies/boxes?state=${is}">${count}</a>`}</dd>`;
  };
  return html`<dl>${shown.map(row)}</dl>`;
}

async function levelsPage(c: ConsoleContext): Promise<Html> {
  const { scope } = allowed(c, 'see policies');
  const visit = c.get('visit');
  const { services, t } = visit;
  const { policies } = t;
  const after = c.req.query('after');
  const [written, customers, counts, by] = await Promise.all([
    services.policies.levels.written(scope),
    services.tenants.customers(scope, { after, limit: CUSTOMERS_SHOWN }),
    services.policies.standing.counts(scope),
    peopleNames(visit, scope),
  ]);
  const msp = pathOf({ kind: 'msp', of: scope.msp });
  const body = html`${head(policies.heading, policies.lead, may(visit, 'sign policies') ? html`<a href="/policies/preview">${policies.previewVerb}</a>` : nothing)}
    <div class="stack">${policyNav(visit, 'levels')}
      <div class="split">
        <div class="stack">
          <section aria-labelledby="tree"><header><h2 id="tree">${policies.tree}</h2><a href="${msp}">${policies.mspLevel}</a></header>
            ${written.length === 0 ? html`<div class="empty"><p>${policies.noLevels}</p></div>` : branch(visit, treeOf(written), by)}
          </section>
          <section aria-labelledby="customers"><header><h2 id="customers">${policies.ofCustomers}</h2><p>${policies.ofCustomersLead}</p></header>
            ${
              customers.rows.length === 0
                ? html`<div class="empty"><p>${t.customers.nobody}</p></div>`
                : html`<ul class="list">${customers.rows.map(({ id, name }) => html`<li><a href="${pathOf({ kind: 'customer', of: id })}">${name}</a></li>`)}</ul>${after || customers.next ? nextPage(visit, '/policies', {}, { said: '', after, next: customers.next }) : nothing}`
            }
          </section>
        </div>
        <div class="aside"><section aria-labelledby="stand" data-live id="live-stand"><header><h2 id="stand">${policies.howBoxesStand}</h2></header>${standingList(visit, counts)}</section></div>
      </div>
    </div>`;
  return layout(visit, { title: policies.heading, place: 'policies', live: true, body });
}

type Asked = Exclude<Standing, 'none'>;
const asked = standings.filter((one): one is Asked => one !== 'none');

async function boxesPage(c: ConsoleContext): Promise<Html> {
  const { scope } = allowed(c, 'see policies');
  const visit = c.get('visit');
  const { services, t } = visit;
  const { policies } = t;
  const { customer, site, after } = c.req.query();
  const is = asked.find((one) => one === c.req.query('state'));
  const { rows, next } = await services.policies.standing.boxes(scope, {
    ...{ state: is, customer: customer || undefined, site: site || undefined, after, limit: BOXES_SHOWN },
  });
  const names = await services.glance.names(
    scope,
    rows.flatMap((row) => [row.customer, row.site]),
  );
  const { columns } = policies;
  const table = html`<table class="cards"><caption class="visually-hidden">${policies.howBoxesStand}</caption>
    <thead><tr><th scope="col">${columns.box}</th><th scope="col">${columns.customer}</th><th scope="col">${columns.state}</th><th scope="col">${columns.version}</th><th scope="col">${columns.since}</th></tr></thead>
    <tbody>${rows.map(
      (row) =>
        html`<tr><th scope="row"><a href="/boxes/${row.box}">${row.name}</a></th><td data-label="${columns.customer}"><a href="/customers/${row.customer}">${names.get(row.customer)?.name ?? '–'}</a><small>${names.get(row.site)?.name ?? ''}</small></td><td data-label="${columns.state}">${state(standingKind[row.state], policies.standings[row.state])}${row.why ? html`<small>${whyWords(visit, row.why)}</small>` : nothing}</td><td data-label="${columns.version}">${row.version ?? '–'}</td><td data-label="${columns.since}">${row.since === null ? '–' : ago(visit, row.since)}</td></tr>`,
    )}</tbody></table>`;
  const body = html`${head(policies.howBoxesStand, policies.boxesLead)}
    <div class="stack">${policyNav(visit, 'boxes')}
      <form method="get" action="/policies/boxes" class="filter">
        ${pick({ id: 'state', label: columns.state, of: [['', policies.allStates], ...asked.map((one) => [one, policies.standings[one]] as const)], chosen: is ?? '', fault: null })}
        ${customer ? html`<input type="hidden" name="customer" value="${customer}">` : nothing}${site ? html`<input type="hidden" name="site" value="${site}">` : nothing}
        <div class="acts"><button>${t.common.filter}</button></div>
      </form>
      <section aria-label="${policies.howBoxesStand}" data-live id="live-boxes">${rows.length === 0 ? html`<div class="empty"><p>${policies.noBoxes}</p></div>` : table}${nextPage(visit, '/policies/boxes', { state: is, customer, site }, { said: '', after, next })}</section>
    </div>`;
  return layout(visit, { title: policies.howBoxesStand, place: 'policies', live: true, body });
}

async function documentsPage(c: ConsoleContext, fault: FormFault | null): Promise<Html> {
  const { scope } = allowed(c, 'see policies');
  const visit = c.get('visit');
  const { t, f, services } = visit;
  const { policies } = t;
  const after = c.req.query('after');
  const { rows, next, boxes } = await services.policies.unread(scope, { after, limit: BOXES_SHOWN });
  const names = await services.glance.names(
    scope,
    rows.flatMap(({ customer, site }) => [customer, site]),
  );
  const brought = c.req.query('brought');
  const body = html`${head(policies.documents.title, policies.documents.lead)}
    <div class="stack">${policyNav(visit, 'documents')}
      ${brought && /^[0-9a-f]{64}$/.test(brought) ? html`<p class="note" role="status">${policies.documents.brought} <span class="fingerprint">${brought}</span></p>` : nothing}
      ${
        may(visit, 'write policies')
          ? html`<section aria-labelledby="bring"><header><h2 id="bring">${policies.documents.bring}</h2><p>${policies.documents.bringLead}</p></header>
        <form method="post" action="/policies/documents" enctype="multipart/form-data" class="stack tight narrow">${errorSummary(t.frame, fault)}
          ${field({ id: 'file', label: policies.documents.file, hint: policies.documents.fileHint, type: 'file', autocomplete: 'off', required: true, fault })}
          <div class="row"><button class="primary">${policies.documents.bringVerb}</button></div></form></section>`
          : html`<p class="soft">${policies.authorsWrite}</p>`
      }
      <section aria-labelledby="unread"><header><h2 id="unread">${policies.documents.unread}</h2></header>
        ${
          boxes === 0
            ? html`<div class="empty"><p>${policies.documents.none}</p></div>`
            : html`<p>${boxes === null ? policies.documents.unreadMany(f.number(MAX_COUNTED)) : policies.documents.unreadSome(f.number(boxes), boxes)}</p><ul class="list">${rows.map(({ box, name, customer, site }) => html`<li><span><a href="/boxes/${box}">${name}</a><small>${[names.get(customer)?.name, names.get(site)?.name].filter(Boolean).join(', ')}</small></span></li>`)}</ul>${after || next ? nextPage(visit, '/policies/documents', {}, { said: boxes === null ? '' : t.common.shown(f.number(rows.length), f.number(boxes)), after, next }) : nothing}`
        }
      </section>
    </div>`;
  return layout(visit, { title: policies.documents.title, place: 'policies', body });
}

const broughtFields = { document_invalid: 'file', documents_full: 'file', scope_too_small: 'file' };

export const policyRoutes = new Hono<ConsoleEnv>()
  .get('/policies', async (c) => c.html(await levelsPage(c)))
  .get('/policies/boxes', async (c) => c.html(await boxesPage(c)))
  .get('/policies/documents', async (c) => c.html(await documentsPage(c, null)))
  .post('/policies/documents', async (c) => {
    const { scope, person } = allowed(c, 'write policies');
    const { documents } = c.get('visit').services.policies;
    try {
      const hash = await documents.bring(scope, await file(c, 'file'), person.id);
      return c.redirect(`/policies/documents?brought=${hash}`, 303);
    } catch (error) {
      return c.html(await documentsPage(c, refusal(c, error, broughtFields, true)));
    }
  });
