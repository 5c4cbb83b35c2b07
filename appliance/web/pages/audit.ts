/** The audit log, to read. */
import type { AuditEvent } from '@belkluis/shared/audit/event';
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { Hono } from 'hono';
import { LOG_PAGE_SIZE, MAX_PAGE } from '../limits.ts';
import type { LoggedEvent } from '../services.ts';
import { allowed, type DeskEnv, type Visit } from '../visit.ts';
import { layout } from './layout.ts';
import { head, instant } from './parts.ts';

/** Facts of an event in one line; the recording as a link. */
function factsOf({ kind, facts }: AuditEvent): Html {
  const shown = Object.entries(facts as Record<string, unknown>)
    .filter(([name]) => name !== 'recording')
    .map(([name, value]) => `${name} ${Array.isArray(value) ? value.join(', ') : String(value)}`)
    .join(' · ');
  const recording = 'recording' in facts ? facts.recording : null;
  return html`${
    recording ? html`<a href="/recordings/${recording}"><code>${recording.slice(0, 8)}</code></a> ` : nothing
  }<small>${kind === 'login' || kind === 'logout' ? '' : shown}</small>`;
}

function row({ t, f, now }: Visit, { index, event }: LoggedEvent, names: ReadonlyMap<string, string>): Html {
  const { audit } = t;
  if (!event) {
    return html`<tr><th scope="row" class="num">${f.number(index)}</th><td colspan="3" class="full soft">${audit.erased}</td></tr>`;
  }
  return html`<tr><th scope="row" class="num">${f.number(index)}</th><td data-label="${audit.when}" class="nowrap">${instant(event.at, f.moment(event.at, now))}</td><td data-label="${audit.who}">${names.get(event.actor) ?? event.actor}</td><td data-label="${audit.what}" class="full">${audit.kinds[event.kind] ?? event.kind} ${factsOf(event)}</td></tr>`;
}

function auditPage(visit: Visit, page: number): Html {
  const { t, f, services } = visit;
  const { audit } = t;
  const size = services.audit.size();
  const entries = services.audit.recent(LOG_PAGE_SIZE, (page - 1) * LOG_PAGE_SIZE);
  const names = new Map(services.access.people().map(({ id, name }) => [id, name]));
  const body = html`${head(audit.title, audit.lead(f.number(size)))}
    <section aria-label="${audit.title}">
      <table class="cards">
        <caption class="visually-hidden">${audit.caption}</caption>
        <thead><tr><th scope="col" class="num">${audit.entry}</th><th scope="col">${audit.when}</th><th scope="col">${audit.who}</th><th scope="col">${audit.what}</th></tr></thead>
        <tbody>${entries.map((entry) => row(visit, entry, names))}</tbody>
      </table>
      <nav class="pages" aria-label="${t.recordings.pages}">
        ${page > 1 ? html`<a href="/audit?page=${page - 1}" rel="prev">${t.recordings.newer}</a>` : html`<span></span>`}
        ${page * LOG_PAGE_SIZE < size ? html`<a href="/audit?page=${page + 1}" rel="next">${t.recordings.older}</a>` : nothing}
      </nav>
    </section>`;
  return layout(visit, { title: audit.title, place: 'audit', body });
}

/** The page number of a query, 1 when it is none. */
export function pageOf(text: string | undefined): number {
  const page = Number(text ?? 1);
  return Number.isInteger(page) && page >= 1 && page <= MAX_PAGE ? page : 1;
}

export const auditRoutes = new Hono<DeskEnv>().get('/audit', (c) => {
  allowed(c, 'see audit log');
  return c.html(auditPage(c.get('visit'), pageOf(c.req.query('page'))));
});
