/** One hold: what it keeps, its review, and lifting it by two people. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { Hono } from 'hono';
import type { Person } from '../../access/people.ts';
import { may } from '../../access/roles.ts';
import { HELD_SHOWN, MAX_REASON_LENGTH } from '../limits.ts';
import { problem } from '../problems.ts';
import type { HoldRow } from '../vault-services.ts';
import { allowed, type DeskContext, type DeskEnv, line, nameOf, reasonIn, type Visit } from '../visit.ts';
import { holdState, reviewAtOf, reviewDays } from './holds.ts';
import { layout } from './layout.ts';
import { area, errorSummary, type FormFault, field, instant, purposeName } from './parts.ts';
import { refusal } from './refusal.ts';

function holdOf(c: DeskContext): HoldRow {
  const hold = c.get('visit').services.holds.get(c.req.param('id') ?? '');
  if (!hold) throw problem('hold_unknown');
  return hold;
}

/** A recording under the hold: that it is there, never between whom it was. */
function keptRow({ t, f, now, services }: Visit, id: string): Html {
  const row = services.recordings.get(id);
  if (!row) return nothing;
  return html`<tr>
    <th scope="row"><a href="/recordings/${id}">${instant(row.startedAt, f.moment(row.startedAt, now))}</a></th>
    <td data-label="${t.hold.purpose}" class="full">${purposeName(row.purposeName)}</td>
    <td data-label="${t.hold.length}" class="num">${row.end ? f.length(row.end.durationMs) : '–'}</td>
    <td data-label="${t.hold.wouldLeave}">${row.expiresAt <= now ? t.hold.pastDay : f.date(row.expiresAt)}</td>
  </tr>`;
}

function kept(visit: Visit, { id }: HoldRow): Html {
  const { t, f } = visit;
  const ids = visit.services.holds.recordingsOf(id);
  return html`<section aria-labelledby="kept">
    <header><h2 id="kept">${t.hold.kept}</h2></header>
    <table class="cards">
      <caption class="visually-hidden">${t.hold.keptCaption}</caption>
      <thead><tr><th scope="col">${t.hold.when}</th><th scope="col">${t.hold.purpose}</th><th scope="col" class="num">${t.hold.length}</th><th scope="col">${t.hold.wouldLeave}</th></tr></thead>
      <tbody>${ids.slice(0, HELD_SHOWN).map((one) => keptRow(visit, one))}</tbody>
    </table>
    ${ids.length > HELD_SHOWN ? html`<p class="soft">${t.holds.more(f.number(ids.length - HELD_SHOWN))}</p>` : nothing}
  </section>`;
}

function facts(visit: Visit, hold: HoldRow): Html {
  const { t, f, now } = visit;
  return html`<section aria-labelledby="facts">
    <header><h2 id="facts">${t.holds.state}</h2></header>
    <p>${holdState(visit, hold)}</p>
    <dl><dt>${t.holds.owner}</dt><dd>${hold.owner}</dd><dt>${t.hold.placed}</dt><dd>${t.hold.placedBy(f.moment(hold.placedAt, now), nameOf(visit, hold.placedBy))}</dd><dt>${t.holds.reviewBy}</dt><dd>${instant(hold.reviewAt, f.date(hold.reviewAt))}</dd><dt>${t.holds.recordings}</dt><dd>${f.number(hold.recordings)}</dd></dl>
    ${hold.liftAskedBy !== null && hold.liftedAt === null ? html`<p class="note">${t.hold.askedBy(nameOf(visit, hold.liftAskedBy), f.momentWithin(hold.liftAskedAt ?? 0, now))}</p>` : nothing}
    ${hold.liftedAt !== null ? html`<p class="note">${t.hold.liftedBy(nameOf(visit, hold.liftedBy ?? ''), nameOf(visit, hold.liftAskedBy ?? ''), f.momentWithin(hold.liftedAt, now))}</p>` : nothing}
  </section>`;
}

