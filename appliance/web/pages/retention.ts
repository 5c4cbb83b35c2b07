/** How long things stay, whether that is needed, and what people asked. */
import type { Policy } from '@belkluis/shared/policy/schema';
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { Hono } from 'hono';
import { REQUESTS_SHOWN } from '../limits.ts';
import type { RequestRow, UsageRow } from '../vault-services.ts';
import { allowed, type DeskEnv, nameOf, type Visit } from '../visit.ts';
import { pageOf } from './audit.ts';
import { layout } from './layout.ts';
import { head, instant, pager, purposeName, state } from './parts.ts';

const DAY_MS = 86_400_000;

const daysOf = ({ t, f }: Visit, days: number): string => t.retention.days(days, f.number(days));

function terms(visit: Visit, { purposes }: Policy): Html {
  const { retention } = visit.t;
  return html`<section aria-labelledby="terms">
    <header><h2 id="terms">${retention.terms}</h2></header>
    <table class="cards">
      <caption class="visually-hidden">${retention.termsCaption}</caption>
      <thead><tr><th scope="col">${retention.purpose}</th><th scope="col">${retention.content}</th><th scope="col">${retention.traffic}</th><th scope="col">${retention.evidence}</th><th scope="col">${retention.minimum}</th></tr></thead>
      <tbody>${purposes.map(
        ({ name, retention: days }) =>
          html`<tr><th scope="row">${purposeName(name)}</th><td data-label="${retention.content}">${daysOf(visit, days.contentDays)}</td><td data-label="${retention.traffic}">${daysOf(visit, days.trafficDays)}</td><td data-label="${retention.evidence}">${daysOf(visit, days.evidenceDays)}</td><td data-label="${retention.minimum}" class="full">${days.minimum ? html`${daysOf(visit, days.minimum.days)}<small>${days.minimum.ground}</small>` : html`<span class="soft">${retention.noMinimum}</span>`}</td></tr>`,
      )}</tbody>
    </table>
  </section>`;
}

function advice({ t }: Visit, { judged, termDays, advisedDays }: UsageRow): Html {
  const { retention } = t;
  if (!judged) return html`<span class="soft">${retention.unused}</span>`;
  return advisedDays === null || termDays === null
    ? html`<span class="soft">${retention.fits}</span>`
    : state('warn', retention.shorter(advisedDays, termDays));
}

function usage(visit: Visit, policy: Policy | null): Html {
  const { t, f, services } = visit;
  const { retention } = t;
  const rows = services.retention.usage();
  if (rows.length === 0) return nothing;
  return html`<section aria-labelledby="use">
    <header><h2 id="use">${retention.use}</h2><p>${retention.useLead}</p></header>
    <table class="cards">
      <caption class="visually-hidden">${retention.useCaption}</caption>
      <thead><tr><th scope="col">${retention.purpose}</th><th scope="col" class="num">${retention.alive}</th><th scope="col" class="num">${retention.erased}</th><th scope="col" class="num">${retention.opened}</th><th scope="col">${retention.latest}</th><th scope="col">${retention.advice}</th></tr></thead>
      <tbody>${rows.map((row) => {
        const purpose = policy?.purposes.find(({ id }) => id === row.purpose) ?? null;
        const latest =
          row.latestOpeningMs === 0
            ? html`<span class="soft">${retention.never}</span>`
            : html`${retention.latestMore(Math.ceil(row.latestOpeningMs / DAY_MS))}`;
        return html`<tr><th scope="row">${purposeName(purpose?.name ?? row.purpose)}</th><td data-label="${retention.alive}" class="num">${f.number(row.alive)}</td><td data-label="${retention.erased}" class="num">${f.number(row.erased)}</td><td data-label="${retention.opened}" class="num">${row.alive + row.erased === 0 ? '–' : f.percent(row.everOpenedShare)}</td><td data-label="${retention.latest}">${latest}</td><td data-label="${retention.advice}" class="full">${advice(visit, row)}</td></tr>`;
      })}</tbody>
    </table>
  </section>`;
}

