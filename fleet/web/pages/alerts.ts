/** Alerts that stand: by cause or one by one, the worst first; as a file; several acknowledged at once. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { field, head, pick } from '@belkluis/shared/web/parts';
import { Hono } from 'hono';
import { stream } from 'hono/streaming';
import type { AlertFilter, AlertGroup, AlertRow } from '../../alerts/alerts.ts';
import { alertLevels, isAlertCode } from '../../alerts/codes.ts';
import { wordsOf } from '../../alerts/words/of.ts';
import type { Scope } from '../../tenants/scope.ts';
import { csvLine } from '../csv.ts';
import { ALERTS_IN_FILE, ALERTS_SHOWN } from '../limits.ts';
import { allowed, type ConsoleContext, type ConsoleEnv, fields, may, field as posted, type Visit } from '../visit.ts';
import { codeOptions, mutedUntil, whereOf } from './alert-parts.ts';
import { layout } from './layout.ts';
import { moment, nextPage, pathWith } from './parts.ts';
import { placeIn, placeOptions } from './people.ts';
import { type Names, peopleNames } from './who.ts';

/** What the list was asked for, as the address has it. */
type Ask = Readonly<Record<(typeof asked)[number], string>>;
const asked = ['level', 'code', 'place', 'box', 'is', 'mine', 'view'] as const;

const askOf = (c: ConsoleContext): Ask =>
  Object.fromEntries(asked.map((name) => [name, (c.req.query(name) ?? '').slice(0, 80)])) as unknown as Ask;

const standings = ['told', 'open', 'acknowledged', 'muted', 'maintenance'] as const;

const quiet: Readonly<Record<string, AlertFilter>> = {
  told: { muted: false, maintenance: false },
  open: { acknowledged: false, muted: false, maintenance: false },
  acknowledged: { acknowledged: true, muted: false, maintenance: false },
  muted: { muted: true },
  maintenance: { maintenance: true },
};

/** What is in no list filters nothing. */
function filterOf({ level, code, place, box, is, mine }: Ask, person: string): AlertFilter {
  const { customer, site } = placeIn(place);
  return {
    ...quiet[is],
    level: alertLevels.find((one) => one === level),
    code: isAlertCode(code) ? code : undefined,
    customer: customer ?? undefined,
    site: site ?? undefined,
    box: box || undefined,
    assignedTo: mine === 'on' ? person : undefined,
  };
}

async function filterForm(visit: Visit, scope: Scope, ask: Ask): Promise<Html> {
  const { t } = visit;
  const { alerts } = t;
  const any = ['', alerts.any] as const;
  const levels = (['bad', 'warn'] as const).map((one) => [one, alerts.levels[one]] as const);
  const places = (await placeOptions(visit, scope, ask.place)).filter(([value]) => value !== '');
  const isFiltered = asked.some((name) => name !== 'view' && ask[name] !== '');
  return html`<form method="get" action="/alerts" class="filter" role="search" aria-label="${alerts.filter}">
      ${pick({ id: 'level', label: alerts.level, of: [any, ...levels], chosen: ask.level, fault: null })}
      ${pick({ id: 'code', label: alerts.what, of: [any, ...codeOptions(visit)], chosen: ask.code, fault: null })}
      ${pick({ id: 'place', label: alerts.place, of: [any, ...places], chosen: ask.place, fault: null })}
      ${pick({ id: 'is', label: alerts.is, of: [any, ...standings.map((one) => [one, alerts.states[one]] as const)], chosen: ask.is, fault: null })}
      ${pick({
        id: 'view',
        label: alerts.views,
        of: [
          ['', alerts.flat],
          ['codes', alerts.byCode],
        ],
        chosen: ask.view,
        fault: null,
      })}
      <div class="choice"><input type="checkbox" id="mine" name="mine" value="on"${ask.mine === 'on' ? html` checked` : nothing}><label for="mine">${alerts.mine}</label></div>
      ${ask.box ? html`<input type="hidden" name="box" value="${ask.box}">` : nothing}
      <div class="acts row"><button>${t.common.filter}</button>${isFiltered ? html`<a href="/alerts">${t.common.all}</a>` : nothing}<a href="${pathWith('/alerts.csv', ask)}" download="alerts.csv">${alerts.csv}</a></div>
    </form>`;
}

