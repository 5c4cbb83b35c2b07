/** Parts of the overview that ask for somebody: what is wrong where, codes that wait, what was done. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import type { AlertRow } from '../../alerts/alerts.ts';
import { wordsOf } from '../../alerts/words/of.ts';
import type { Scope } from '../../tenants/scope.ts';
import { may, type Visit } from '../visit.ts';
import { namesIn, saidOf } from './audit.ts';
import type { Everything } from './overview.ts';
import { moment } from './parts.ts';

/** What is wrong where, the worst first; what is muted or in maintenance is counted alone. */
export function alertsPart(visit: Visit, { standing, alertCounts }: Everything): Html {
  const { t, f, language, now } = visit;
  const { overview } = t;
  const handles = may(visit, 'handle alerts');
  const open = alertCounts.bad + alertCounts.warn + alertCounts.acknowledged;
  const row = ({ id, code, level, since, box, site, customer, acknowledged }: AlertRow): Html => {
    const { title, says } = wordsOf(language, code);
    const where = [customer, site, box].flatMap((one) => one?.name ?? []).join(', ');
    return html`<li><span class="state ${level}"><a href="/alerts/${id}">${title}</a></span>${moment(visit, since)}<span class="full">${where ? `${where}: ` : ''}${says}</span>${
      acknowledged
        ? html`<span class="full soft">${overview.acknowledged(f.momentWithin(acknowledged.at, now))}</span>`
        : handles
          ? html`<form method="post" action="/alerts/${id}/acknowledge"><input type="hidden" name="from" value="overview"><button class="small">${t.alerts.acknowledge}<span class="visually-hidden">: ${title}, ${where}</span></button></form>`
          : nothing
    }</li>`;
  };
  const quiet = alertCounts.muted + alertCounts.maintenance;
  return html`<section aria-labelledby="alerts" data-live id="live-alerts">
      <header><h2 id="alerts">${overview.alerts}</h2><a href="/alerts?is=told">${open > standing.rows.length ? t.common.shown(f.number(standing.rows.length), f.number(open)) : overview.allActs}</a></header>
      ${standing.rows.length === 0 ? html`<p>${quiet > 0 ? overview.onlyQuiet : overview.noAlerts}</p>` : html`<ul class="list">${standing.rows.map(row)}</ul>`}
      ${quiet > 0 ? html`<p class="soft">${overview.quiet(f.number(quiet))}</p>` : nothing}
    </section>`;
}

export function claimsPart({ t, f, now }: Visit, { waiting, names }: Everything): Html {
  const { overview } = t;
  return html`<section aria-labelledby="claims" data-live id="live-claims">
      <header><h2 id="claims">${overview.toBeClaimed}</h2></header>
      ${
        waiting.length === 0
          ? html`<p>${overview.noClaims}</p>`
          : html`<ul class="list">${waiting.map(({ site, state: is, expiresAt }) => html`<li><span><a href="/sites/${site}">${names.get(site)?.name ?? ''}</a><small>${t.site.claims.states[is]}</small></span><span class="soft">${t.site.claims.until(f.momentWithin(expiresAt, now))}</span></li>`)}</ul>`
      }
    </section>`;
}

export async function recentPart(visit: Visit, scope: Scope, { recent }: Everything): Promise<Html> {
  if (recent === null) return nothing;
  const { overview } = visit.t;
  const names = await namesIn(visit, scope, recent.rows);
  return html`<section aria-labelledby="recent" data-live id="live-recent">
      <header><h2 id="recent">${overview.recent}</h2><a href="/audit">${overview.allActs}</a></header>
      ${
        recent.rows.length === 0
          ? html`<p>${overview.noActs}</p>`
          : html`<ul class="list">${recent.rows.map((row) => {
              const { what, about } = saidOf(visit, row, names);
              const who = names.get(row.event.actor) ?? visit.t.audit.gone;
              return html`<li><span>${who}: ${what}${about ? html`<small>${about}</small>` : nothing}</span>${moment(visit, row.event.at)}</li>`;
            })}</ul>`
      }
    </section>`;
}
