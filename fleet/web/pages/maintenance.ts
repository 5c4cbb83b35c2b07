/** Maintenance windows: open, next and over, by the clock of the place and by one's own; planned and removed. */

import type { Problem } from '@belkluis/shared/base/problem';
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import {
  area,
  choices,
  errorSummary,
  type FormFault,
  field,
  head,
  many,
  pick,
  state,
} from '@belkluis/shared/web/parts';
import { Hono } from 'hono';
import { type Open, openAtOrAfter, type When } from '../../alerts/when.ts';
import type { WindowRow, WindowTarget } from '../../alerts/windows.ts';
import type { Scope } from '../../tenants/scope.ts';
import { OCCURRENCES_SHOWN } from '../limits.ts';
import { allowed, type ConsoleContext, type ConsoleEnv, fields, may, field as posted, type Visit } from '../visit.ts';
import { targetIn } from './alert-parts.ts';
import { layout } from './layout.ts';
import { placeOptions } from './people.ts';
import { refusal } from './problem.ts';
import { zoneField } from './site-form.ts';
import { type Names, peopleNames } from './who.ts';

const names = ['place', 'kind', 'zone', 'fromDate', 'fromTime', 'untilDate', 'untilTime', 'reason'] as const;
type Typed = Readonly<Record<(typeof names)[number], string>> & { readonly days: readonly string[] };

const weekdays = [1, 2, 3, 4, 5, 6, 7] as const;

async function typedIn(c: ConsoleContext): Promise<Typed> {
  const pairs = await Promise.all(names.map(async (name) => [name, (await posted(c, name)).trim()] as const));
  return { ...(Object.fromEntries(pairs) as Record<(typeof names)[number], string>), days: await fields(c, 'days') };
}

/** What is checked is for the room to say. */
const whenOf = ({ kind, zone, fromDate, fromTime, untilDate, untilTime, days }: Typed): When => ({
  zone,
  days: kind === 'weekly' ? days.map(Number) : null,
  ...{ fromDate, fromTime, untilTime },
  untilDate: untilDate || (kind === 'weekly' ? null : fromDate),
});

/** The one that is open, or the next, and those after it. */
function occurrencesOf({ when, occurrence }: Pick<WindowRow, 'when' | 'occurrence'>): readonly Open[] {
  const all: Open[] = [];
  for (let one = occurrence; one !== null && all.length < OCCURRENCES_SHOWN; ) {
    all.push(one);
    one = when.days === null ? null : openAtOrAfter(when, one.until);
  }
  return all;
}

function row(
  visit: Visit,
  window: WindowRow,
  named: ReadonlyMap<string, { readonly name: string }>,
  names: Names,
): Html {
  const { t, f, now, mspName, timeZone, formatsIn } = visit;
  const { maintenance, alerts } = t;
  const { place, boxes, when, reason, by } = window;
  const of = place.site ?? place.customer;
  const where =
    boxes !== null
      ? maintenance.boxes(f.number(boxes.size), boxes.size)
      : of === null
        ? mspName
        : (named.get(of)?.name ?? '');
  const there = formatsIn(when.zone);
  const clock = (formats: typeof f, zone: string, all: readonly Open[]) =>
    html`<span class="full"><small>${maintenance.inZone(zone)}</small>${all.map(({ from, until }) => {
      const sameDay = formats.isoDate(from) === formats.isoDate(until);
      return html`<span class="nowrap">${formats.momentWithin(from, now)}–${sameDay ? formats.time(until) : formats.momentWithin(until, now)}</span><br>`;
    })}</span>`;
  const all = occurrencesOf(window);
  const days =
    when.days === null
      ? nothing
      : html`<span class="full">${maintenance.weekly(f.allOf(when.days.map(f.weekday)), when.fromTime, when.untilTime)}</span>`;
  const remove = may(visit, 'handle alerts')
    ? html`<form method="post" action="/maintenance/${window.id}/remove"><button class="small">${maintenance.remove}<span class="visually-hidden">: ${where}, ${reason}</span></button></form>`
    : nothing;
  return html`<li><span><strong>${where}</strong><small>${reason}</small></span>${all[0] && all[0].from <= now ? state('wait', maintenance.now) : html`<span></span>`}${days}${
    all.length === 0
      ? html`<span class="full soft">${when.fromDate} ${when.fromTime} – ${when.untilDate ?? ''} ${when.untilTime}, ${when.zone}</span>`
      : html`${clock(there, when.zone, all)}${when.zone === timeZone ? nothing : clock(f, timeZone, all)}`
  }<span class="full soft">${maintenance.by(names(by))}</span>${remove}</li>`;
}

