/** The audit log, to read. */
import { type AuditEvent, type EventKind, impersonalKinds } from '@belkluis/shared/audit/event';
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { Hono } from 'hono';
import type { Person } from '../../access/people.ts';
import { may } from '../../access/roles.ts';
import { LOG_PAGE_SIZE, MAX_PAGE } from '../limits.ts';
import type { LoggedEvent } from '../services.ts';
import { allowed, type DeskEnv, type Visit } from '../visit.ts';
import { layout } from './layout.ts';
import { logState } from './log-state.ts';
import { head, instant } from './parts.ts';

/** What whoever runs the machine did, or has to know. Beside these and the impersonal kinds, a fact may name a number or a case. */
const ofTheMachine: ReadonlySet<EventKind> = new Set<EventKind>([
  'recording_refused',
  'call_refused',
  'call_transferred',
  'transfer_failed',
  'login_failed',
  'person_added',
  'person_removed',
  'sip_ban_lifted',
  'trace_viewed',
  'connection_tested',
  'provision_offered',
  'provision_fetched',
  'token_added',
  'token_revoked',
  'token_refused',
  'phone_added',
  'phone_removed',
  'lines_changed',
  'toll_cap_reached',
  'toll_counts_lost',
  'time_confirmed',
]);

/** Wall clock in ms of any year that this box will see: no count of anything comes near. */
const FIRST_INSTANT = Date.UTC(2020, 0, 1);

interface Reader {
  readonly visit: Visit;
  /** People and programs by id. */
  readonly names: ReadonlyMap<string, string>;
  /** Whether the reader may see recordings. */
  readonly sees: boolean;
}

/** A value as a person reads it: instants as dates, people by name. */
function written({ visit: { f }, names }: Reader, value: unknown): string {
  if (typeof value === 'number') return value >= FIRST_INSTANT ? `${f.date(value)} ${f.time(value)}` : f.number(value);
  if (Array.isArray(value)) return value.flat().join(', ');
  return names.get(String(value)) ?? String(value);
}

/** Something that has a page of its own, by the first digits of its id. */
function named({ sees }: Reader, facts: object, name: 'recording' | 'hold', path: string): Html {
  const id = name in facts ? (facts as Record<string, unknown>)[name] : null;
  if (typeof id !== 'string') return nothing;
  const short = html`<code>${id.slice(0, 8)}</code> `;
  return sees ? html`<a href="${path}${id}">${short}</a> ` : short;
}

/**
 * Facts of an event in one line. A search names a number and a reason may name a case, so whoever may not see recordings reads of those
 * events only that they were.
 */
function factsOf(reader: Reader, { kind, facts }: AuditEvent): Html {
  if (!reader.sees && !impersonalKinds.has(kind) && !ofTheMachine.has(kind)) return nothing;
  const shown = Object.entries(facts)
    .filter(([name, value]) => name !== 'recording' && name !== 'hold' && value !== null)
    .map(([name, value]) => `${name} ${written(reader, value)}`)
    .join(' · ');
  return html`${named(reader, facts, 'recording', '/recordings/')}${named(reader, facts, 'hold', '/holds/')}<small>${shown}</small>`;
}

function row(reader: Reader, { index, event }: LoggedEvent): Html {
  const { t, f, now } = reader.visit;
  const { audit, log } = t;
  if (!event) {
    return html`<tr><th scope="row" class="num">${f.number(index)}</th><td colspan="3" class="full soft">${audit.erased}</td></tr>`;
  }
  const who = event.actor === 'box' ? audit.box : (reader.names.get(event.actor) ?? event.actor);
  return html`<tr><th scope="row" class="num">${f.number(index)}</th><td data-label="${audit.when}" class="nowrap">${instant(event.at, f.moment(event.at, now))}</td><td data-label="${audit.who}">${who}</td><td data-label="${audit.what}" class="full">${log.kinds[event.kind]} ${factsOf(reader, event)}</td></tr>`;
}

function auditPage(visit: Visit, person: Person, page: number): Html {
  const { t, f, services } = visit;
  const { audit } = t;
  const size = services.audit.size();
  const entries = services.audit.recent(LOG_PAGE_SIZE, (page - 1) * LOG_PAGE_SIZE);
  const { people, tokens } = services.access;
  const names = new Map([...tokens.list(), ...people()].map(({ id, name }) => [id, name]));
  const sees = may(person, 'see recordings');
  const body = html`${head(audit.title, audit.lead(f.number(size)))}
    <div class="split"><section aria-label="${audit.title}">
      <table class="cards">
        <caption class="visually-hidden">${audit.caption}</caption>
        <thead><tr><th scope="col" class="num">${audit.entry}</th><th scope="col">${audit.when}</th><th scope="col">${audit.who}</th><th scope="col">${audit.what}</th></tr></thead>
        <tbody>${entries.map((entry) => row({ visit, names, sees }, entry))}</tbody>
      </table>
      <nav class="pages" aria-label="${t.recordings.pages}">
        ${page > 1 ? html`<a href="/audit?page=${page - 1}" rel="prev">${t.recordings.newer}</a>` : html`<span></span>`}
        ${page * LOG_PAGE_SIZE < size ? html`<a href="/audit?page=${page + 1}" rel="next">${t.recordings.older}</a>` : nothing}
      </nav>
    </section>
    <div class="aside">${logState(visit)}</div></div>`;
  return layout(visit, { title: audit.title, place: 'audit', body });
}

/** The page number of a query, 1 when it is none. */
export function pageOf(text: string | undefined): number {
  const page = Number(text ?? 1);
  return Number.isInteger(page) && page >= 1 && page <= MAX_PAGE ? page : 1;
}

export const auditRoutes = new Hono<DeskEnv>().get('/audit', (c) => {
  const person = allowed(c, 'see audit log');
  return c.html(auditPage(c.get('visit'), person, pageOf(c.req.query('page'))));
});
