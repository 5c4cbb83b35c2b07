/** All boxes, the worst first, by a filter that stands in the address; the same as a file. */
import { type HealthCode, healthCodes } from '@belkluis/shared/contract/health-codes';
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { type FormFault, field, head, pick } from '@belkluis/shared/web/parts';
import { Hono } from 'hono';
import { stream } from 'hono/streaming';
import type { BoxRow } from '../../inventory/boxes.ts';
import type { BoxGlance, Named } from '../../inventory/glance.ts';
import type { SoftwareStanding } from '../../software/standing.ts';
import type { Scope } from '../../tenants/scope.ts';
import { boxStates, type FilterWords, filterOf, filterWords, isFiltered, policyStates } from '../box-filter.ts';
import { csvLine } from '../csv.ts';
import { healthWords } from '../i18n/health.ts';
import { BOXES_SHOWN, CSV_ROWS, PLACES_OFFERED } from '../limits.ts';
import { allowed, type ConsoleContext, type ConsoleEnv, may, type Permit, type Visit } from '../visit.ts';
import { boxActs } from './boxes-act.ts';
import { partsOf, type TypedView, viewsPart } from './boxes-views.ts';
import { layout } from './layout.ts';
import { heard, matters, nextPage, pathWith, policyWord, proven, standing, tagLinks } from './parts.ts';
import { refusal } from './problem.ts';
import { softwareCell } from './software-words.ts';

function provenCell(visit: Visit, { presence, heardAt }: BoxRow, provenAt: number | null): Html {
  return presence === null && heardAt === null ? html`–` : proven(visit, provenAt);
}

function table(
  visit: Visit,
  rows: readonly BoxRow[],
  glances: ReadonlyMap<string, BoxGlance>,
  names: ReadonlyMap<string, Named>,
  running: ReadonlyMap<string, SoftwareStanding>,
  choosing: boolean,
): Html {
  const { t } = visit;
  const { columns } = t.common;
  const { boxes } = t;
  const line = (row: BoxRow): Html => {
    const glance = glances.get(row.id);
    const matter = row.urgency === 'revoked' ? '' : matters(visit, glance?.codes ?? []);
    const choose = html`<td class="tick"><input type="checkbox" name="box" value="${row.id}" form="act" aria-label="${boxes.chooseBox(row.name)}"></td>`;
    return html`<tr>${choosing ? choose : nothing}<th scope="row"><a href="/boxes/${row.id}">${row.name}</a><small><a href="/customers/${row.customer}">${names.get(row.customer)?.name ?? '–'}</a>, <a href="/sites/${row.site}">${names.get(row.site)?.name ?? '–'}</a></small>${tagLinks(row.tags)}</th><td data-label="${columns.state}">${standing(visit, row.urgency)}${matter ? html`<small>${matter}</small>` : nothing}</td><td data-label="${columns.heard}" class="nowrap">${heard(visit, row)}</td><td data-label="${boxes.proven}" class="nowrap">${provenCell(visit, row, glance?.provenAt ?? null)}</td><td data-label="${columns.policy}">${policyWord(visit, row.policyState)}</td><td data-label="${columns.software}">${softwareCell(visit, row.software, row.software === null ? undefined : running.get(row.software))}</td></tr>`;
  };
  return html`<table class="cards">
    <caption class="visually-hidden">${boxes.caption}</caption>
    <thead><tr>${choosing ? html`<td><span class="visually-hidden">${boxes.choose}</span></td>` : nothing}<th scope="col">${columns.box}</th><th scope="col">${columns.state}</th><th scope="col">${columns.heard}</th><th scope="col">${boxes.proven}</th><th scope="col">${columns.policy}</th><th scope="col">${columns.software}</th></tr></thead>
    <tbody>${rows.map(line)}</tbody>
  </table>`;
}

type Choices = (readonly [string, string])[];