async function listPage(visit: Visit, scope: Scope): Promise<Html> {
  const { t, now, services } = visit;
  const { maintenance } = t;
  const windows = await services.alerts.windows.list(scope);
  const names = await peopleNames(visit, scope);
  const named = await services.glance.names(
    scope,
    windows.flatMap(({ place }) => place.site ?? place.customer ?? []),
  );
  const parts = [
    ['now', windows.filter(({ occurrence }) => occurrence !== null && occurrence.from <= now)],
    ['next', windows.filter(({ occurrence }) => occurrence !== null && occurrence.from > now)],
    ['past', windows.filter(({ occurrence }) => occurrence === null)],
  ] as const;
  const add = may(visit, 'handle alerts') ? html`<a href="/maintenance/new">${maintenance.plan}</a>` : nothing;
  const body = html`${head(maintenance.title, maintenance.lead, add)}
    <div class="stack">${windows.length === 0 ? html`<div class="empty"><p>${maintenance.none}</p><p>${add}</p></div>` : nothing}${parts.map(
      ([kind, rows]) =>
        rows.length === 0
          ? nothing
          : html`<section aria-labelledby="${kind}"><header><h2 id="${kind}">${maintenance[kind]}</h2></header><ul class="list">${rows.map((one) => row(visit, one, named, names))}</ul></section>`,
    )}</div>`;
  return layout(visit, { title: maintenance.heading, place: 'maintenance', body });
}

async function formPage(visit: Visit, scope: Scope, typed: Typed, fault: FormFault | null): Promise<Html> {
  const { t, f } = visit;
  const { maintenance: m } = t;
  const places = (await placeOptions(visit, scope, typed.place)).filter(
    ([value]) => value !== '' || scope.within === 'all',
  );
  const when = (
    id: 'fromDate' | 'fromTime' | 'untilDate' | 'untilTime',
    type: 'date' | 'time',
    required: boolean,
    hint?: string,
  ) =>
    field({
      id,
      label: m[id],
      type,
      value: typed[id],
      autocomplete: 'off',
      required,
      fault,
      ...(hint ? { hint } : {}),
    });
  const body = html`${head(m.plan, m.planLead)}
    <form method="post" action="/maintenance" class="stack tight narrow">
      ${errorSummary(t.frame, fault)}
      ${pick({ id: 'place', label: m.place, of: places, chosen: typed.place, fault })}
      ${choices({ id: 'kind', legend: m.kind, of: ['once', 'weekly'] as const, labels: m.kinds, chosen: typed.kind, fault })}
      ${zoneField({ id: 'zone', label: m.zone, hint: m.zoneHint, value: typed.zone, fault })}
      ${when('fromDate', 'date', true)}${when('fromTime', 'time', true)}
      ${when('untilDate', 'date', false, m.untilDateHint)}${when('untilTime', 'time', true)}
      ${many({ id: 'days', label: m.days, hint: m.daysHint, of: weekdays.map((day) => [String(day), f.weekday(day)] as const), chosen: typed.days, fault })}
      ${area({ id: 'reason', label: m.reason, hint: m.reasonHint, value: typed.reason, required: true, maxlength: 500, fault })}
      <div class="row"><button class="primary">${m.save}</button><a href="/maintenance">${t.common.cancel}</a></div>
    </form>`;
  return layout(visit, { title: m.plan, place: 'maintenance', body });
}

const faults = {
  ...{ window_invalid: 'fromDate', time_zone_invalid: 'zone', reason_missing: 'reason', note_invalid: 'reason' },
  ...{ windows_full: 'place', target_unknown: 'place', scope_too_small: 'place' },
};

export const maintenanceRoutes = new Hono<ConsoleEnv>()
  .get('/maintenance', async (c) => c.html(await listPage(c.get('visit'), allowed(c, 'see alerts').scope)))
  .get('/maintenance/new', async (c) => {
    const { scope } = allowed(c, 'handle alerts');
    const visit = c.get('visit');
    const today = visit.f.isoDate(visit.now);
    const typed = {
      kind: 'once',
      zone: visit.timeZone,
      fromDate: today,
      untilDate: today,
      fromTime: '22:00',
      untilTime: '23:00',
    };
    const place = (c.req.query('place') ?? '').slice(0, 80);
    return c.html(await formPage(visit, scope, { ...typed, place, reason: '', days: [] }, null));
  })
  .post('/maintenance', async (c) => {
    const { scope, person } = allowed(c, 'handle alerts');
    const visit = c.get('visit');
    const typed = await typedIn(c);
    try {
      // Of a customer, a site or all: single boxes are not pointed at here.
      const target = targetIn(typed.place) as WindowTarget;
      await visit.services.alerts.windows.plan(scope, target, whenOf(typed), typed.reason, person.id);
      return c.redirect('/maintenance', 303);
    } catch (error) {
      const fault = refusal(c, error, faults);
      const { code, detail } = error as Problem;
      const field = code === 'window_invalid' && detail !== undefined && detail in typed ? detail : fault.field;
      return c.html(await formPage(visit, scope, typed, { ...fault, field }));
    }
  })
  .post('/maintenance/:window/remove', async (c) => {
    const { scope, person } = allowed(c, 'handle alerts');
    await c.get('visit').services.alerts.windows.remove(scope, c.req.param('window'), person.id);
    return c.redirect('/maintenance', 303);
  });
