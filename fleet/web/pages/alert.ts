/** One alert: what, since when, what it means, what to do; and what a person does about it. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { area, errorSummary, type FormFault, head, pick, state } from '@belkluis/shared/web/parts';
import { Hono } from 'hono';
import type { AlertRow } from '../../alerts/alerts.ts';
import { wordsOf } from '../../alerts/words/of.ts';
import type { Scope } from '../../tenants/scope.ts';
import { allowed, type ConsoleContext, type ConsoleEnv, may, field as posted, type Visit } from '../visit.ts';
import { type MuteTyped, mutedUntil, muteFaults, muteFields, muteIn, noMute, untilOf } from './alert-parts.ts';
import { layout, type Step } from './layout.ts';
import { moment } from './parts.ts';
import { refusal } from './problem.ts';
import { colleagues, type Names, peopleNames } from './who.ts';
import { evidencePart } from './witness.ts';

function facts(visit: Visit, row: AlertRow, names: Names): Html {
  const { t, f, now } = visit;
  const { alerts } = t;
  const { box, site, customer, maintenance, muted } = row;
  const part = (label: string, value: Html | string) => html`<dt>${label}</dt><dd>${value}</dd>`;
  return html`<dl>${part(alerts.level, state(row.level, alerts.levels[row.level]))}${
    customer
      ? part(alerts.customer, html`<a href="/customers/${customer.id}">${customer.name}</a>`)
      : part(alerts.where, alerts.everything)
  }${site ? part(alerts.site, html`<a href="/sites/${site.id}">${site.name}</a>`) : nothing}${
    box ? part(alerts.box, html`<a href="/boxes/${box.id}">${box.name}</a>`) : nothing
  }${part(alerts.since, moment(visit, row.since))}${part(alerts.lastAt, moment(visit, row.lastAt))}${part(
    alerts.assigned,
    row.assignedTo ? names(row.assignedTo) : alerts.nobody,
  )}${muted ? part(alerts.states.muted, html`${alerts.mutedBy(names(muted.by), mutedUntil(visit, muted.until))}${muted.note ? html`<small>${muted.note}</small>` : nothing}`) : nothing}${
    maintenance
      ? part(alerts.states.maintenance, alerts.inMaintenance(f.momentWithin(maintenance.until, now)))
      : nothing
  }</dl>`;
}

/** Newest first. */
async function historyPart(visit: Visit, scope: Scope, row: AlertRow, names: Names): Promise<Html> {
  const { t, f, now, services } = visit;
  const { alerts } = t;
  const past = await services.alerts.history.before(scope, row.id);
  const { acknowledged, muted } = row;
  const events: readonly (readonly [number, string, string])[] = [
    [row.since, alerts.opened, ''],
    ...(row.levelAt > row.since ? [[row.levelAt, alerts.worse(alerts.levels[row.level]), ''] as const] : []),
    ...(acknowledged
      ? [[acknowledged.at, alerts.acknowledgedBy(names(acknowledged.by)), acknowledged.note] as const]
      : []),
    ...(muted
      ? [[muted.at, alerts.mutedBy(names(muted.by), mutedUntil(visit, muted.until)), muted.note] as const]
      : []),
    ...past.map(
      ({ since, clearedAt }) =>
        [clearedAt, alerts.stood(f.momentWithin(since, now), f.momentWithin(clearedAt, now)), ''] as const,
    ),
  ];
  return html`<section aria-labelledby="history"><header><h2 id="history">${alerts.history}</h2></header><ul class="list timeline">${events
    .toSorted(([a], [b]) => b - a)
    .map(
      ([at, what, note]) =>
        html`<li>${moment(visit, at)}<span>${what}${note ? html`<small>${note}</small>` : nothing}</span></li>`,
    )}</ul></section>`;
}

async function contradictionPart(visit: Visit, { box, code }: AlertRow): Promise<Html> {
  if (!box || !/^audit_(fork|rollback|inconsistent)$/.test(code)) return nothing;
  const more = html`<p><a href="/witness/${box.id}">${visit.t.witness.of(box.name)}</a></p>`;
  return evidencePart(visit, box.id, await visit.services.witness.evidence(box.id), more);
}

interface Typed {
  readonly note: string;
  readonly mute: MuteTyped;
}