function requestRow(visit: Visit, request: RequestRow): Html {
  const { t, f, now } = visit;
  const { retention } = t;
  const outcome =
    request.outcome === 'done'
      ? state('ok', retention.done)
      : state('off', retention.refused(retention.refusals[request.ground ?? ''] ?? request.ground ?? ''));
  return html`<tr>
    <th scope="row">${instant(request.receivedAt, f.moment(request.receivedAt, now))}<small>${nameOf(visit, request.actor)}</small></th>
    <td data-label="${retention.kind}">${retention.kinds[request.kind]}</td>
    <td data-label="${retention.recording}"><a href="/recordings/${request.recording}"><code>${request.recording.slice(0, 8)}</code></a></td>
    <td data-label="${retention.caseRef}">${request.caseRef ?? '–'}</td>
    <td data-label="${retention.outcome}" class="full">${outcome}</td>
    <td data-label="${retention.keptUntil}" class="nowrap">${instant(request.expiresAt, f.date(request.expiresAt))}</td>
  </tr>`;
}

function requests(visit: Visit, page: number): Html {
  const { t, services } = visit;
  const { retention, recordings } = t;
  // One more than is shown says whether there are older ones.
  const found = services.retention.requests(REQUESTS_SHOWN + 1, (page - 1) * REQUESTS_SHOWN);
  const list =
    found.length === 0
      ? html`<p class="soft">${retention.noRequests}</p>`
      : html`<table class="cards">
      <caption class="visually-hidden">${retention.requestsCaption}</caption>
      <thead><tr><th scope="col">${retention.received}</th><th scope="col">${retention.kind}</th><th scope="col">${retention.recording}</th><th scope="col">${retention.caseRef}</th><th scope="col">${retention.outcome}</th><th scope="col">${retention.keptUntil}</th></tr></thead>
      <tbody>${found.slice(0, REQUESTS_SHOWN).map((request) => requestRow(visit, request))}</tbody>
    </table>
    ${pager({
      label: recordings.pages,
      range: '',
      newer: page > 1 ? { href: `/retention?page=${page - 1}`, text: recordings.newer } : null,
      older: found.length > REQUESTS_SHOWN ? { href: `/retention?page=${page + 1}`, text: recordings.older } : null,
    })}`;
  return html`<section aria-labelledby="requests"><header><h2 id="requests">${retention.requests}</h2></header>${list}</section>`;
}

function retentionPage(visit: Visit, page: number): Html {
  const { t, services } = visit;
  const { retention } = t;
  const policy = services.policy()?.policy ?? null;
  const lead = policy ? retention.lead(policy.version) : retention.noPolicyMore;
  const body = html`${head(retention.title, lead)}
    <div class="split">
      <div class="stack">
        ${policy && policy.purposes.length > 0 ? terms(visit, policy) : html`<section aria-labelledby="terms"><div class="empty"><h2 id="terms">${retention.noPolicy}</h2><p>${retention.noPolicyMore}</p></div></section>`}
        ${usage(visit, policy)}${requests(visit, page)}
      </div>
      <div class="aside">${
        policy
          ? html`<section aria-labelledby="general"><header><h2 id="general">${retention.general}</h2></header>
          <dl><dt>${retention.access}</dt><dd>${daysOf(visit, policy.retention.accessDays)}</dd><dt>${retention.request}</dt><dd>${daysOf(visit, policy.retention.requestDays)}</dd><dt>${retention.directory}</dt><dd>${daysOf(visit, policy.retention.directoryDays)}</dd></dl></section>`
          : nothing
      }</div>
    </div>`;
  return layout(visit, { title: retention.title, place: 'retention', body });
}

export const retentionRoutes = new Hono<DeskEnv>().get('/retention', (c) => {
  allowed(c, 'see retention');
  return c.html(retentionPage(c.get('visit'), pageOf(c.req.query('page'))));
});
