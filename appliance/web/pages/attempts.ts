/** Why phones do not register: tries of one phone, and what may have been any. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { Hono } from 'hono';
import type { Attempt, AttemptsTold } from '../../control/protocol.ts';
import { allowed, type DeskEnv, type Visit } from '../visit.ts';
import { layout } from './layout.ts';
import { instant } from './parts.ts';

/** Tries, handshakes and bans that a page shows: what a person reads. */
const SHOWN = 50;

const timesOf = ({ t, f }: Visit, count: number): Html =>
  count === 1 ? nothing : html`<small>${t.attempts.times(f.number(count))}</small>`;

function tryRow(visit: Visit, tried: Attempt & { readonly user?: string }): Html {
  const { t, f, now } = visit;
  const { attempts } = t;
  const { user, at, count, outcome, transport, address, agent } = tried;
  const when = instant(at, f.moment(at, now));
  return html`<tr>
    <th scope="row"${user === undefined ? html` class="nowrap"` : nothing}>${user === undefined ? when : user || '–'}${timesOf(visit, count)}</th>
    ${user === undefined ? nothing : html`<td data-label="${attempts.when}" class="nowrap">${when}</td>`}
    <td data-label="${attempts.from}" class="full">${transport} ${address}${agent === null ? nothing : html`<small>${agent}</small>`}</td>
    <td data-label="${attempts.outcome}" class="full whole">${attempts.outcomes[outcome] ?? outcome}</td>
  </tr>`;
}

/** Tries of one phone. Null: the call process does not answer. */
export function triesPart(visit: Visit, told: AttemptsTold | null): Html {
  const { attempts } = visit.t;
  const all = told?.attempts ?? [];
  return html`<section aria-labelledby="tries">
    <header><h2 id="tries">${attempts.title}</h2><p>${told ? attempts.lead : attempts.down}</p></header>
    ${
      !told
        ? nothing
        : all.length === 0
          ? html`<p>${attempts.none} ${attempts.noneMore}</p>`
          : html`<table class="cards">
      <caption class="visually-hidden">${attempts.caption}</caption>
      <thead><tr><th scope="col">${attempts.when}</th><th scope="col">${attempts.from}</th><th scope="col">${attempts.outcome}</th></tr></thead>
      <tbody>${all.slice(0, SHOWN).map((one) => tryRow(visit, one))}</tbody>
    </table>`
    }
  </section>`;
}

function handshakes(visit: Visit, { handshakes: all }: AttemptsTold): Html {
  const { t, f, now } = visit;
  const { attempts } = t;
  if (all.length === 0) return nothing;
  return html`<table class="cards">
      <caption>${attempts.handshakesCaption}</caption>
      <thead><tr><th scope="col">${attempts.address}</th><th scope="col">${attempts.when}</th><th scope="col">${attempts.outcome}</th></tr></thead>
      <tbody>${all
        .slice(0, SHOWN)
        .map(
          ({ address, at, count, fault }) =>
            html`<tr><th scope="row">${address}${timesOf(visit, count)}</th><td data-label="${attempts.when}" class="nowrap">${instant(at, f.moment(at, now))}</td><td data-label="${attempts.outcome}" class="full whole">${attempts.faults[fault] ?? fault}</td></tr>`,
        )}</tbody>
    </table>`;
}

function bans(visit: Visit, { bans: all }: AttemptsTold): Html {
  const { t, f, now } = visit;
  const { attempts } = t;
  if (all.length === 0) return nothing;
  return html`<table class="cards">
      <caption>${attempts.bansCaption}</caption>
      <thead><tr><th scope="col">${attempts.address}</th><th scope="col">${attempts.until}</th><th scope="col">${attempts.outcome}</th></tr></thead>
      <tbody>${all
        .slice(0, SHOWN)
        .map(
          ({ source, why, until }) =>
            html`<tr><th scope="row">${source}</th><td data-label="${attempts.until}" class="nowrap">${instant(until, f.moment(until, now))}</td><td data-label="${attempts.outcome}" class="full whole">${attempts.bans[why] ?? why}</td></tr>`,
        )}</tbody>
    </table><p class="soft">${attempts.bannedHint}</p>`;
}

/** Connections and addresses that may have been any phone. */
export function othersPart(visit: Visit, told: AttemptsTold | null): Html {
  const { attempts } = visit.t;
  if (!told || told.handshakes.length + told.bans.length === 0) return nothing;
  return html`<section aria-labelledby="others">
    <header><h2 id="others">${attempts.others}</h2><p>${attempts.othersLead}</p></header>
    ${handshakes(visit, told)}${bans(visit, told)}
  </section>`;
}

function strangers(visit: Visit, { strangers: all }: AttemptsTold): Html {
  const { attempts } = visit.t;
  if (all.length === 0) return nothing;
  return html`<section aria-labelledby="strangers">
    <header><h2 id="strangers">${attempts.strangers}</h2><p>${attempts.strangersLead}</p></header>
    <table class="cards">
      <caption class="visually-hidden">${attempts.strangersCaption}</caption>
      <thead><tr><th scope="col">${attempts.number}</th><th scope="col">${attempts.when}</th><th scope="col">${attempts.from}</th><th scope="col">${attempts.outcome}</th></tr></thead>
      <tbody>${all.slice(0, SHOWN).map((one) => tryRow(visit, one))}</tbody>
    </table>
  </section>`;
}

function attemptsPage(visit: Visit, told: AttemptsTold | null): Html {
  const { t } = visit;
  const { attempts } = t;
  const quiet = told !== null && told.strangers.length + told.handshakes.length + told.bans.length === 0;
  const title = quiet ? attempts.well : attempts.all;
  const body = html`<div class="head"><div><p><a href="/phones">${t.phones.back}</a></p><h1>${title}</h1><p>${told ? attempts.lead : attempts.down}</p></div></div>
    ${told ? html`<div class="stack">${strangers(visit, told)}${othersPart(visit, told)}</div>` : nothing}`;
  return layout(visit, { title, place: 'phones', body });
}

export const attemptsRoutes = new Hono<DeskEnv>().get('/registrations', async (c) => {
  allowed(c, 'see phones');
  const visit = c.get('visit');
  return c.html(attemptsPage(visit, await visit.services.phones.attempts(null)));
});