/** Who sees to it, or why nobody is told. */
function seenTo(visit: Visit, row: AlertRow, names: Names): readonly string[] {
  const { t, f, now } = visit;
  const { alerts } = t;
  const { acknowledged, muted, maintenance, assignedTo } = row;
  return [
    ...(maintenance ? [alerts.inMaintenance(f.momentWithin(maintenance.until, now))] : []),
    ...(muted ? [alerts.mutedBy(names(muted.by), mutedUntil(visit, muted.until))] : []),
    ...(acknowledged
      ? [[alerts.acknowledgedBy(names(acknowledged.by)), acknowledged.note].filter(Boolean).join(': ')]
      : []),
    ...(assignedTo ? [alerts.assignedTo(names(assignedTo))] : []),
  ];
}

function line(visit: Visit, row: AlertRow, names: Names, chooses: boolean): Html {
  const { t, language } = visit;
  const { title, says } = wordsOf(language, row.code);
  const where = whereOf(row) || t.alerts.everything;
  const named = html`<a href="/alerts/${row.id}">${title}</a>`;
  const box = chooses
    ? html`<input type="checkbox" name="alert" value="${row.id}" aria-label="${t.alerts.choose(`${title}, ${where}`)}"> `
    : nothing;
  return html`<li><span>${box}<span class="state ${row.level}">${named}</span></span>${moment(visit, row.since)}<span class="full">${where}: ${says}</span>${seenTo(visit, row, names).map((said) => html`<span class="full soft">${said}</span>`)}</li>`;
}

async function flatPart(c: ConsoleContext, scope: Scope, ask: Ask, filter: AlertFilter): Promise<Html> {
  const visit = c.get('visit');
  const { t, services } = visit;
  const { alerts } = t;
  const after = c.req.query('after');
  const { rows, next } = await services.alerts.list.list(scope, { ...filter, after, limit: ALERTS_SHOWN });
  if (rows.length === 0) {
    const filtered = asked.some((name) => ask[name] !== '');
    return html`<div class="empty"><p>${filtered ? alerts.noneFound : alerts.none}</p>${filtered ? html`<p><a href="/alerts">${t.common.all}</a></p>` : nothing}</div>`;
  }
  const names = await peopleNames(visit, scope);
  const handles = may(visit, 'handle alerts');
  const list = html`<ul class="list">${rows.map((row) => line(visit, row, names, handles))}</ul>`;
  const body = handles
    ? html`<form method="post" action="/alerts/acknowledge" class="stack tight">${list}
        <input type="hidden" name="query" value="${pathWith('', { ...ask, after })}">
        <div class="narrow stack tight">${field({ id: 'note', label: alerts.note, hint: alerts.noteHint, autocomplete: 'off', maxlength: 500 })}<div class="row"><button>${alerts.acknowledgeChosen}</button></div></div></form>`
    : list;
  return html`${body}${nextPage(visit, '/alerts', ask, { said: '', after, next })}`;
}

function groupsPart({ t, f, language, now }: Visit, groups: readonly AlertGroup[], ask: Ask): Html {
  const { alerts } = t;
  if (groups.length === 0) return html`<div class="empty"><p>${alerts.none}</p></div>`;
  const row = ({ code, level, alerts: all, open, since }: AlertGroup) => {
    const { title, says } = wordsOf(language, code);
    const href = pathWith('/alerts', { ...ask, code, view: '' });
    return html`<li><span class="state ${level}"><a href="${href}">${title}</a></span><time datetime="${new Date(since).toISOString()}">${f.moment(since, now)}</time><span class="full">${says}</span><span class="full soft">${alerts.ofGroup(f.number(all), f.number(open))}</span></li>`;
  };
  return html`<ul class="list">${groups.map(row)}</ul>`;
}

