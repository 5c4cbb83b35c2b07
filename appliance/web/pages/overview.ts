/** What is so, on one page. */
import type { Purpose } from '@belkluis/shared/policy/purpose';
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { Hono } from 'hono';
import { may } from '../../access/roles.ts';
import type { Finding } from '../../health/finding.ts';
import { findingText } from '../i18n/finding-texts.ts';
import { allowed, type DeskEnv, type Visit } from '../visit.ts';
import { fleetNow, fleetWaits } from './fleet.ts';
import { isOverdue } from './holds.ts';
import { layout } from './layout.ts';
import { head, instant, purposeName, state } from './parts.ts';
import { waits } from './policy-changes.ts';

const LATEST_SHOWN = 5;

function purposeRow({ t, f, services }: Visit, purpose: Purpose, sees: boolean): Html {
  const { overview } = t;
  const { total, exact } = services.recordings.search({ purpose: purpose.id }, 1, 0);
  const count = `${f.number(total)}${exact ? '' : '+'}`;
  const roles = purpose.mayOpen.map((role) => t.roles[role]).join(', ');
  return html`<tr>
    <th scope="row"><a href="/policy/purposes/${purpose.id}">${purposeName(purpose.name)}</a><small>${overview.basis[purpose.lawfulBasis]}</small></th>
    <td data-label="${overview.caller}">${purpose.announcement.by === 'source' ? overview.toldBySource : overview.consent[purpose.consent.mode]}</td>
    <td data-label="${overview.kept}">${overview.days(purpose.retention.contentDays)}</td>
    <td data-label="${overview.mayOpen}">${roles}</td>
    <td data-label="${overview.count}" class="num">${sees ? html`<a href="/recordings?purpose=${purpose.id}">${count}</a>` : count}</td>
  </tr>`;
}

function purposes(visit: Visit, sees: boolean): Html {
  const { overview } = visit.t;
  const policy = visit.services.policy()?.policy;
  if (!policy || policy.purposes.length === 0) {
    return html`<section aria-labelledby="purposes"><div class="empty"><h2 id="purposes">${overview.nothing}</h2><p>${overview.nothingMore}</p></div></section>`;
  }
  return html`<section aria-labelledby="purposes">
    <header><h2 id="purposes">${overview.purposes}</h2></header>
    <table class="cards">
      <caption class="visually-hidden">${overview.purposesCaption}</caption>
      <thead><tr><th scope="col">${overview.purpose}</th><th scope="col">${overview.caller}</th><th scope="col">${overview.kept}</th><th scope="col">${overview.mayOpen}</th><th scope="col" class="num">${overview.count}</th></tr></thead>
      <tbody>${policy.purposes.map((purpose) => purposeRow(visit, purpose, sees))}
        <tr><th scope="row"><span class="code none">–</span>${overview.noPurpose}<small>${overview.noPurposeMore}</small></th><td data-label="${overview.caller}">${overview.hearsNothing}</td><td data-label="${overview.kept}">${overview.notRecorded}</td><td data-label="${overview.mayOpen}">–</td><td data-label="${overview.count}" class="num">0</td></tr>
      </tbody>
    </table>
  </section>`;
}

function latest({ t, f, now, services }: Visit): Html {
  const { recordings } = services.recordings.search({}, LATEST_SHOWN, 0);
  if (recordings.length === 0) return nothing;
  return html`<section aria-labelledby="latest">
    <header><h2 id="latest">${t.overview.latest}</h2><a href="/recordings">${t.overview.all}</a></header>
    <ul class="list">${recordings.map(
      (row) =>
        html`<li><span><a href="/recordings/${row.id}">${instant(row.startedAt, f.moment(row.startedAt, now))}</a><small>${row.purposeName}</small></span><span class="num soft">${row.end ? f.length(row.end.durationMs) : t.recordings.inProgress}</span></li>`,
    )}</ul>
  </section>`;
}