function renewForm(visit: Visit, { id }: HoldRow, fault: FormFault | null, typed: string): Html {
  const { hold } = visit.t;
  return html`<section aria-labelledby="renew">
    <header><h2 id="renew">${hold.renewTitle}</h2><p>${hold.renewLead}</p></header>
    <form method="post" action="/holds/${id}/renew" class="stack tight" novalidate>
      ${errorSummary(visit.t, fault)}
      ${field({ id: 'review', label: hold.renew, type: 'date', value: typed, autocomplete: 'off', required: true, ...reviewDays(visit), fault })}
      <div class="row"><button>${hold.renewVerb}</button></div>
    </form>
  </section>`;
}

function holdPage(visit: Visit, person: Person, hold: HoldRow, fault: FormFault | null, typed = ''): Html {
  const { t } = visit;
  const title = t.hold.title(hold.caseRef);
  const decides = hold.liftAskedBy !== null && hold.liftAskedBy !== person.id && may(person, 'lift holds');
  const act =
    hold.liftedAt !== null || !may(person, 'ask to lift holds')
      ? nothing
      : html`<a class="button" href="/holds/${hold.id}/lift">${decides ? t.hold.decide : t.hold.lift}</a>`;
  const body = html`<div class="head"><div><p><a href="/holds">${t.nav.holds}</a></p><h1>${title}</h1><p>${hold.reason}</p></div>${act}</div>
    <div class="split">
      <div class="stack">${kept(visit, hold)}</div>
      <div class="aside">${facts(visit, hold)}${hold.liftedAt !== null || !may(person, 'place holds') ? nothing : renewForm(visit, hold, fault, typed)}</div>
    </div>`;
  return layout(visit, { title, place: 'holds', body });
}

/** What lifting does to the recordings, in numbers. */
function consequences({ services, now }: Visit, id: string) {
  let otherwise = 0;
  let atOnce = 0;
  let later = 0;
  for (const recording of services.holds.recordingsOf(id)) {
    const row = services.recordings.get(recording);
    if (!row || row.erasedAt !== null) continue;
    const stays = services.holds.of(recording).some((hold) => hold.id !== id) || services.restrictions.of(recording);
    if (stays) otherwise++;
    else if (row.expiresAt <= now) atOnce++;
    else later++;
  }
  return { otherwise, atOnce, later };
}

/** The first of two: says why, and lifts nothing. */
function askForm(visit: Visit, hold: HoldRow, numbers: Html, fault: FormFault | null, typed: string): Html {
  const { lift } = visit.t;
  return html`<form method="post" action="/holds/${hold.id}/ask-lift" class="stack tight" novalidate>${numbers}
      ${area({ id: 'reason', label: lift.reason, hint: lift.reasonHint, value: typed, required: true, maxlength: MAX_REASON_LENGTH, fault })}
      <p class="note">${hold.liftAskedBy === null ? lift.askMore : lift.askToo(nameOf(visit, hold.liftAskedBy))}</p>
      <div class="row"><button class="primary" id="lift">${lift.ask}</button><a href="/holds/${hold.id}">${lift.keep}</a></div></form>`;
}

/** The second of two: sees who asked and why, and decides. Who asked sees that it is not theirs to decide. */
function decision(visit: Visit, person: Person, hold: HoldRow, numbers: Html): Html {
  const { t, f, now } = visit;
  const { lift } = t;
  const who = nameOf(visit, hold.liftAskedBy ?? '');
  return html`<div class="door">${numbers}
      <dl><dt>${lift.reasonGiven}</dt><dd>${hold.liftReason ?? ''}</dd></dl>
      <p>${t.hold.askedBy(who, f.momentWithin(hold.liftAskedAt ?? 0, now))}</p>
      ${
        hold.liftAskedBy === person.id
          ? html`<p class="note" id="lift">${lift.somebodyElse}</p>`
          : html`<form method="post" action="/holds/${hold.id}/lift" class="row"><button class="danger" id="lift">${lift.confirm(hold.recordings)}</button><a href="/holds/${hold.id}">${lift.keep}</a></form>`
      }</div>`;
}