/** What can be chosen: customers and sites that there are, versions that run. */
async function choicesOf(visit: Visit, scope: Scope, words: FilterWords) {
  const { t, language, services } = visit;
  const [customers, sites, versions, tags] = await Promise.all([
    services.tenants.customers(scope, { limit: PLACES_OFFERED }),
    services.tenants.sites(scope, { limit: PLACES_OFFERED, ...(words.customer ? { customer: words.customer } : {}) }),
    services.boxes.versions(scope),
    services.tags.all(scope),
  ]);
  const health = healthWords[language];
  // Two findings of one check are told apart by their codes.
  const named = (code: HealthCode) => `${health.checks[healthCodes[code].check]} (${code})`;
  const any = [['', t.boxes.any]] as Choices;
  return {
    any,
    states: [...any, ...boxStates.map((one) => [one, { ...t.boxes.states, ...t.common.urgency }[one]] as const)],
    findings: [...any, ...(Object.keys(healthCodes) as HealthCode[]).map((code) => [code, named(code)] as const)],
    customers: [...any, ...customers.rows.map(({ id, name }) => [id, name] as const)],
    sites: [...any, ...sites.rows.map(({ id, name }) => [id, name] as const)],
    policies: [...any, ...policyStates.map((one) => [one, t.common.policy[one]] as const)],
    software: [...any, ...versions.map((version) => [version, version] as const)],
    tags: [...any, ...tags.map((tag) => [tag, tag] as const)],
  };
}

function filterForm({ t }: Visit, words: FilterWords, of: Awaited<ReturnType<typeof choicesOf>>): Html {
  const { boxes } = t;
  const one = (id: keyof FilterWords, label: string, choices: Choices) =>
    pick({ id, label, of: choices, chosen: words[id], fault: null });
  return html`<form method="get" action="/boxes" class="filter" role="search" aria-label="${boxes.filter}">
      ${field({ id: 'q', label: boxes.search, type: 'search', value: words.q, autocomplete: 'off', maxlength: 100 })}
      ${one('state', boxes.state, of.states)}${one('finding', boxes.finding, of.findings)}${one('customer', boxes.customer, of.customers)}${one('site', boxes.site, of.sites)}${one('policy', boxes.policy, of.policies)}${one('software', boxes.software, of.software)}${of.tags.length > 1 ? one('tag', boxes.tag, of.tags) : nothing}
      <div class="acts row"><button>${t.common.filter}</button>${isFiltered(words) ? html`<a href="/boxes">${t.common.all}</a>` : nothing}</div>
    </form>`;
}

/** Ticks of the table belong to this form, wherever they stand. */
function actForm(visit: Visit, words: FilterWords, all: number): Html {
  const { t, f } = visit;
  const acts = boxActs.filter(({ act }) => may(visit, act)).map(({ what }) => [what, t.boxes.acts[what]] as const);
  const asked = Object.entries(words).filter(([, value]) => value !== '');
  return html`<form method="get" action="/boxes/act" id="act" class="filter" aria-label="${t.boxes.act}">
      ${asked.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
      <div class="wide">${pick({ id: 'what', label: t.boxes.act, of: acts, chosen: '', fault: null })}</div>
      <div class="wide">${pick({
        id: 'whom',
        label: t.boxes.choose,
        of: [
          ['chosen', t.boxes.actChosen],
          ['whole', t.boxes.actWhole(f.number(all), all)],
        ],
        chosen: 'chosen',
        fault: null,
      })}</div>
      <div class="acts row"><button>${t.boxes.verb}</button></div>
    </form>`;
}

/** `refused`: a view that was to be saved of this filter. */
async function page(
  c: ConsoleContext,
  { scope, person }: Permit,
  words: FilterWords,
  refused: { readonly typed: TypedView; readonly fault: FormFault } | null = null,
): Promise<Html> {
  const visit = c.get('visit');
  const { t, f, services } = visit;
  const after = c.req.query('after');
  const filter = filterOf(words);
  const [{ rows, next }, all, of, views] = await Promise.all([
    services.boxes.list(scope, { ...filter, after, limit: BOXES_SHOWN }),
    services.boxes.count(scope, filter),
    choicesOf(visit, scope, words),
    services.views.of({ person: person.id, scope }),
  ]);
  const [running, glances, names] = await Promise.all([
    services.software.standings([...new Set(rows.flatMap(({ software }) => software ?? []))]),
    services.glance.boxes(
      scope,
      rows.map(({ id }) => id),
    ),
    services.glance.names(
      scope,
      rows.flatMap(({ customer, site }) => [customer, site]),
    ),
  ]);
  const choosing = boxActs.some(({ act }) => may(visit, act));
  const trouble = isFiltered(words) ? 0 : await services.boxes.count(scope, { urgency: ['bad', 'gone'] });
  const title = trouble > 0 ? t.boxes.titleTrouble(f.number(trouble), trouble) : t.boxes.title(f.number(all), all);
  const file = html`<a href="${pathWith('/boxes.csv', words)}" download="boxes.csv">${t.boxes.csv}</a>`;
  const empty = html`<div class="empty"><p>${isFiltered(words) ? t.boxes.noneFound : t.boxes.none}</p><p>${isFiltered(words) ? html`<a href="/boxes">${t.common.all}</a>` : html`<a href="/sites">${t.sites.heading}</a>`}</p></div>`;
  const body = html`${head(title, t.boxes.lead, file)}
    <div class="stack close">
      ${viewsPart(visit, views, words, refused?.typed, refused?.fault)}
      ${filterForm(visit, words, of)}
      <section aria-label="${t.boxes.caption}" data-live id="live-boxes">
        ${rows.length === 0 ? empty : html`${table(visit, rows, glances, names, running, choosing)}${nextPage(visit, '/boxes', words, { said: t.boxes.shown(f.number(rows.length), f.number(all)), after, next })}`}
      </section>
      ${choosing && rows.length > 0 ? actForm(visit, words, all) : nothing}
    </div>`;
  return layout(visit, { title: t.boxes.heading, place: 'boxes', live: true, body });
}