/** Holds that wait for somebody: a review that is overdue, a lift that a second person decides. */
function holdsThatWait({ t, now, person, services }: Visit): Html {
  const { overview } = t;
  const standing = services.holds.list().filter(({ liftedAt }) => liftedAt === null);
  const overdue = standing.filter((hold) => isOverdue(hold, now)).length;
  const toDecide = standing.filter(({ liftAskedBy }) => liftAskedBy !== null && liftAskedBy !== person?.id).length;
  const decides = person !== null && may(person, 'lift holds') && toDecide > 0;
  if (overdue === 0 && !decides) return nothing;
  return html`<section aria-labelledby="holds">
    <header><h2 id="holds">${overview.holds}</h2></header>
    <ul class="list">${overdue > 0 ? html`<li>${state('warn', overview.holdsOverdue(overdue))}</li>` : nothing}${
      decides ? html`<li>${state('wait', overview.holdsToDecide(toDecide))}</li>` : nothing
    }</ul>
    <p><a href="/holds">${overview.seeHolds}</a></p>
  </section>`;
}

function witnessed({ t: { overview }, f, now, services }: Visit): Html {
  const at = Math.max(...services.audit.state().witnesses.map((witness) => witness.at));
  return at > 0 ? state('ok', overview.witnessed(f.momentWithin(at, now))) : state('warn', overview.noWitness);
}

function overviewPage(visit: Visit, findings: readonly Finding[]): Html {
  const { t, f, now, person, services } = visit;
  const { overview } = t;
  const alerts = findings.filter((finding) => finding.state !== 'ok');
  const sees = person !== null && may(person, 'see recordings');
  const keys = services.recipients();
  const named = (role: string) => keys.filter((key) => key.role === role).map(({ name }) => name);
  const asks = fleetWaits(visit);
  const waiting = alerts.length + (asks === null ? 0 : 1);
  const title = waiting > 0 ? overview.waits(waiting) : overview.well;
  const body = html`${head(title, overview.lead(f.longDate(now), f.time(now)))}
    <div class="split">
      <div class="stack">${asks ?? nothing}${waits(visit)}${purposes(visit, sees)}${sees ? latest(visit) : nothing}</div>
      <div class="aside">
        <section aria-labelledby="alerts">
          <header><h2 id="alerts">${overview.alerts}</h2></header>
          ${
            alerts.length > 0
              ? html`<ul class="list">${alerts.map((finding) => html`<li>${state(finding.state, t.states[finding.state])}<span class="full">${findingText(t, f, finding)}</span></li>`)}</ul>`
              : html`<p>${overview.quiet}</p>`
          }
          <p><a href="/health">${overview.allChecks}</a></p>
        </section>
        ${person && may(person, 'see holds') ? holdsThatWait(visit) : nothing}
        ${fleetNow(visit)}
        <section aria-labelledby="audit">
          <header><h2 id="audit">${overview.audit}</h2></header>
          <p>${witnessed(visit)}</p>
          <dl><dt>${overview.entries}</dt><dd>${f.number(services.audit.size())}</dd></dl>
          ${person && may(person, 'see audit log') ? html`<p><a href="/audit">${overview.readLog}</a></p>` : nothing}
        </section>
        ${
          keys.length > 0
            ? html`<section aria-labelledby="keys">
          <header><h2 id="keys">${overview.whoMayOpen}</h2></header>
          <dl><dt>${overview.custodians}</dt><dd>${named('custodian').join(', ')}</dd><dt>${overview.escrow}</dt><dd>${named('escrow').join(', ')}</dd></dl>
        </section>`
            : nothing
        }
      </div>
    </div>`;
  return layout(visit, { title, place: 'overview', body });
}

export const overviewRoutes = new Hono<DeskEnv>().get('/', async (c) => {
  allowed(c, 'see overview');
  const visit = c.get('visit');
  return c.html(overviewPage(visit, (await visit.services.health()).findings));
});
