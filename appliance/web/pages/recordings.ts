/** The list of recordings: traffic data only. */
import { TEST_CALL_PURPOSE } from '@belkluis/shared/policy/purpose';
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { Hono } from 'hono';
import type { Person } from '../../access/people.ts';
import { may } from '../../access/roles.ts';
import { dayAfter, dayBegins } from '../i18n/formats.ts';
import { MAX_SEARCH_LENGTH, PAGE_SIZE, UNRECORDED_SHOWN } from '../limits.ts';
import { problem } from '../problems.ts';
import type { RecordingRow, RecordingSearch, UnrecordedCall } from '../services.ts';
import { allowed, type DeskContext, type DeskEnv, type Visit } from '../visit.ts';
import { pageOf } from './audit.ts';
import { layout } from './layout.ts';
import { errorSummary, type FormFault, field, head, instant, purposeName, state } from './parts.ts';
import { refusal } from './refusal.ts';

const DAY_MS = 86_400_000;

/** The search as it was typed. */
interface Typed {
  readonly party: string;
  readonly purpose: string;
  readonly from: string;
  readonly to: string;
  /** Lengths, as minutes or `4:30`. */
  readonly longer: string;
  readonly shorter: string;
}

function typedIn(c: DeskContext): Typed {
  const text = (name: string) => (c.req.query(name) ?? '').trim().slice(0, MAX_SEARCH_LENGTH);
  return {
    party: text('party'),
    purpose: text('purpose'),
    from: text('from'),
    to: text('to'),
    longer: text('longer'),
    shorter: text('shorter'),
  };
}

/** A number as it is looked for: without what people put between its digits. */
export const searchedParty = (typed: string): string => typed.replaceAll(/[\s()/-]/g, '');

/** Half a second: lengths are shown rounded to one, and whoever asks for 4:30 means what is shown so. */
const ROUNDED_MS = 500;

const LENGTH = /^\d{1,4}(:[0-5]\d){0,2}$/;

/** `5`, `4:30` or `1:02:45` in ms; null when it is empty. @throws Problem `length_wrong`. */
function lengthOf(typed: string): number | null {
  if (typed === '') return null;
  if (!LENGTH.test(typed)) throw problem('length_wrong');
  const parts = typed.split(':').map(Number);
  const [hours, minutes, seconds] = parts.length === 3 ? parts : [0, parts[0], parts[1] ?? 0];
  return ((hours! * 60 + minutes!) * 60 + seconds!) * 1000;
}

/** The field that holds no length. */
const faultyLength = ({ longer }: Typed): 'longer' | 'shorter' =>
  longer === '' || LENGTH.test(longer) ? 'shorter' : 'longer';

/** @throws Problem `length_wrong`. */
function searchOf({ party, purpose, from, to, longer, shorter }: Typed, timeZone: string): RecordingSearch {
  const atLeast = lengthOf(longer);
  const atMost = lengthOf(shorter);
  const begins = dayBegins(from, timeZone);
  const until = dayBegins(to, timeZone) === null ? null : dayBegins(dayAfter(to), timeZone);
  return {
    ...(party ? { party: searchedParty(party) } : {}),
    ...(purpose ? { purpose } : {}),
    ...(begins === null ? {} : { from: begins }),
    ...(until === null ? {} : { until }),
    ...(atLeast === null ? {} : { durationFromMs: Math.max(0, atLeast - ROUNDED_MS) }),
    ...(atMost === null ? {} : { durationToMs: atMost + ROUNDED_MS - 1 }),
  };
}

const queryOf = (typed: Typed, page: number): string =>
  new URLSearchParams([...Object.entries(typed).filter(([, value]) => value), ['page', String(page)]]).toString();

function searchForm({ t, services }: Visit, typed: Typed, fault: FormFault | null): Html {
  const { recordings } = t;
  const purposes = services.policy()?.policy.purposes ?? [];
  return html`<section aria-label="${recordings.search}">
    ${errorSummary(t, fault)}
    <form role="search" class="filter" method="get" action="/recordings">
      ${field({ id: 'party', inRow: true, label: recordings.party, hint: recordings.partyHint, type: 'search', value: typed.party, autocomplete: 'off', wide: true })}
      ${field({ id: 'from', inRow: true, label: recordings.from, type: 'date', value: typed.from, autocomplete: 'off' })}
      ${field({ id: 'to', inRow: true, label: recordings.to, type: 'date', value: typed.to, autocomplete: 'off' })}
      <div class="field"><label for="purpose">${recordings.purpose}</label><select id="purpose" name="purpose"><option value="">${recordings.any}</option>${purposes.map(
        ({ id, name }) =>
          html`<option value="${id}"${id === typed.purpose ? html` selected` : nothing}>${name}</option>`,
      )}<option value="${TEST_CALL_PURPOSE}"${typed.purpose === TEST_CALL_PURPOSE ? html` selected` : nothing}>${recordings.testCalls}</option></select></div>
      ${field({ id: 'longer', inRow: true, label: recordings.longer, hint: recordings.lengthHint, value: typed.longer, autocomplete: 'off', fault })}
      ${field({ id: 'shorter', inRow: true, label: recordings.shorter, hint: recordings.lengthHint, value: typed.shorter, autocomplete: 'off', fault })}
      <div class="acts row"><button class="primary">${recordings.search}</button><a class="button" href="/recordings">${recordings.clear}</a></div>
    </form>
  </section>`;
}

