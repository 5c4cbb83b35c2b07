/** Calls that should have been recorded and were not, and what somebody found out about each. */
import { type Html, html } from '@belkluis/shared/web/html';
import { Hono } from 'hono';
import type { Person } from '../../access/people.ts';
import { may } from '../../access/roles.ts';
import { OWN_RECORDS } from '../../lines/call-log.ts';
import { lengthWords } from '../i18n/formats.ts';
import { EXCEPTIONS_SHOWN, MAX_REASON_LENGTH } from '../limits.ts';
import type { ExceptionView } from '../vault-services.ts';
import { allowed, type DeskEnv, nameOf, reasonIn, type Visit } from '../visit.ts';
import { layout } from './layout.ts';
import { area, errorSummary, type FormFault, head, instant, state } from './parts.ts';
import { refusal } from './refusal.ts';

const fieldsOfCodes = { why_missing: 'words', text_long: 'words' };

const causeText = ({ t }: Visit, cause: string): string =>
  t.exceptions.causes[cause] ?? t.recordings.reasons[cause] ?? t.recordings.otherReason(cause);

const saidBy = ({ t: { exceptions } }: Visit, source: string): string =>
  source === OWN_RECORDS ? exceptions.ownRecords : exceptions.says(source);

function standing(visit: Visit, person: Person, { id, explained }: ExceptionView): Html {
  const { t, f } = visit;
  if (explained) {
    return html`${explained.words}<small>${nameOf(visit, explained.by)}, ${instant(explained.at, f.date(explained.at))}</small>`;
  }
  const open = state('bad', t.exceptions.open);
  return may(person, 'explain exceptions')
    ? html`${open}<small><a href="/exceptions/${id}">${t.exceptions.explain}</a></small>`
    : open;
}

function row(visit: Visit, person: Person, one: ExceptionView): Html {
  const { t, f, now } = visit;
  const { exceptions } = t;
  return html`<tr>
    <th scope="row">${instant(one.startedAt, f.moment(one.startedAt, now))}<small>${lengthWords(one.talkMs)}</small></th>
    <td data-label="${exceptions.parties}">${one.caller} → ${one.callee}</td>
    <td data-label="${exceptions.cause}" class="full">${causeText(visit, one.cause)}<small>${saidBy(visit, one.source)}</small></td>
    <td data-label="${exceptions.standing}" class="full">${standing(visit, person, one)}</td>
  </tr>`;
}

function listPage(visit: Visit, person: Person): Html {
  const { t, services } = visit;
  const all = services.exceptions.list(person, EXCEPTIONS_SHOWN);
  const open = services.exceptions.unexplained();
  const title = open === 0 ? t.exceptions.none : t.exceptions.count(open);
  const table = html`<section aria-labelledby="missing"><header class="visually-hidden"><h2 id="missing">${t.exceptions.caption}</h2></header><table class="cards">
      <caption class="visually-hidden">${t.exceptions.caption}</caption>
      <thead><tr><th scope="col">${t.exceptions.call}</th><th scope="col">${t.exceptions.parties}</th><th scope="col">${t.exceptions.cause}</th><th scope="col">${t.exceptions.standing}</th></tr></thead>
      <tbody>${all.map((one) => row(visit, person, one))}</tbody>
    </table></section>`;
  const empty = html`<div class="empty"><h2>${t.exceptions.empty}</h2><p>${t.exceptions.emptyMore}</p></div>`;
  const body = html`${head(title, t.exceptions.lead)}${all.length === 0 ? empty : table}`;
  return layout(visit, { title, place: 'exceptions', body });
}

function explainPage(visit: Visit, one: ExceptionView, fault: FormFault | null): Html {
  const { t, f, now } = visit;
  const { exceptions } = t;
  const title = exceptions.explain;
  const body = html`${errorSummary(t, fault)}${head(title, exceptions.explainLead)}
    <dl><dt>${exceptions.call}</dt><dd>${instant(one.startedAt, f.moment(one.startedAt, now))}, ${lengthWords(one.talkMs)}</dd><dt>${exceptions.parties}</dt><dd>${one.caller} → ${one.callee}</dd><dt>${exceptions.cause}</dt><dd>${causeText(visit, one.cause)}</dd></dl>
    <form method="post">${area({ id: 'words', label: exceptions.words, hint: exceptions.wordsHint, maxlength: MAX_REASON_LENGTH, required: true, fault })}<button>${exceptions.keep}</button></form>`;
  return layout(visit, { title, place: 'exceptions', body });
}

const ONE = '/exceptions/:id';

export const exceptionsRoutes = new Hono<DeskEnv>()
  .get('/exceptions', (c) => c.html(listPage(c.get('visit'), allowed(c, 'see exceptions'))))
  .get(ONE, (c) => {
    const person = allowed(c, 'explain exceptions');
    return c.html(explainPage(c.get('visit'), c.get('visit').services.exceptions.get(person, c.req.param('id')), null));
  })
  .post(ONE, async (c) => {
    const person = allowed(c, 'explain exceptions');
    const { services } = c.get('visit');
    const id = c.req.param('id');
    try {
      services.exceptions.explain(person, id, await reasonIn(c, 'words'));
      return c.redirect('/exceptions', 303);
    } catch (error) {
      const fault = refusal(c, error, fieldsOfCodes);
      return c.html(explainPage(c.get('visit'), services.exceptions.get(person, id), fault));
    }
  });
