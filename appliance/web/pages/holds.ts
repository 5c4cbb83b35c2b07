/** Holds: the list of them, with what is restricted, and placing one. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { Hono } from 'hono';
import type { Person } from '../../access/people.ts';
import { may } from '../../access/roles.ts';
import { dayAfter, dayBegins } from '../i18n/formats.ts';
import {
  HELD_SHOWN,
  MAX_CASE_LENGTH,
  MAX_NAMED,
  MAX_OWNER_LENGTH,
  MAX_REASON_LENGTH,
  MAX_REVIEW_DAYS,
  MIN_PARTY_LENGTH,
} from '../limits.ts';
import { problem } from '../problems.ts';
import type { HoldRow } from '../vault-services.ts';
import {
  allowed,
  caseIn,
  type DeskContext,
  type DeskEnv,
  line,
  nameOf,
  field as posted,
  reasonIn,
  type Visit,
} from '../visit.ts';
import { layout } from './layout.ts';
import { area, errorSummary, type FormFault, field, head, instant, state } from './parts.ts';
import { recordingId } from './recording.ts';
import { searchedParty } from './recordings.ts';
import { refusal } from './refusal.ts';

export const isOverdue = ({ liftedAt, reviewAt }: HoldRow, now: number): boolean =>
  liftedAt === null && reviewAt <= now;

/** Overdue ones first, then those that wait for a second person, then by the day of their review. */
const urgentFirst = (a: HoldRow, b: HoldRow): number => a.reviewAt - b.reviewAt;

export function holdState({ t, now }: Visit, hold: HoldRow): Html {
  if (hold.liftedAt !== null) return state('off', t.holds.lifted);
  if (isOverdue(hold, now)) return state('warn', t.holds.overdue);
  return hold.liftAskedBy !== null ? state('wait', t.holds.liftAsked) : state('ok', t.holds.keeps);
}

function holdRow(visit: Visit, hold: HoldRow): Html {
  const { t, f } = visit;
  return html`<tr>
    <th scope="row"><a href="/holds/${hold.id}">${hold.caseRef}</a><small>${hold.reason}</small></th>
    <td data-label="${t.holds.owner}">${hold.owner}</td>
    <td data-label="${t.holds.recordings}" class="num">${f.number(hold.recordings)}</td>
    <td data-label="${t.holds.reviewBy}" class="nowrap">${instant(hold.reviewAt, f.date(hold.reviewAt))}</td>
    <td data-label="${t.holds.state}">${holdState(visit, hold)}${isOverdue(hold, visit.now) && hold.liftAskedBy !== null ? html`<small>${t.holds.liftAsked}</small>` : nothing}</td>
  </tr>`;
}

function inForce(visit: Visit, holds: readonly HoldRow[]): Html {
  const { t } = visit;
  if (holds.length === 0) {
    return html`<section aria-labelledby="in-force"><div class="empty"><h2 id="in-force">${t.holds.empty}</h2><p>${t.holds.emptyMore}</p></div></section>`;
  }
  return html`<section aria-labelledby="in-force">
    <header><h2 id="in-force">${t.holds.inForce}</h2></header>
    <table class="cards">
      <caption class="visually-hidden">${t.holds.caption}</caption>
      <thead><tr><th scope="col">${t.holds.caseRef}</th><th scope="col">${t.holds.owner}</th><th scope="col" class="num">${t.holds.recordings}</th><th scope="col">${t.holds.reviewBy}</th><th scope="col">${t.holds.state}</th></tr></thead>
      <tbody>${holds.map((hold) => holdRow(visit, hold))}</tbody>
    </table>
  </section>`;
}

function restricted(visit: Visit): Html {
  const { t, f, services } = visit;
  const all = services.restrictions.list();
  if (all.length === 0) return nothing;
  const rows = all.slice(0, HELD_SHOWN).map((one) => {
    const row = services.recordings.get(one.recording);
    return html`<tr><th scope="row"><a href="/recordings/${one.recording}">${row ? f.moment(row.startedAt, visit.now) : one.recording.slice(0, 8)}</a></th><td data-label="${t.holds.ground}" class="full">${t.restriction.short[one.ground]}</td><td data-label="${t.holds.since}" class="nowrap">${instant(one.at, f.date(one.at))}</td><td data-label="${t.holds.by}">${nameOf(visit, one.by)}</td></tr>`;
  });
  return html`<section aria-labelledby="restricted">
    <header><h2 id="restricted">${t.holds.restricted}</h2><p>${t.holds.restrictedLead}</p></header>
    <table class="cards">
      <caption class="visually-hidden">${t.holds.restrictedCaption}</caption>
      <thead><tr><th scope="col">${t.holds.recording}</th><th scope="col">${t.holds.ground}</th><th scope="col">${t.holds.since}</th><th scope="col">${t.holds.by}</th></tr></thead>
      <tbody>${rows}</tbody>
    </table>
    ${all.length > HELD_SHOWN ? html`<p class="soft">${t.holds.more(f.number(all.length - HELD_SHOWN))}</p>` : nothing}
  </section>`;
}

