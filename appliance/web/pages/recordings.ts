/** The list of recordings: traffic data only. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { Hono } from 'hono';
import { dayAfter, dayBegins } from '../i18n/formats.ts';
import { MAX_SEARCH_LENGTH, PAGE_SIZE, UNRECORDED_SHOWN } from '../limits.ts';
import type { RecordingRow, RecordingSearch, UnrecordedCall } from '../services.ts';
import { allowed, type DeskContext, type DeskEnv, type Visit } from '../visit.ts';
import { pageOf } from './audit.ts';
import { layout } from './layout.ts';
import { field, head, instant, purposeName, state } from './parts.ts';

const DAY_MS = 86_400_000;

/** The search as it was typed. */
interface Typed {
  readonly party: string;
  readonly purpose: string;
  readonly from: string;
  readonly to: string;
}

function typedIn(c: DeskContext): Typed {
  const text = (name: string) => (c.req.query(name) ?? '').trim().slice(0, MAX_SEARCH_LENGTH);
  return { party: text('party'), purpose: text('purpose'), from: text('from'), to: text('to') };
}

function searchOf({ party, purpose, from, to }: Typed, timeZone: string): RecordingSearch {
  const begins = dayBegins(from, timeZone);
  const until = dayBegins(to, timeZone) === null ? null : dayBegins(dayAfter(to), timeZone);
  return {
    ...(party ? { party: party.replaceAll(/[\s()/-]/g, '') } : {}),
    ...(purpose ? { purpose } : {}),
    ...(begins === null ? {} : { from: begins }),
    ...(until === null ? {} : { until }),
  };
}

const queryOf = (typed: Typed, page: number): string =>
  new URLSearchParams([...Object.entries(typed).filter(([, value]) => value), ['page', String(page)]]).toString();

function searchForm({ t, services }: Visit, typed: Typed): Html {
  const { recordings } = t;
  const purposes = services.policy()?.policy.purposes ?? [];
  return html`<section aria-label="${recordings.search}">
    <form role="search" class="filter" method="get" action="/recordings">
      ${field({ id: 'party', label: recordings.party, hint: recordings.partyHint, type: 'search', value: typed.party, autocomplete: 'off', wide: true })}
      ${field({ id: 'from', label: recordings.from, type: 'date', value: typed.from, autocomplete: 'off' })}
      ${field({ id: 'to', label: recordings.to, type: 'date', value: typed.to, autocomplete: 'off' })}
      <div class="field"><label for="purpose">${recordings.purpose}</label><select id="purpose" name="purpose"><option value="">${recordings.any}</option>${purposes.map(
        ({ id, name }) =>
          html`<option value="${id}"${id === typed.purpose ? html` selected` : nothing}>${name}</option>`,
      )}</select></div>
      <div class="acts row"><button class="primary">${recordings.search}</button><a class="button" href="/recordings">${recordings.clear}</a></div>
    </form>
  </section>`;
}

/** How a recording is, in words: sealed as a rule. */
export function recordingState({ t, f }: Visit, { end, erasedAt }: RecordingRow): Html {
  const { recordings } = t;
  if (erasedAt !== null) return state('off', recordings.erased(f.date(erasedAt)));
  if (!end) return state('wait', recordings.inProgress);
  const note =
    end.reason === 'finished' ? (end.gaps > 0 ? recordings.gaps(f.number(end.gaps)) : null) : recordings[end.reason];
  return html`<span class="soft">${recordings.sealed}</span>${note ? html`<small>${note}</small>` : nothing}`;
}

function row(visit: Visit, recording: RecordingRow): Html {
  const { t, f, now } = visit;
  const { recordings } = t;
  const { id, startedAt, expiresAt, caller, callee, end } = recording;
  const leaves =
    expiresAt - now < DAY_MS ? state('warn', recordings.today) : html`<span>${f.inDays(expiresAt, now)}</span>`;
  return html`<tr>
    <th scope="row"><a href="/recordings/${id}">${instant(startedAt, f.moment(startedAt, now))}</a></th>
    <td data-label="${recordings.caller}">${caller || recordings.withheld}</td>
    <td data-label="${recordings.callee}">${callee || recordings.withheld}</td>
    <td data-label="${recordings.purpose}" class="full">${purposeName(recording.purposeName)}</td>
    <td data-label="${recordings.length}" class="num">${end ? f.length(end.durationMs) : '–'}</td>
    <td data-label="${recordings.leaves}">${leaves}</td>
    <td data-label="${recordings.state}">${recordingState(visit, recording)}</td>
  </tr>`;
}

