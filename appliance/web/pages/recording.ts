/** One recording: what is known of it, and the way to open it. */
import { Problem } from '@belkluis/shared/base/problem';
import { Hono } from 'hono';
import { mayOpen } from '../../access/roles.ts';
import { MAX_CASE_LENGTH } from '../limits.ts';
import { problem } from '../problems.ts';
import type { RecordingRow } from '../services.ts';
import { allowed, type DeskContext, type DeskEnv, field } from '../visit.ts';
import { layout } from './layout.ts';
import { openReasons, recordingBody, recordingTitle } from './recording-view.ts';

function recordingOf(c: DeskContext): RecordingRow {
  const id = c.req.param('id') ?? '';
  const row = /^[0-9a-f]{32}$/.test(id) ? c.get('visit').services.recordings.get(id) : null;
  if (!row) throw problem('recording_unknown');
  return row;
}

/** The recording, if this person may open it. @throws Problem `not_allowed`, `recording_unknown`. */
function openable(c: DeskContext): RecordingRow {
  const person = allowed(c, 'open recordings');
  const row = recordingOf(c);
  if (!mayOpen(person, row.mayOpen)) throw problem('not_allowed', 'open this recording');
  return row;
}

/** Why it is opened, as the audit log keeps it: `complaint K-2026-131`. @throws Problem `reason_missing`, `case_long`. */
async function reasonOf(c: DeskContext): Promise<string> {
  const why = await field(c, 'why');
  const caseNumber = (await field(c, 'case'))
    .normalize('NFKC')
    .replaceAll(/[\p{C}\s]+/gu, ' ')
    .trim();
  if (!openReasons.some((reason) => reason === why)) throw problem('reason_missing');
  if ([...caseNumber].length > MAX_CASE_LENGTH) throw problem('case_long');
  return caseNumber ? `${why} ${caseNumber}` : why;
}

export const recordingRoutes = new Hono<DeskEnv>()
  .get('/recordings/:id', (c) => {
    allowed(c, 'see recordings');
    const visit = c.get('visit');
    const row = recordingOf(c);
    const title = recordingTitle(visit, row);
    const modules = ['browser/recording-player.ts'];
    return c.html(layout(visit, { title, place: 'recordings', modules, body: recordingBody(visit, row) }));
  })
  .post('/recordings/:id/release', async (c) => {
    const person = allowed(c, 'open recordings');
    const { id } = openable(c);
    const reason = await reasonOf(c);
    const { services } = c.get('visit');
    let wraps: Uint8Array;
    try {
      wraps = services.recordings.release(id, person, reason);
    } catch (error) {
      if (error instanceof Problem) throw error;
      // Fail closed: no entry in the audit log, no key.
      throw problem('audit_failed', undefined, error);
    }
    return c.body(Uint8Array.from(wraps), 200, { 'Content-Type': 'application/octet-stream' });
  })
  .get('/recordings/:id/content', (c) => {
    const { id } = openable(c);
    const { bytes, stream } = c.get('visit').services.recordings.content(id);
    return c.body(stream, 200, { 'Content-Type': 'application/octet-stream', 'Content-Length': String(bytes) });
  });