async function handlePart(
  visit: Visit,
  scope: Scope,
  row: AlertRow,
  typed: Typed,
  fault: FormFault | null,
): Promise<Html> {
  if (!may(visit, 'handle alerts')) return nothing;
  const { alerts } = visit.t;
  const at = `/alerts/${row.id}`;
  const one = (act: string, verb: string, danger = false) =>
    html`<form method="post" action="${at}/${act}"><button${danger ? html` class="danger"` : nothing}>${verb}</button></form>`;
  const acknowledge = row.acknowledged
    ? one('unacknowledge', alerts.unacknowledge)
    : html`<form method="post" action="${at}/acknowledge" class="stack tight narrow"><p>${alerts.acknowledgeLead}</p>${area({ id: 'note', label: alerts.note, hint: alerts.noteHint, value: typed.note, maxlength: 500, fault })}<div class="row"><button class="primary">${alerts.acknowledge}</button></div></form>`;
  const options = [['', alerts.nobody] as const, ...(await colleagues(visit, scope))];
  const mute = row.muted
    ? html`<form method="post" action="/alerts/mutes/${row.muted.id}/end"><input type="hidden" name="alert" value="${row.id}"><button>${alerts.unmute}</button></form>`
    : html`<form method="post" action="${at}/mute" class="stack tight narrow"><p>${alerts.muteLead}</p>${muteFields(visit, typed.mute, fault, 'mute-note')}<div class="row"><button>${alerts.mute}</button></div></form>`;
  return html`<section aria-labelledby="handle"><header><h2 id="handle">${alerts.handle}</h2></header>
      <div class="stack">${errorSummary(visit.t.frame, fault)}${acknowledge}
      <form method="post" action="${at}/assign" class="stack tight narrow">${pick({ id: 'person', label: alerts.assigned, of: options, chosen: row.assignedTo ?? '', fault })}<div class="row"><button>${alerts.assign}</button></div></form>
      ${row.closable ? one('close', alerts.close, true) : nothing}</div></section>
    <section aria-labelledby="mute"><header><h2 id="mute">${alerts.mute}</h2></header>${mute}</section>`;
}

async function page(
  c: ConsoleContext,
  scope: Scope,
  row: AlertRow,
  typed: Typed,
  fault: FormFault | null,
): Promise<Html> {
  const visit = c.get('visit');
  const { t, language } = visit;
  const { alerts } = t;
  const { title, says, advice } = wordsOf(language, row.code);
  const names = await peopleNames(visit, scope);
  const { customer, site, box } = row;
  const trail: Step[] = [
    ...(customer ? [{ href: `/customers/${customer.id}`, text: customer.name }] : []),
    ...(site ? [{ href: `/sites/${site.id}`, text: site.name }] : []),
    { href: `/alerts/${row.id}`, text: title },
  ];
  const name = box?.name ?? site?.name ?? customer?.name;
  const body = html`${head(name ? `${title}: ${name}` : title, says, html`<a href="/alerts">${alerts.heading}</a>`)}
    <div class="split"><div class="stack">
      <section aria-labelledby="advice"><header><h2 id="advice">${alerts.advice}</h2></header><p>${advice}</p></section>
      ${await contradictionPart(visit, row)}
      ${await handlePart(visit, scope, row, typed, fault)}
    </div><div class="aside">
      <section aria-label="${alerts.what}">${facts(visit, row, names)}</section>
      ${await historyPart(visit, scope, row, names)}
    </div></div>`;
  return layout(visit, { title, place: 'alerts', trail, body });
}

const nothingTyped: Typed = { note: '', mute: noMute };
const noted = { note_invalid: 'note' };

export const alertRoutes = new Hono<ConsoleEnv>()
  .get('/alerts/:alert', async (c) => {
    const { scope } = allowed(c, 'see alerts');
    const row = await c.get('visit').services.alerts.list.get(scope, c.req.param('alert'));
    return c.html(await page(c, scope, row, nothingTyped, null));
  })
  .post('/alerts/:alert/acknowledge', async (c) => {
    const { scope, person } = allowed(c, 'handle alerts');
    const { list } = c.get('visit').services.alerts;
    const row = await list.get(scope, c.req.param('alert'));
    const note = await posted(c, 'note');
    try {
      await list.acknowledge(scope, [row.id], note, person.id);
    } catch (error) {
      return c.html(await page(c, scope, row, { ...nothingTyped, note }, refusal(c, error, noted)));
    }
    return c.redirect((await posted(c, 'from')) === 'overview' ? '/#alerts' : `/alerts/${row.id}`, 303);
  })
  .post('/alerts/:alert/unacknowledge', async (c) => {
    const { scope, person } = allowed(c, 'handle alerts');
    const alert = c.req.param('alert');
    await c.get('visit').services.alerts.list.unacknowledge(scope, [alert], person.id);
    return c.redirect(`/alerts/${alert}`, 303);
  })
  .post('/alerts/:alert/assign', async (c) => {
    const { scope, person } = allowed(c, 'handle alerts');
    const { list } = c.get('visit').services.alerts;
    const row = await list.get(scope, c.req.param('alert'));
    try {
      await list.assign(scope, [row.id], (await posted(c, 'person')) || null, person.id);
      return c.redirect(`/alerts/${row.id}`, 303);
    } catch (error) {
      return c.html(await page(c, scope, row, nothingTyped, refusal(c, error, { person_unknown: 'person' })));
    }
  })
  .post('/alerts/:alert/mute', async (c) => {
    const { scope, person } = allowed(c, 'handle alerts');
    const visit = c.get('visit');
    const { list } = visit.services.alerts;
    const row = await list.get(scope, c.req.param('alert'));
    const mute = await muteIn(c);
    try {
      await list.mute(scope, row.id, untilOf(visit, mute), mute.note, person.id);
      return c.redirect(`/alerts/${row.id}`, 303);
    } catch (error) {
      return c.html(await page(c, scope, row, { ...nothingTyped, mute }, refusal(c, error, muteFaults)));
    }
  })
  .post('/alerts/:alert/close', async (c) => {
    const { scope, person } = allowed(c, 'handle alerts');
    await c.get('visit').services.alerts.list.close(scope, [c.req.param('alert')], person.id);
    return c.redirect('/alerts', 303);
  });
