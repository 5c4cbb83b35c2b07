/** One recording: what is known of it, and the way to open it. */
import { isUse } from '@belkluis/shared/policy/uses';
import { Hono } from 'hono';
import { mayOpen } from '../../access/roles.ts';
import { MAX_CASE_LENGTH } from '../limits.ts';
import { problem } from '../problems.ts';
import type { OpeningReason, RecordingRow } from '../services.ts';
import { allowed, type DeskContext, type DeskEnv, field, line } from '../visit.ts';
import { layout } from './layout.ts';
import { recordingBody, recordingTitle } from './recording-view.ts';

export const recordingId = /^[0-9a-f]{32}$/;

/** The recording that the address names. @throws Problem `recording_unknown`. */
export function recordingOf(c: DeskContext): RecordingRow {
  const id = c.req.param('id') ?? '';
  const row = recordingId.test(id) ? c.get('visit').services.recordings.get(id) : null;
  if (!row) throw problem('recording_unknown');
  return row;
}

/** The recording, if this person may open it. One that is not here is refused in the same words as one that they may not open. */
function openable(c: DeskContext): RecordingRow {
  const person = allowed(c, 'open recordings');
  const id = c.req.param('id') ?? '';
  const { services } = c.get('visit');
  const row = recordingId.test(id) ? services.recordings.get(id) : null;
  if (!row || !mayOpen(person, row.mayOpen)) throw problem('not_allowed', 'open this recording');
  if (row.erasedAt === null && services.restrictions.of(id)) throw problem('recording_restricted');
  return row;
}

/** For what it is opened, and the reason as the audit log keeps it: `complaint K-2026-131`. @throws Problem `reason_missing`, `case_long`. */
async function reasonOf(c: DeskContext): Promise<OpeningReason> {
  const use = await field(c, 'why');
  const caseNumber = await line(c, 'case');
  if (!isUse(use)) throw problem('reason_missing');
  if ([...caseNumber].length > MAX_CASE_LENGTH) throw problem('case_long');
  return { use, reason: caseNumber ? `${use} ${caseNumber}` : use };
}

export const recordingRoutes = new Hono<DeskEnv>()
  .get('/recordings/:id', (c) => {
    const person = allowed(c, 'see recordings');
    const visit = c.get('visit');
    const row = recordingOf(c);
    visit.services.recordings.noteView(person, row.id);
    const title = recordingTitle(visit, row);
    const modules = row.erasedAt === null ? ['browser/recording-player.ts'] : [];
    return c.html(layout(visit, { title, place: 'recordings', modules, body: recordingBody(visit, row) }));
  })
  .post('/recordings/:id/release', async (c) => {
    const person = allowed(c, 'open recordings');
    const { id } = openable(c);
    const why = await reasonOf(c);
    const { services } = c.get('visit');
    const wraps = services.recordings.release(id, person, why);
    return c.body(Uint8Array.from(wraps), 200, { 'Content-Type': 'application/octet-stream' });
  })
  /** What the browser has opened leaves it as a file: it asks here first. */
  .post('/recordings/:id/export', async (c) => {
    const person = allowed(c, 'open recordings');
    const { id } = openable(c);
    const why = await reasonOf(c);
    c.get('visit').services.recordings.noteExport(id, person, why);
    return c.body(null, 204);
  })
  .post('/recordings/:id/purpose', (c) => {
    allowed(c, 'see recordings');
    recordingOf(c);
    throw problem('purpose_bound');
  })
  .get('/recordings/:id/content', (c) => {
    const { id } = openable(c);
    const { bytes, stream } = c.get('visit').services.recordings.content(id);
    return c.body(stream, 200, { 'Content-Type': 'application/octet-stream', 'Content-Length': String(bytes) });
  });