const csvHead = ['id', 'code', 'title', 'level', 'since', 'last_at', 'customer', 'site', 'box'];
const csvTail = ['acknowledged_by', 'acknowledged_at', 'note', 'assigned_to', 'muted_until', 'maintenance_until'];
const iso = (at: number | undefined | null): string | null => (at ? new Date(at).toISOString() : null);

function csvRow({ language }: Visit, row: AlertRow, names: Names): string {
  const who = (id: string | null | undefined) => (id ? names(id, id) : null);
  const { acknowledged, muted, maintenance } = row;
  return csvLine([
    ...[row.id, row.code, wordsOf(language, row.code).title, row.level, iso(row.since), iso(row.lastAt)],
    ...[row.customer?.name ?? null, row.site?.name ?? null, row.box?.name ?? null],
    ...[who(acknowledged?.by), iso(acknowledged?.at), acknowledged?.note ?? null, who(row.assignedTo)],
    ...[muted ? (iso(muted.until) ?? 'worse') : null, iso(maintenance?.until)],
  ]);
}

export const alertsRoutes = new Hono<ConsoleEnv>()
  .get('/alerts', async (c) => {
    const { scope, person } = allowed(c, 'see alerts');
    const visit = c.get('visit');
    const { t, f, services } = visit;
    const { alerts } = t;
    const ask = askOf(c);
    const filter = filterOf(ask, person.id);
    const { list } = services.alerts;
    const { bad, warn } = await list.counts(scope);
    const title = bad + warn === 0 ? alerts.titleWell : alerts.title(f.number(bad), f.number(warn));
    const part =
      ask.view === 'codes'
        ? groupsPart(visit, await list.groups(scope, filter), ask)
        : await flatPart(c, scope, ask, filter);
    const body = html`${head(title, alerts.lead, html`<a href="/alerts/mutes">${alerts.mutes}</a>`)}
      <div class="stack close">${await filterForm(visit, scope, ask)}<section aria-label="${alerts.heading}">${part}</section></div>`;
    return c.html(layout(visit, { title: alerts.heading, place: 'alerts', body }));
  })
  .get('/alerts.csv', (c) => {
    const { scope, person } = allowed(c, 'see alerts');
    const visit = c.get('visit');
    const filter = filterOf(askOf(c), person.id);
    c.header('Content-Type', 'text/csv; charset=utf-8');
    c.header('Content-Disposition', 'attachment; filename="alerts.csv"');
    return stream(c, async (out) => {
      const names = await peopleNames(visit, scope);
      await out.write(csvLine([...csvHead, ...csvTail]));
      let after: string | null = null;
      for (let rows = 0; rows < ALERTS_IN_FILE; ) {
        const page: Awaited<ReturnType<typeof visit.services.alerts.list.list>> = await visit.services.alerts.list.list(
          scope,
          { ...filter, after, limit: 200 },
        );
        await out.write(page.rows.map((row) => csvRow(visit, row, names)).join(''));
        if (page.next === null || out.aborted) break;
        rows += page.rows.length;
        after = page.next;
      }
    });
  })
  .post('/alerts/acknowledge', async (c) => {
    const { scope, person } = allowed(c, 'handle alerts');
    const [ids, note] = [await fields(c, 'alert'), await posted(c, 'note')];
    if (ids.length > 0) await c.get('visit').services.alerts.list.acknowledge(scope, ids, note, person.id);
    // Only what a list is asked for leads anywhere.
    const query = new URLSearchParams((await posted(c, 'query')).replace(/^\?/, ''));
    return c.redirect(
      pathWith('/alerts', Object.fromEntries([...asked, 'after'].map((name) => [name, query.get(name)]))),
      303,
    );
  });