/** How a recording is, in words: sealed as a rule. */
export function recordingState({ t, f, services }: Visit, { id, end, erasedAt }: RecordingRow): Html {
  const { recordings, keeping } = t;
  if (erasedAt !== null) return state('off', recordings.erased(f.date(erasedAt)));
  if (!end) return state('wait', recordings.inProgress);
  if (services.restrictions.of(id)) return state('warn', keeping.restrictedState);
  if (services.holds.of(id).length > 0) return state('off', keeping.heldState);
  const note =
    end.reason === 'finished' ? (end.gaps > 0 ? recordings.gaps(f.number(end.gaps)) : null) : recordings[end.reason];
  return html`<span class="soft">${recordings.sealed}</span>${note ? html`<small>${note}</small>` : nothing}`;
}

/** A number as it came; null: its time was over before that of the sound, or it was erased. */
export const partyText = ({ t }: Visit, party: string | null): string =>
  party === null ? t.recordings.numberLeft : party || t.recordings.withheld;

function row(visit: Visit, recording: RecordingRow): Html {
  const { t, f, now } = visit;
  const { recordings } = t;
  const { id, startedAt, expiresAt, caller, callee, end } = recording;
  const own = recording.purpose === TEST_CALL_PURPOSE;
  const kept = visit.services.holds.of(id).length > 0 || visit.services.restrictions.of(id) !== null;
  const leaves =
    recording.erasedAt !== null
      ? html`–`
      : kept
        ? html`<span>${recordings.stays}</span>`
        : expiresAt - now < DAY_MS && !own
          ? state('warn', recordings.today)
          : html`<span>${f.inDays(expiresAt, now)}</span>`;
  return html`<tr>
    <th scope="row"><a href="/recordings/${id}">${instant(startedAt, f.moment(startedAt, now))}</a></th>
    <td data-label="${recordings.caller}">${partyText(visit, caller)}</td>
    <td data-label="${recordings.callee}">${partyText(visit, callee)}</td>
    <td data-label="${recordings.purpose}" class="full">${purposeName(recording.purposeName)}${own ? html`<small>${recordings.testCallMore}</small>` : nothing}</td>
    <td data-label="${recordings.length}" class="num">${end ? f.length(end.durationMs) : '–'}</td>
    <td data-label="${recordings.leaves}">${leaves}</td>
    <td data-label="${recordings.state}">${recordingState(visit, recording)}</td>
  </tr>`;
}

function found(visit: Visit, person: Person, typed: Typed, page: number): Html {
  const { t, f, services } = visit;
  const { recordings } = t;
  const offset = (page - 1) * PAGE_SIZE;
  const search = searchOf(typed, services.timeZone);
  const searched = Object.keys(search).length > 0;
  const result = services.recordings.search(search, PAGE_SIZE, offset);
  // The first page of everything is what the desk opens with; a search, and reading on, are acts of a person.
  if (searched || page > 1) services.recordings.noteSearch(person, search, result.total);
  if (result.total === 0) {
    return html`<section aria-labelledby="found"><div class="empty">
      <h2 id="found">${searched ? recordings.none : recordings.nothingYet}</h2>
      <p>${searched ? recordings.noneMore : recordings.nothingYetMore}</p>
      ${searched ? html`<p><a href="/recordings">${recordings.searchAll}</a></p>` : nothing}
    </div></section>`;
  }
  const last = offset + result.recordings.length;
  return html`<section aria-labelledby="found">
    <header><h2 id="found">${result.exact ? recordings.found(f.number(result.total), result.total === 1) : recordings.atLeast(f.number(result.total))}</h2>${
      typed.party && may(person, 'place holds')
        ? html`<a href="/holds/new?${new URLSearchParams({ party: typed.party })}">${recordings.holdThese}</a>`
        : nothing
    }</header>
    <table class="cards">
      <caption class="visually-hidden">${recordings.caption}</caption>
      <thead><tr><th scope="col">${recordings.when}</th><th scope="col">${recordings.caller}</th><th scope="col">${recordings.callee}</th><th scope="col">${recordings.purpose}</th><th scope="col" class="num">${recordings.length}</th><th scope="col">${recordings.leaves}</th><th scope="col">${recordings.state}</th></tr></thead>
      <tbody>${result.recordings.map((recording) => row(visit, recording))}</tbody>
    </table>
    <nav class="pages" aria-label="${recordings.pages}">
      <span class="soft">${(result.exact ? recordings.range : recordings.rangeOfMany)(f.number(Math.min(offset + 1, last)), f.number(last), f.number(result.total))}</span>
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
    <td data-label="${recordings.length}" class="num">${f.length(call.talkMs ?? 0)}</td>
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
  const person = allowed(c, 'see recordings');
  const visit = c.get('visit');
  const typed = typedIn(c);
  let fault: FormFault | null = null;
  let list: Html;
  try {
    list = found(visit, person, typed, pageOf(c.req.query('page')));
  } catch (error) {
    fault = refusal(c, error, { length_wrong: faultyLength(typed) });
    list = nothing;
  }
  const body = html`${head(visit.t.recordings.title, visit.t.recordings.lead)}
    <div class="stack close">${searchForm(visit, typed, fault)}${list}${unrecorded(visit)}</div>`;
  return c.html(layout(visit, { title: visit.t.recordings.title, place: 'recordings', body }));
});
