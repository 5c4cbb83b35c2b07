/** Trunks: whether calls of the outside world come in and go out, and what has used up its day. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { Hono } from 'hono';
import type { TrunkState, TrunksState } from '../line-services.ts';
import { allowed, type DeskEnv, type Visit } from '../visit.ts';
import { layout } from './layout.ts';
import { head, instant, state } from './parts.ts';

const isWell = ({ up, registration }: TrunkState): boolean =>
  up && (registration === null || registration.is === 'registered');

function stateOf({ t }: Visit, { up, registration }: TrunkState): Html {
  const { trunks } = t;
  if (registration?.is === 'waiting') {
    const why = registration.why ?? '';
    return state('bad', trunks.faults[why] ?? trunks.fault(why));
  }
  if (!up) return state('bad', trunks.down);
  if (registration?.is === 'asking') return state('wait', trunks.asking);
  return state('ok', registration ? trunks.registered : trunks.answers);
}

function row(visit: Visit, trunk: TrunkState): Html {
  const { t, f, now } = visit;
  const { trunks } = t;
  const { id, host, registration, heardAt, calls, maxCalls, plain } = trunk;
  const until = registration?.until ?? null;
  return html`<tr>
    <th scope="row">${id}<small>${host}</small></th>
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

function trunksPage(visit: Visit, all: TrunksState | null): Html {
  const { trunks } = visit.t;
  const page = (title: string, body: Html) => layout(visit, { title, place: 'trunks', body });
  if (!all) return page(trunks.unknown, html`${head(trunks.unknown, trunks.unknownMore)}`);
  if (all.trunks.length === 0) return page(trunks.none, html`${head(trunks.none, trunks.noneMore)}`);
  const title = all.trunks.every(isWell) ? trunks.well : trunks.attention;
  return page(
    title,
    html`${head(title, trunks.lead)}
    <div class="stack">
      <section aria-labelledby="trunks">
        <header><h2 id="trunks">${trunks.title}</h2></header>
        <table class="cards">
          <caption class="visually-hidden">${trunks.caption}</caption>
          <thead><tr><th scope="col">${trunks.trunkName}</th><th scope="col">${trunks.state}</th><th scope="col">${trunks.until}</th><th scope="col">${trunks.heard}</th><th scope="col" class="num">${trunks.calls}</th></tr></thead>
          <tbody>${all.trunks.map((trunk) => row(visit, trunk))}</tbody>
        </table>
      </section>
      ${caps(visit, all)}
    </div>`,
  );
}

export const trunksRoutes = new Hono<DeskEnv>().get('/trunks', async (c) => {
  allowed(c, 'see trunks');
  const visit = c.get('visit');
  return c.html(trunksPage(visit, await visit.services.lines.trunks()));
});
