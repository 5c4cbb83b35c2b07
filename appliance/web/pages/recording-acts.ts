/** What the DPO does with one recording: restrict it, lift that, erase it. Each on a page that says what will happen. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { Hono } from 'hono';
import { MAX_CASE_LENGTH, MAX_REASON_LENGTH } from '../limits.ts';
import { problem } from '../problems.ts';
import type { RecordingRow } from '../services.ts';
import { eraseReasons, restrictionGrounds } from '../vault-services.ts';
import {
  allowed,
  caseIn,
  type DeskContext,
  type DeskEnv,
  line,
  field as posted,
  reasonIn,
  type Visit,
} from '../visit.ts';
import { blockedBecause, keepingOf } from './keeping.ts';
import { layout } from './layout.ts';
import { area, choices, errorSummary, type FormFault, field } from './parts.ts';
import { recordingOf } from './recording.ts';
import { recordingTitle } from './recording-view.ts';
import { refusal } from './refusal.ts';

const DAY_MS = 86_400_000;

/** The recording that the address names, while it is here. @throws Problem `recording_unknown`, `recording_erased`. */
function presentOf(c: DeskContext): RecordingRow {
  const row = recordingOf(c);
  if (row.erasedAt !== null) throw problem('recording_erased');
  return row;
}

function actPage(visit: Visit, row: RecordingRow, title: string, lead: string, content: Html): Html {
  const body = html`<div class="head"><div><p><a href="/recordings/${row.id}">${recordingTitle(visit, row)}</a></p><h1>${title}</h1><p>${lead}</p></div></div>
    <div class="stack tight narrow">${content}</div>`;
  return layout(visit, { title, place: 'recordings', body });
}

function restrictPage(
  visit: Visit,
  row: RecordingRow,
  fault: FormFault | null,
  typed: { ground: string; reason: string },
): Html {
  const { t } = visit;
  const { restriction } = t;
  const form = html`<form method="post" action="/recordings/${row.id}/restrict" class="stack tight" novalidate>
      ${errorSummary(t, fault)}
      ${choices({ id: 'ground', legend: restriction.ground, of: restrictionGrounds, labels: restriction.grounds, chosen: typed.ground, fault })}
      ${area({ id: 'reason', label: restriction.reason, hint: restriction.reasonHint, value: typed.reason, required: true, maxlength: MAX_REASON_LENGTH, fault })}
      <div class="row"><button class="primary">${restriction.verb}</button><a href="/recordings/${row.id}">${t.recording.cancel}</a></div>
    </form>`;
  return actPage(visit, row, restriction.title, restriction.lead, form);
}

function liftRestrictionPage(visit: Visit, row: RecordingRow, fault: FormFault | null, typed: string): Html {
  const { t, now } = visit;
  const { restriction } = t;
  const form = visit.services.restrictions.of(row.id)
    ? html`<form method="post" action="/recordings/${row.id}/lift-restriction" class="stack tight" novalidate>
      ${errorSummary(t, fault)}
      ${row.expiresAt <= now ? html`<p class="note warn">${restriction.pastDay}</p>` : nothing}
      <p class="note">${restriction.tellFirst}</p>
      ${area({ id: 'reason', label: restriction.liftReason, hint: restriction.reasonHint, value: typed, required: true, maxlength: MAX_REASON_LENGTH, fault })}
      <div class="row"><button class="primary">${restriction.liftVerb}</button><a href="/recordings/${row.id}">${t.recording.cancel}</a></div>
    </form>`
    : html`<p class="note">${restriction.not}</p>`;
  return actPage(visit, row, restriction.liftTitle, restriction.liftLead, form);
}

interface TypedErasure {
  readonly reason: string;
  readonly case: string;
}

/** What erasing does, in numbers and days. */
function consequences(visit: Visit, row: RecordingRow): Html {
  const { t, f, now, services } = visit;
  const { erase } = t;
  const { backupDays } = services.erasure;
  return html`<h2>${erase.happens}</h2>
    <dl>
      <dt>${erase.recording}</dt><dd>${erase.recordingMore(recordingTitle(visit, row), f.length(row.end?.durationMs ?? 0))}</dd>
      <dt>${erase.keys}</dt><dd>${erase.keysMore(row.recipients.length)}</dd>
      <dt>${erase.here}</dt><dd>${erase.hereMore}</dd>
      <dt>${erase.backups}</dt><dd>${backupDays === null ? erase.noBackups : erase.backupsMore(f.date(now + backupDays * DAY_MS))}</dd>
      <dt>${erase.stays}</dt><dd>${erase.staysMore(f.date(row.evidenceExpiresAt))}</dd>
    </dl>
    <p class="soft">${erase.keyKind[services.keystore().kind]}</p>`;
}