function lifted(visit: Visit, holds: readonly HoldRow[]): Html {
  const { t, f } = visit;
  if (holds.length === 0) return nothing;
  return html`<section aria-labelledby="lifted">
    <header><h2 id="lifted">${t.holds.lifted}</h2></header>
    <table class="cards">
      <caption class="visually-hidden">${t.holds.liftedCaption}</caption>
      <thead><tr><th scope="col">${t.holds.caseRef}</th><th scope="col" class="num">${t.holds.recordings}</th><th scope="col">${t.holds.liftedAt}</th><th scope="col">${t.holds.liftedBy}</th></tr></thead>
      <tbody>${holds.map(
        (hold) =>
          html`<tr><th scope="row"><a href="/holds/${hold.id}">${hold.caseRef}</a></th><td data-label="${t.holds.recordings}" class="num">${f.number(hold.recordings)}</td><td data-label="${t.holds.liftedAt}" class="nowrap">${instant(hold.liftedAt ?? 0, f.date(hold.liftedAt ?? 0))}</td><td data-label="${t.holds.liftedBy}">${nameOf(visit, hold.liftedBy ?? '')}</td></tr>`,
      )}</tbody>
    </table>
  </section>`;
}

function holdsPage(visit: Visit, person: Person): Html {
  const { t, now, services } = visit;
  const all = services.holds.list();
  const standing = all.filter(({ liftedAt }) => liftedAt === null).sort(urgentFirst);
  const gone = all.filter(({ liftedAt }) => liftedAt !== null).sort((a, b) => (b.liftedAt ?? 0) - (a.liftedAt ?? 0));
  const overdue = standing.filter((hold) => isOverdue(hold, now)).length;
  const title =
    overdue > 0 ? t.holds.overdueTitle(overdue) : standing.length > 0 ? t.holds.count(standing.length) : t.holds.none;
  const place = may(person, 'place holds') ? html`<a class="button" href="/holds/new">${t.holds.place}</a>` : nothing;
  const body = html`${head(title, t.holds.lead, place)}
    <div class="stack">${inForce(visit, standing)}${restricted(visit)}${lifted(visit, gone)}</div>`;
  return layout(visit, { title, place: 'holds', body });
}

/** A hold as it is typed. */
interface Typed {
  readonly case: string;
  readonly reason: string;
  readonly owner: string;
  readonly review: string;
  readonly recordings: string;
  readonly party: string;
}

const DAY_MS = 86_400_000;

/** First and last day that a review may be on. */
export const reviewDays = ({ f, now }: Visit) => ({
  min: dayAfter(f.isoDate(now)),
  max: f.isoDate(now + MAX_REVIEW_DAYS * DAY_MS),
});

/** The last instant of the day that was typed: by then somebody has looked. @throws Problem `review_missing`, `hold_review`. */
export function reviewAtOf(visit: Visit, day: string): number {
  if (day === '') throw problem('review_missing');
  const begins = dayBegins(day, visit.services.timeZone);
  const { min, max } = reviewDays(visit);
  if (begins === null || day < min || day > max) throw problem('hold_review');
  return dayBegins(dayAfter(day), visit.services.timeZone)! - 1;
}

/** Recordings that a number is in, now. Looking for them is a search like any other. @throws Problem `hold_on_all`, `nothing_found`, `hold_too_large`. */
function withParty({ services }: Visit, person: Person, typed: string): string[] {
  const party = searchedParty(typed);
  if (party.replaceAll(/[^\p{L}\p{N}]/gu, '').length < MIN_PARTY_LENGTH) throw problem('hold_on_all');
  const { recordings, total } = services.recordings.search({ party }, MAX_NAMED, 0);
  services.recordings.noteSearch(person, { party }, total);
  if (total > MAX_NAMED) throw problem('hold_too_large');
  if (total === 0) throw problem('nothing_found');
  return recordings.map(({ id }) => id);
}