function liftPage(visit: Visit, person: Person, hold: HoldRow, fault: FormFault | null, typed = ''): Html {
  const { t, f } = visit;
  const { lift } = t;
  const title = lift.title(hold.caseRef);
  const { otherwise, atOnce, later } = consequences(visit, hold.id);
  const numbers = html`<h2>${lift.happens}</h2>
    <dl><dt>${lift.free}</dt><dd>${lift.freeMore(atOnce + later)}</dd><dt>${lift.atOnce}</dt><dd>${atOnce > 0 ? html`<span class="state warn">${lift.atOnceMore(atOnce)}</span>` : f.number(0)}</dd><dt>${lift.later}</dt><dd>${f.number(later)}</dd><dt>${lift.otherwise}</dt><dd>${f.number(otherwise)}</dd></dl>`;
  const asks = hold.liftAskedBy === null || (hold.liftAskedBy !== person.id && !may(person, 'lift holds'));
  const content =
    hold.liftedAt !== null
      ? html`<p class="note" id="lift">${lift.already}</p>`
      : asks
        ? askForm(visit, hold, numbers, fault, typed)
        : decision(visit, person, hold, numbers);
  const body = html`<div class="head"><div><p><a href="/holds/${hold.id}">${t.hold.title(hold.caseRef)}</a></p><h1>${title}</h1><p>${lift.lead}</p></div></div>
    <div class="stack tight narrow">${errorSummary(t, fault)}${content}</div>`;
  return layout(visit, { title, place: 'holds', body });
}

const liftFields = {
  why_missing: 'reason',
  text_long: 'reason',
  lift_asked: 'lift',
  lift_not_asked: 'lift',
  same_person: 'lift',
  hold_lifted: 'lift',
};

export const holdRoutes = new Hono<DeskEnv>()
  .get('/holds/:id', (c) => {
    const person = allowed(c, 'see holds');
    return c.html(holdPage(c.get('visit'), person, holdOf(c), null));
  })
  .post('/holds/:id/renew', async (c) => {
    const person = allowed(c, 'place holds');
    const visit = c.get('visit');
    const hold = holdOf(c);
    const review = await line(c, 'review');
    try {
      visit.services.holds.renew(person, hold.id, reviewAtOf(visit, review));
      return c.redirect(`/holds/${hold.id}`, 303);
    } catch (error) {
      const fault = refusal(c, error, { review_missing: 'review', hold_review: 'review' });
      return c.html(holdPage(visit, person, hold, fault, review));
    }
  })
  .get('/holds/:id/lift', (c) => {
    const person = allowed(c, 'ask to lift holds');
    return c.html(liftPage(c.get('visit'), person, holdOf(c), null));
  })
  .post('/holds/:id/ask-lift', async (c) => {
    const person = allowed(c, 'ask to lift holds');
    const visit = c.get('visit');
    const hold = holdOf(c);
    try {
      if (hold.liftedAt === null && hold.liftAskedBy === person.id) throw problem('lift_asked');
      visit.services.holds.askLift(person, hold.id, await reasonIn(c, 'reason'));
      return c.redirect(`/holds/${hold.id}/lift`, 303);
    } catch (error) {
      return c.html(liftPage(visit, person, hold, refusal(c, error, liftFields), await line(c, 'reason')));
    }
  })
  .post('/holds/:id/lift', (c) => {
    const person = allowed(c, 'lift holds');
    const visit = c.get('visit');
    const hold = holdOf(c);
    try {
      visit.services.holds.lift(person, hold.id);
      return c.redirect(`/holds/${hold.id}`, 303);
    } catch (error) {
      return c.html(liftPage(visit, person, hold, refusal(c, error, liftFields)));
    }
  });