const csvHead = [
  'id',
  'name',
  'customer',
  'site',
  'state',
  'findings',
  'software',
  'policy_state',
  'policy_version',
  'presence',
  'presence_since',
  'heard_at',
  'proven_at',
  'disk_days_left',
  'tags',
];

const viewFields = { name_invalid: 'name', name_taken: 'name', views_full: 'name' };

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

export const boxesRoutes = new Hono<ConsoleEnv>()
  .get('/boxes', async (c) => {
    const words = filterWords((name) => c.req.query(name));
    return c.html(await page(c, allowed(c, 'see boxes'), words));
  })
  .post('/boxes/views', async (c) => {
    const permit = allowed(c, 'see boxes');
    const body = await c.req.parseBody();
    const value = (name: string) => (typeof body[name] === 'string' ? body[name] : undefined);
    const words = filterWords(value);
    const typed = { name: value('name') ?? '', shared: value('shared') === 'on' };
    if (typed.shared) allowed(c, 'share views');
    const asker = { person: permit.person.id, scope: permit.scope };
    try {
      await c.get('visit').services.views.save(asker, { ...typed, filter: partsOf(words) });
      return c.redirect(pathWith('/boxes', words), 303);
    } catch (error) {
      return c.html(await page(c, permit, words, { typed, fault: refusal(c, error, viewFields) }));
    }
  })
  .post('/boxes/views/:view/remove', async (c) => {
    const { scope, person } = allowed(c, 'see boxes');
    const { views } = c.get('visit').services;
    const asker = { person: person.id, scope };
    const view = (await views.of(asker)).find(({ id }) => id === c.req.param('view'));
    if (view?.shared) allowed(c, 'share views');
    await views.remove(asker, c.req.param('view'), view?.shared ?? false);
    return c.redirect('/boxes', 303);
  })
  .get('/boxes.csv', async (c) => {
    const { scope } = allowed(c, 'see boxes');
    const { services } = c.get('visit');
    const filter = filterOf(filterWords((name) => c.req.query(name)));
    c.header('Content-Type', 'text/csv; charset=utf-8');
    c.header('Content-Disposition', 'attachment; filename="boxes.csv"');
    return stream(c, async (out) => {
      await out.write(csvLine(csvHead));
      let after: string | null = null;
      do {
        const { rows, next } = await services.boxes.list(scope, { ...filter, after, limit: CSV_ROWS });
        const ids = rows.map(({ id }) => id);
        const [glances, names] = await Promise.all([
          services.glance.boxes(scope, ids),
          services.glance.names(scope, [...new Set(rows.flatMap(({ customer, site }) => [customer, site]))]),
        ]);
        const lines = rows.map((row) => {
          const glance = glances.get(row.id);
          return csvLine([
            ...[row.id, row.name, names.get(row.customer)?.name ?? '', names.get(row.site)?.name ?? ''],
            ...[row.urgency, glance?.codes.join(' ') ?? '', row.software, row.policyState, row.policyVersion],
            ...[row.presence?.is ?? null, iso(row.presence?.since ?? null), iso(row.heardAt)],
            ...[iso(glance?.provenAt ?? null), glance?.diskDays ?? null, row.tags.join(', ')],
          ]);
        });
        await out.write(lines.join(''));
        after = next;
      } while (after !== null && !out.aborted);
    });
  });