/** Everything that was named, each once. @throws Problem `hold_on_all`, `recordings_wrong`, `hold_too_large`, and what `withParty` throws. */
function namedIn(visit: Visit, person: Person, { recordings, party }: Typed): string[] {
  const typed = recordings.split(/[\s,;]+/).filter(Boolean);
  if (!typed.every((id) => recordingId.test(id))) throw problem('recordings_wrong');
  const ids = new Set([...typed, ...(party ? withParty(visit, person, party) : [])]);
  if (ids.size === 0) throw problem('hold_on_all');
  if (ids.size > MAX_NAMED) throw problem('hold_too_large');
  return [...ids];
}

function newPage(visit: Visit, fault: FormFault | null, typed: Typed, will: number | null): Html {
  const { t } = visit;
  const { holdNew } = t;
  const body = html`<div class="head"><div><p><a href="/holds">${t.nav.holds}</a></p><h1>${holdNew.title}</h1><p>${holdNew.lead}</p></div></div>
    <form method="post" action="/holds" class="stack tight narrow" novalidate>
      ${errorSummary(t, fault)}
      ${field({ id: 'case', label: holdNew.caseRef, hint: holdNew.caseHint, value: typed.case, autocomplete: 'off', required: true, maxlength: MAX_CASE_LENGTH, fault })}
      ${area({ id: 'reason', label: holdNew.reason, hint: holdNew.reasonHint, value: typed.reason, required: true, maxlength: MAX_REASON_LENGTH, fault })}
      ${field({ id: 'owner', label: holdNew.owner, hint: holdNew.ownerHint, value: typed.owner, autocomplete: 'off', required: true, maxlength: MAX_OWNER_LENGTH, fault })}
      ${field({ id: 'review', label: holdNew.review, hint: holdNew.reviewHint, type: 'date', value: typed.review, autocomplete: 'off', required: true, ...reviewDays(visit), fault })}
      <h2>${holdNew.which}</h2>
      ${will === null ? nothing : html`<p class="note">${holdNew.willHold(will)}</p>`}
      ${area({ id: 'recordings', label: holdNew.named, hint: holdNew.namedHint, value: typed.recordings, fault })}
      ${field({ id: 'party', label: holdNew.party, hint: holdNew.partyHint, value: typed.party, autocomplete: 'off', fault })}
      <p class="note">${holdNew.logged}</p>
      <div class="row"><button class="primary">${holdNew.verb}</button><a href="/holds">${t.recording.cancel}</a></div>
    </form>`;
  return layout(visit, { title: holdNew.title, place: 'holds', body });
}

const fieldsOfCodes = {
  case_missing: 'case',
  case_long: 'case',
  why_missing: 'reason',
  text_long: 'reason',
  owner_missing: 'owner',
  review_missing: 'review',
  hold_review: 'review',
  recordings_wrong: 'recordings',
  recording_unknown: 'recordings',
  recording_erased: 'recordings',
  hold_on_all: 'recordings',
  hold_too_large: 'recordings',
  nothing_found: 'party',
};

async function typedIn(c: DeskContext): Promise<Typed> {
  return {
    case: await line(c, 'case'),
    reason: await line(c, 'reason'),
    owner: await line(c, 'owner'),
    review: await line(c, 'review'),
    recordings: await posted(c, 'recordings'),
    party: await line(c, 'party'),
  };
}

export const holdsRoutes = new Hono<DeskEnv>()
  .get('/holds', (c) => c.html(holdsPage(c.get('visit'), allowed(c, 'see holds'))))
  .get('/holds/new', (c) => {
    const person = allowed(c, 'place holds');
    const visit = c.get('visit');
    const typed = {
      case: '',
      reason: '',
      owner: '',
      review: '',
      recordings: c.req.query('recording') ?? '',
      party: c.req.query('party') ?? '',
    };
    try {
      const will = typed.recordings || typed.party ? namedIn(visit, person, typed).length : null;
      return c.html(newPage(visit, null, typed, will));
    } catch (error) {
      return c.html(newPage(visit, refusal(c, error, fieldsOfCodes), typed, null));
    }
  })
  .post('/holds', async (c) => {
    const person = allowed(c, 'place holds');
    const visit = c.get('visit');
    const typed = await typedIn(c);
    try {
      const caseRef = await caseIn(c, 'case');
      const reason = await reasonIn(c, 'reason');
      const { owner } = typed;
      if (owner === '' || [...owner].length > MAX_OWNER_LENGTH) throw problem('owner_missing');
      const reviewAt = reviewAtOf(visit, typed.review);
      const recordings = namedIn(visit, person, typed);
      const id = visit.services.holds.place(person, { caseRef, reason, owner, reviewAt, recordings });
      return c.redirect(`/holds/${id}`, 303);
    } catch (error) {
      return c.html(newPage(visit, refusal(c, error, fieldsOfCodes), typed, null));
    }
  });
