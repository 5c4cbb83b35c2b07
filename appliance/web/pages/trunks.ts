/** Trunks: whether calls of the outside world come in and go out, and what has used up its day. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { Hono } from 'hono';
import type { Person } from '../../access/people.ts';
import { may } from '../../access/roles.ts';
import type { Trunk } from '../../lines/trunk.ts';
import type { TrunkState, TrunksState } from '../line-services.ts';
import { allowed, type DeskEnv, type Visit } from '../visit.ts';
import { layout } from './layout.ts';
import { outboundLine } from './outbound.ts';
import { head, instant, state } from './parts.ts';

const isWell = ({ up, registration }: TrunkState): boolean =>
  up && (registration === null || registration.is === 'registered');

export function stateOf({ t }: Visit, { up, registration }: TrunkState): Html {
  const { trunks } = t;
  if (registration?.is === 'waiting') {
    const why = registration.why ?? '';
    return state('bad', trunks.faults[why] ?? trunks.fault(why));
  }
  if (!up) return state('bad', trunks.down);
  if (registration?.is === 'asking') return state('wait', trunks.asking);
  return state('ok', registration ? trunks.registered : trunks.answers);
}

/** One that was told just now, or while calls do not run. */
const unusedRow = ({ t }: Visit, { id, host }: Trunk): Html => html`<tr>
    <th scope="row"><a href="/trunks/${id}">${id}</a><small>${host}</small></th>
    <td data-label="${t.trunks.state}" class="full">${state('wait', t.trunks.notYet)}</td>
    <td data-label="${t.trunks.until}">–</td><td data-label="${t.trunks.heard}">–</td><td data-label="${t.trunks.calls}" class="num">–</td>
  </tr>`;

function row(visit: Visit, trunk: TrunkState): Html {
  const { t, f, now } = visit;
  const { trunks } = t;
  const { id, host, registration, heardAt, calls, maxCalls, plain } = trunk;
  const until = registration?.until ?? null;
  return html`<tr>
    <th scope="row"><a href="/trunks/${id}">${id}</a><small>${host}</small></th>
    <td data-label="${trunks.state}" class="full">${stateOf(visit, trunk)}${plain ? html`<small>${trunks.plain}</small>` : nothing}</td>
    <td data-label="${trunks.until}" class="nowrap">${until === null ? '–' : instant(until, f.momentWithin(until, now))}</td>
    <td data-label="${trunks.heard}" class="nowrap">${heardAt === null ? trunks.never : instant(heardAt, f.momentWithin(heardAt, now))}</td>
    <td data-label="${trunks.calls}" class="num">${trunks.callsOf(f.number(calls), f.number(maxCalls))}</td>
  </tr>`;
}

function caps({ t }: Visit, { capped }: TrunksState): Html {
  const { trunks } = t;
  if (capped.length === 0) return nothing;
  return html`<section aria-labelledby="caps">
    <header><h2 id="caps">${trunks.caps}</h2><p>${trunks.capsLead}</p></header>
    <ul class="list">${capped.map(
      ({ cap, kind, name }) =>
        html`<li><span>${kind === 'user' ? trunks.phone(name) : trunks.trunk(name)}<small>${trunks.capNames[cap] ?? cap}</small></span>${state('warn', trunks.stopped)}</li>`,
    )}</ul>
  </section>`;
}

function trunksPage(visit: Visit, person: Person, all: TrunksState | null): Html {
  const { trunks, trunk: one, outbound } = visit.t;
  const told = visit.services.lines.told().trunks;
  const used = new Map(all?.trunks.map((trunk) => [trunk.id, trunk]));
  const title = !all
    ? trunks.unknown
    : told.length === 0
      ? trunks.none
      : told.every(({ id }) => used.has(id) && isWell(used.get(id)!))
        ? trunks.well
        : trunks.attention;
  const lead = !all ? trunks.unknownMore : told.length === 0 ? trunks.noneMore : trunks.lead;
  const add = may(person, 'manage lines') ? html`<a class="button" href="/trunks/new">${one.add}</a>` : nothing;
  const body = html`${head(title, lead, add)}
    <div class="stack">
      ${
        told.length === 0
          ? nothing
          : html`<section aria-labelledby="trunks">
        <header><h2 id="trunks">${trunks.title}</h2></header>
        <table class="cards">
          <caption class="visually-hidden">${trunks.caption}</caption>
          <thead><tr><th scope="col">${trunks.trunkName}</th><th scope="col">${trunks.state}</th><th scope="col">${trunks.until}</th><th scope="col">${trunks.heard}</th><th scope="col" class="num">${trunks.calls}</th></tr></thead>
          <tbody>${told.map((trunk) => (used.has(trunk.id) ? row(visit, used.get(trunk.id)!) : unusedRow(visit, trunk)))}</tbody>
        </table>
      </section>`
      }
      ${all ? caps(visit, all) : nothing}
      <section aria-labelledby="outbound">
        <header><h2 id="outbound">${outbound.title}</h2><p>${outboundLine(visit)}</p></header>
        <p><a href="/outbound">${outbound.link}</a></p>
      </section>
    </div>`;
  return layout(visit, { title, place: 'trunks', body });
}

export const trunksRoutes = new Hono<DeskEnv>().get('/trunks', async (c) => {
  const person = allowed(c, 'see trunks');
  const visit = c.get('visit');
  return c.html(trunksPage(visit, person, await visit.services.lines.trunks()));
});