function erasePage(visit: Visit, row: RecordingRow, fault: FormFault | null, typed: TypedErasure): Html {
  const { t } = visit;
  const { erase } = t;
  const blocked = blockedBecause(visit, row, keepingOf(visit, row));
  const form = blocked
    ? html`<div class="stack tight" id="blocked"><h2>${erase.cannot}</h2><p class="note warn">${blocked}</p><p><a href="/recordings/${row.id}">${t.recording.cancel}</a></p></div>`
    : html`<form method="post" action="/recordings/${row.id}/erase" class="door" novalidate>
      ${consequences(visit, row)}
      ${choices({ id: 'reason', legend: erase.why, of: eraseReasons, labels: erase.reasons, chosen: typed.reason, fault })}
      ${field({ id: 'case', label: erase.caseRef, hint: erase.caseHint, value: typed.case, autocomplete: 'off', required: true, maxlength: MAX_CASE_LENGTH, fault })}
      <p class="note">${erase.logged}</p>
      <div class="row"><button class="danger">${erase.verb}</button><a href="/recordings/${row.id}">${t.recording.cancel}</a></div>
    </form>`;
  return actPage(visit, row, erase.title, erase.lead, html`${errorSummary(t, fault)}${form}`);
}

/** Refusals of the vault are told on the page itself, which says what stands against it. */
const eraseFields = {
  ground_missing: 'reason',
  case_missing: 'case',
  case_long: 'case',
  recording_held: 'blocked',
  recording_restricted: 'blocked',
  legal_retention: 'blocked',
  recording_in_progress: 'blocked',
};

export const recordingActsRoutes = new Hono<DeskEnv>()
  .get('/recordings/:id/restrict', (c) => {
    allowed(c, 'restrict');
    return c.html(restrictPage(c.get('visit'), presentOf(c), null, { ground: '', reason: '' }));
  })
  .post('/recordings/:id/restrict', async (c) => {
    const person = allowed(c, 'restrict');
    const visit = c.get('visit');
    const row = presentOf(c);
    const chosen = await posted(c, 'ground');
    try {
      const ground = restrictionGrounds.find((one) => one === chosen);
      if (!ground) throw problem('ground_missing');
      visit.services.restrictions.place(person, { recording: row.id, ground, reason: await reasonIn(c, 'reason') });
      return c.redirect(`/recordings/${row.id}`, 303);
    } catch (error) {
      const fault = refusal(c, error, { ground_missing: 'ground', why_missing: 'reason', text_long: 'reason' });
      return c.html(restrictPage(visit, row, fault, { ground: chosen, reason: await line(c, 'reason') }));
    }
  })
  .get('/recordings/:id/lift-restriction', (c) => {
    allowed(c, 'restrict');
    return c.html(liftRestrictionPage(c.get('visit'), presentOf(c), null, ''));
  })
  .post('/recordings/:id/lift-restriction', async (c) => {
    const person = allowed(c, 'restrict');
    const visit = c.get('visit');
    const row = presentOf(c);
    try {
      visit.services.restrictions.lift(person, row.id, await reasonIn(c, 'reason'));
      return c.redirect(`/recordings/${row.id}`, 303);
    } catch (error) {
      const fault = refusal(c, error, { why_missing: 'reason', text_long: 'reason' });
      return c.html(liftRestrictionPage(visit, row, fault, await line(c, 'reason')));
    }
  })
  .get('/recordings/:id/erase', (c) => {
    allowed(c, 'erase');
    return c.html(erasePage(c.get('visit'), presentOf(c), null, { reason: '', case: '' }));
  })
  .post('/recordings/:id/erase', async (c) => {
    const person = allowed(c, 'erase');
    const visit = c.get('visit');
    const row = presentOf(c);
    const typed = { reason: await posted(c, 'reason'), case: await line(c, 'case') };
    try {
      const reason = eraseReasons.find((one) => one === typed.reason);
      if (!reason) throw problem('ground_missing');
      await visit.services.erasure.erase(person, row.id, { reason, caseRef: await caseIn(c, 'case') });
      return c.redirect(`/erasures/${row.id}`, 303);
    } catch (error) {
      return c.html(erasePage(visit, row, refusal(c, error, eraseFields), typed));
    }
  });
