import { createHash, randomBytes } from 'node:crypto';
import { appendFileSync, mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import { readContent } from '@belkluis/shared/release/content-file';
import test from 'ava';
import Database from 'better-sqlite3';
import { contentPath } from './content.ts';
import { recover } from './recover.ts';
import { expiryOf } from './retention.ts';
import { newRecording, recordingEnd, sameDays } from './testing/recordings.ts';
import { beginRecording, openVault } from './vault.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'vault-'));
const newId = () => randomBytes(16).toString('hex');

const recording = (id: string, startedAt: number, days = 1) => newRecording(id, startedAt, sameDays(days));
const ended = (endedAt: number) => recordingEnd(endedAt, 5000);
const segment = (number: number) => ({ number, part: 0, startMs: number * 5000, durationMs: 5000 });

function scene() {
  const clock = new ManualClock();
  const path = folder();
  const vault = openVault(path);
  const make = (days = 1, finish = true) => {
    const id = newId();
    const pkesk = randomBytes(94);
    const content = beginRecording(vault, recording(id, clock.now(), days), { pkesk, recipients: ['f'] });
    content.append(segment(0), randomBytes(500));
    content.append(segment(1), randomBytes(700));
    content.close();
    if (finish) vault.catalogue.end(id, ended(clock.now() + 10_000));
    return { id, pkesk };
  };
  return { path, vault, make, parts: { ...vault, clock } };
}

test('a recording cannot exist without an expiry', (t) => {
  const { vault, path } = scene();
  const row = recording(newId(), 5);
  t.throws(() => vault.catalogue.begin({ ...row, expiresAt: null as unknown as number }), { message: /NOT NULL/ });
  t.throws(() => vault.catalogue.begin({ ...row, expiresAt: row.startedAt }), { message: /CHECK/ });
  t.throws(() => expiryOf(0, 0));
  const database = new Database(join(path, 'catalogue.db'));
  const call = `INSERT INTO calls (id, caller, callee, direction, started_at, talk_ms, status, not_recorded, expires_at)
    VALUES ('c','a','b','internal',0,1,200,'no_rule',NULL)`;
  t.throws(() => database.exec(call), { message: /NOT NULL/ });
});

test('a recording cut by power ends as interrupted, with every whole segment', async (t) => {
  const { vault, make, parts } = scene();
  const { id } = make(1, false);
  const path = contentPath(vault.contentFolder, id);
  const whole = statSync(path).size;
  appendFileSync(path, readFileSync(path).subarray(40, 300));
  t.deepEqual(await recover(parts), [{ recording: id, segments: 2, tornBytes: 260 }]);
  t.is(statSync(path).size, whole);
  t.like(vault.catalogue.get(id)?.end, { reason: 'interrupted', segments: 2, durationMs: 10_000 });
  t.like(vault.catalogue.call(`call-${id}`), { recording: id, status: 200, caller: 'anna-0612345678' });
  t.deepEqual(await recover(parts), []);
});

test('a content file shows every change: exchanged, repeated, removed and altered segments', async (t) => {
  const { vault, make } = scene();
  const { id } = make();
  const bytes = readFileSync(contentPath(vault.contentFolder, id));
  const sha = async (part: Uint8Array) => createHash('sha256').update(part).digest();
  const first = bytes.subarray(40, 40 + 92 + 500);
  const second = bytes.subarray(40 + 92 + 500);
  const segments = async (...parts: Buffer[]) => (await readContent(Buffer.concat(parts), sha))?.segments.length;
  const header = bytes.subarray(0, 40);
  t.is(await segments(header, first, second), 2);
  t.is(await segments(header, second, first), 0);
  t.is(await segments(header, first, first), 1);
  t.is(await segments(header, second), 0);
  const altered = Buffer.from(second);
  altered[altered.length - 1]! ^= 1;
  t.is(await segments(header, first, altered), 1);
  t.is(await readContent(Buffer.from('RIFF'), sha), null);
});

test('only ids become file names', (t) => {
  t.throws(() => contentPath('/x', '../../etc/passwd'), { instanceOf: RangeError });
});