function found(visit: Visit, typed: Typed, page: number): Html {
  const { t, f, services } = visit;
  const { recordings } = t;
  const offset = (page - 1) * PAGE_SIZE;
  const result = services.recordings.search(searchOf(typed, services.timeZone), PAGE_SIZE, offset);
  if (result.total === 0) {
    const searched = Object.values(typed).some(Boolean);
    return html`<section aria-labelledby="found"><div class="empty">
      <h2 id="found">${searched ? recordings.none : recordings.nothingYet}</h2>
      <p>${searched ? recordings.noneMore : recordings.nothingYetMore}</p>
      ${searched ? html`<p><a href="/recordings">${recordings.searchAll}</a></p>` : nothing}
    </div></section>`;
  }
  const last = offset + result.recordings.length;
  return html`<section aria-labelledby="found">
    <header><h2 id="found">${recordings.found(f.number(result.total), result.total === 1)}</h2></header>
    <table class="cards">
      <caption class="visually-hidden">${recordings.caption}</caption>
      <thead><tr><th scope="col">${recordings.when}</th><th scope="col">${recordings.caller}</th><th scope="col">${recordings.callee}</th><th scope="col">${recordings.purpose}</th><th scope="col" class="num">${recordings.length}</th><th scope="col">${recordings.leaves}</th><th scope="col">${recordings.state}</th></tr></thead>
      <tbody>${result.recordings.map((recording) => row(visit, recording))}</tbody>
    </table>
    <nav class="pages" aria-label="${recordings.pages}">
      <span class="soft">${recordings.range(f.number(Math.min(offset + 1, last)), f.number(last), f.number(result.total))}</span>
      <span class="row">${page > 1 ? html`<a href="/recordings?${queryOf(typed, page - 1)}" rel="prev">${recordings.newer}</a>` : nothing}${
        last < result.total
          ? html`<a href="/recordings?${queryOf(typed, page + 1)}" rel="next">${recordings.older}</a>`
          : nothing
      }</span>
    </nav>
  </section>`;
}

function unrecordedRow({ t, f, now }: Visit, call: UnrecordedCall): Html {
  const { recordings } = t;
  const code = call.notRecorded ?? 'unknown';
  return html`<tr>
    <th scope="row">${instant(call.startedAt, f.moment(call.startedAt, now))}</th>
    <td data-label="${recordings.caller}">${call.caller || recordings.withheld}</td>
    <td data-label="${recordings.callee}">${call.callee || recordings.withheld}</td>
    <td data-label="${recordings.length}" class="num">${f.length(call.endedAt - (call.answeredAt ?? call.endedAt))}</td>
    <td data-label="${recordings.reason}" class="full">${state('off', recordings.reasons[code] ?? recordings.otherReason(code))}</td>
  </tr>`;
}

function unrecorded(visit: Visit): Html {
  const { recordings } = visit.t;
  const calls = visit.services.recordings.unrecordedCalls(UNRECORDED_SHOWN);
  if (calls.length === 0) return nothing;
  return html`<section aria-labelledby="unrecorded">
    <header><h2 id="unrecorded">${recordings.unrecorded}</h2><p>${recordings.unrecordedLead}</p></header>
    <table class="cards">
      <caption class="visually-hidden">${recordings.unrecorded}</caption>
      <thead><tr><th scope="col">${recordings.when}</th><th scope="col">${recordings.caller}</th><th scope="col">${recordings.callee}</th><th scope="col" class="num">${recordings.length}</th><th scope="col">${recordings.reason}</th></tr></thead>
      <tbody>${calls.map((call) => unrecordedRow(visit, call))}</tbody>
    </table>
  </section>`;
}

export const recordingsRoutes = new Hono<DeskEnv>().get('/recordings', (c) => {
  allowed(c, 'see recordings');
  const visit = c.get('visit');
  const typed = typedIn(c);
  const body = html`${head(visit.t.recordings.title, visit.t.recordings.lead)}
    <div class="stack close">${searchForm(visit, typed)}${found(visit, typed, pageOf(c.req.query('page')))}${unrecorded(visit)}</div>`;
  return c.html(layout(visit, { title: visit.t.recordings.title, place: 'recordings', body }));
});
