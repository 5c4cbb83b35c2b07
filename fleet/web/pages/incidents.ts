/** Incidents and drills that concern customers of an MSP; that somebody has read one is written down. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { head, type StateKind, state } from '@belkluis/shared/web/parts';
import { Hono } from 'hono';
import type { Incident, IncidentNotice } from '../../compliance/incidents.ts';
import { problem as complianceProblem } from '../../compliance/problems.ts';
import type { Scope } from '../../tenants/scope.ts';
import { allowed, type ConsoleEnv, may, type Visit } from '../visit.ts';
import { complianceNav } from './compliance-parts.ts';
import { layout } from './layout.ts';
import { moment } from './parts.ts';

interface Concerning {
  readonly incident: Incident;
  readonly notices: readonly IncidentNotice[];
}

/** Newest first, each once. */
async function concerning({ services }: Visit, scope: Scope): Promise<readonly Concerning[]> {
  const by = new Map<string, { incident: Incident; notices: IncidentNotice[] }>();
  for (const { is, ...notice } of await services.compliance.incidents.forTenants(scope)) {
    const one = by.get(is.id) ?? { incident: is, notices: [] };
    one.notices.push(notice);
    by.set(is.id, one);
  }
  return [...by.values()];
}

const kinds: Readonly<Record<Incident['severity'], StateKind>> = { low: 'warn', serious: 'bad', critical: 'bad' };

const isRead = ({ notices }: Concerning): boolean => notices.every(({ unread }) => !unread);

const word = ({ t }: Visit, { incident }: Concerning): Html =>
  incident.drill
    ? state('wait', t.incidents.drill)
    : state(kinds[incident.severity], t.incidents.severities[incident.severity]);

export const incidentRoutes = new Hono<ConsoleEnv>()
  .get('/incidents', async (c) => {
    const { scope } = allowed(c, 'see agreements');
    const visit = c.get('visit');
    const { incidents } = visit.t;
    const all = await concerning(visit, scope);
    const body = html`${head(incidents.title, incidents.lead)}
      <div class="stack">
        ${complianceNav(visit, 'incidents')}
        <section aria-label="${incidents.title}">${
          all.length === 0
            ? html`<div class="empty"><p>${incidents.none}</p></div>`
            : html`<ul class="list">${all.map(
                (one) =>
                  html`<li><span><a href="/incidents/${one.incident.id}">${one.incident.what.slice(0, 120)}</a><small>${moment(visit, one.incident.openedAt)}${isRead(one) ? nothing : html`, ${incidents.unread}`}</small></span>${word(visit, one)}</li>`,
              )}</ul>`
        }</section>
      </div>`;
    return c.html(layout(visit, { title: incidents.title, place: 'compliance', body }));
  })
  .get('/incidents/:incident', async (c) => {
    const { scope } = allowed(c, 'see agreements');
    const visit = c.get('visit');
    const { t, services } = visit;
    const { incidents } = t;
    const one = (await concerning(visit, scope)).find(({ incident }) => incident.id === c.req.param('incident'));
    if (!one) throw complianceProblem('incident_unknown');
    const { incident, notices } = one;
    const names = await services.glance.names(
      scope,
      notices.map(({ customer }) => customer),
    );
    const title = incident.drill ? incidents.drill : incidents.one;
    const lead = incident.drill ? incidents.drillLead : incidents.duty;
    const customers = notices.map(
      ({ customer, boxes, readAt, unread }) =>
        html`<li><span><a href="/customers/${customer}">${names.get(customer)?.name ?? '–'}</a><small>${boxes.length === 0 ? incidents.all : incidents.boxes(boxes.length)}</small></span>${unread || readAt === null ? state('wait', incidents.unread) : state('ok', incidents.readAt(visit.f.momentWithin(readAt, visit.now)))}</li>`,
    );
    const steps =
      incident.steps.length === 0
        ? html`<p class="soft">${incidents.noSteps}</p>`
        : html`<ul class="list timeline">${incident.steps.map(({ at, text }) => html`<li>${moment(visit, at)}<p>${text}</p></li>`)}</ul>`;
    const body = html`${head(title, lead, word(visit, one))}
      <div class="split"><div class="stack">
        <dl><dt>${incidents.what}</dt><dd>${incident.what}</dd><dt>${incidents.about}</dt><dd>${incident.about}</dd><dt>${incidents.found}</dt><dd>${moment(visit, incident.foundAt)}</dd><dt>${incidents.opened}</dt><dd>${moment(visit, incident.openedAt)}</dd>${incident.closedAt === null ? nothing : html`<dt>${incidents.closed}</dt><dd>${moment(visit, incident.closedAt)}</dd>`}</dl>
        <section aria-labelledby="steps"><header><h2 id="steps">${incidents.steps}</h2></header>${steps}</section>
        ${!isRead(one) && may(visit, 'manage agreements') ? html`<form method="post" action="/incidents/${incident.id}/read"><button class="primary">${incidents.read}</button></form>` : nothing}
      </div>
      <div class="aside"><section aria-labelledby="concerned"><header><h2 id="concerned">${incidents.concerned}</h2></header><ul class="list">${customers}</ul></section></div></div>`;
    return c.html(layout(visit, { title, place: 'compliance', body }));
  })
  .post('/incidents/:incident/read', async (c) => {
    const { scope, person } = allowed(c, 'manage agreements');
    const visit = c.get('visit');
    const one = (await concerning(visit, scope)).find(({ incident }) => incident.id === c.req.param('incident'));
    if (!one) throw complianceProblem('incident_unknown');
    for (const { customer, unread } of one.notices)
      if (unread) await visit.services.compliance.incidents.read(scope, customer, one.incident.id, person.id);
    return c.redirect(`/incidents/${one.incident.id}`, 303);
  });
