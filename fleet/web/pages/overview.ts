/** The fleet at a glance: how many are how, customers the worst first, and what somebody should look at. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { state } from '@belkluis/shared/web/parts';
import { Hono } from 'hono';
import type { Scope } from '../../tenants/scope.ts';
import { CUSTOMERS_ON_OVERVIEW, PROVEN_WITHIN_MS, SHORT_SHOWN } from '../limits.ts';
import { allowed, type ConsoleEnv, may, type Visit } from '../visit.ts';
import { customerTable } from './customers.ts';
import { layout } from './layout.ts';
import { alertsPart, claimsPart, recentPart } from './overview-aside.ts';
import {
  certificatesPart,
  maintenancePart,
  policyPart,
  provenPart,
  softwarePart,
  storagePart,
} from './overview-tiles.ts';
import { troubled } from './witness.ts';

async function everything(visit: Visit, scope: Scope) {
  const { services, now } = visit;
  const { boxes, overview, glance, alerts, enrolment, audit, policies } = services;
  const counts = await boxes.counts(scope);
  const told = await glance.told(scope, now - PROVEN_WITHIN_MS);
  const [
    customers,
    allCustomers,
    proof,
    room,
    groups,
    standing,
    alertCounts,
    windows,
    waiting,
    trouble,
    recent,
    policy,
  ] = await Promise.all([
    overview.customers(scope, { limit: CUSTOMERS_ON_OVERVIEW }),
    glance.countCustomers(scope),
    glance.proof(scope, now - PROVEN_WITHIN_MS, told),
    glance.room(scope, SHORT_SHOWN, told),
    overview.findingGroups(scope),
    alerts.list.list(scope, { muted: false, maintenance: false, limit: SHORT_SHOWN }),
    alerts.list.counts(scope),
    alerts.windows.nowAndNext(scope, SHORT_SHOWN),
    enrolment.waitingOf(scope.msp),
    troubled(visit, scope),
    may(visit, 'see audit log') ? audit.about(scope.msp, { limit: SHORT_SHOWN }) : null,
    policies.standing.counts(scope),
  ]);
  const glances = await glance.customers(
    scope,
    customers.rows.map(({ id }) => id),
  );
  const names = await glance.names(scope, [
    ...room.rows.map(({ site }) => site),
    ...[...windows.now, ...windows.next].flatMap(({ place }) => place.site ?? place.customer ?? []),
    ...waiting.map(({ site }) => site),
  ]);
  const running = await services.software.standings(counts.software.map(({ version }) => version));
  const ours = waiting.filter(({ site }) => names.has(site));
  return {
    counts,
    customers,
    glances,
    allCustomers,
    proof,
    room,
    groups,
    standing,
    alertCounts,
    windows,
    waiting: ours,
    trouble,
    recent,
    policy,
    running,
    names,
  };
}

export type Everything = Awaited<ReturnType<typeof everything>>;

function figures({ t, f }: Visit, { counts: { urgency }, waiting, allCustomers, trouble }: Everything): Html {
  const { overview } = t;
  const shown = [
    ['ok', urgency.ok, overview.online(urgency.ok), '/boxes?state=ok'],
    ['warn', urgency.warn, overview.attention(urgency.warn), '/boxes?state=warn'],
    ['bad', urgency.bad + urgency.gone, overview.failing(urgency.bad + urgency.gone), '/boxes?state=failing'],
    ['wait', waiting.length, overview.claims(waiting.length), '#claims'],
    ['off', allCustomers, overview.customers(allCustomers), '/customers'],
    [
      trouble.length === 0 ? 'ok' : 'bad',
      trouble.length,
      overview.gaps(trouble.length),
      trouble.length === 0 ? '/witness' : '/witness#trouble',
    ],
  ] as const;
  // A number that is none is quiet, whatever it counts.
  return html`<ul class="figures">${shown.map(
    ([kind, count, text, href]) =>
      html`<li><a href="${href}"><strong>${f.number(count)}</strong>${state(count === 0 && kind !== 'off' ? 'ok' : kind, text)}</a></li>`,
  )}</ul>`;
}

async function customersPart(
  visit: Visit,
  scope: Scope,
  { customers, glances, allCustomers }: Everything,
): Promise<Html> {
  const { t, f } = visit;
  const { rows, next } = customers;
  const add = may(visit, 'manage tenants') ? html`<a href="/customers/new">${t.customers.add}</a>` : nothing;
  if (rows.length === 0) return html`<div class="empty"><p>${t.customers.nobody}</p><p>${add}</p></div>`;
  const said = t.customers.shown(f.number(rows.length), f.number(allCustomers));
  return html`${await customerTable(visit, scope, rows, glances)}
    <nav class="pages" aria-label="${t.common.pages}"><span class="soft">${said}</span>${next ? html`<a href="/customers">${t.overview.allCustomers}</a>` : nothing}</nav>`;
}

export const overviewRoutes = new Hono<ConsoleEnv>().get('/', async (c) => {
  const { scope } = allowed(c, 'see boxes');
  const visit = c.get('visit');
  const { overview } = visit.t;
  const all = await everything(visit, scope);
  const body = html`<h1 class="visually-hidden">${overview.title(visit.mspName)}</h1>
    <div class="stack close">
      <section aria-label="${overview.health}" data-live id="live-figures">${figures(visit, all)}</section>
      <div class="split">
        <div class="stack">
          <section aria-labelledby="customers" data-live id="live-customers">
            <header><h2 id="customers">${visit.t.customers.caption}</h2><span class="row"><a href="/customers">${overview.filter}</a><a href="/sites">${visit.t.sites.heading}</a></span></header>
            ${await customersPart(visit, scope, all)}
          </section>
          <div class="tiles">
            ${policyPart(visit, all)}
            ${softwarePart(visit, all)}
            ${storagePart(visit, all)}
            ${certificatesPart(visit, all)}
            ${maintenancePart(visit, all)}
          </div>
        </div>
        <div class="aside">
          ${alertsPart(visit, all)}
          ${provenPart(visit, all)}
          ${claimsPart(visit, all)}
          ${await recentPart(visit, scope, all)}
        </div>
      </div>
    </div>`;
  return c.html(layout(visit, { title: overview.heading, place: 'overview', live: true, body }));
});
