import { createHash, randomBytes } from 'node:crypto';
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import { readContent } from '@belkluis/shared/release/content-file';
import test from 'ava';
import Database from 'better-sqlite3';
import type { NewRecording, RecordingEnd } from './catalogue.ts';
import { contentPath, openContent } from './content.ts';
import { type AppendErasure, purgeExpired } from './purge.ts';
import { recover } from './recover.ts';
import { expiriesOf, expiryOf } from './retention.ts';
import { beginRecording, openVault } from './vault.ts';

const DAY = 24 * 3600_000;
const folder = () => mkdtempSync(join(tmpdir(), 'vault-'));
const newId = () => randomBytes(16).toString('hex');

const recording = (id: string, startedAt: number, days = 1, trafficDays = days): NewRecording => ({
  id,
  call: `call-${id}`,
  purpose: 'complaints',
  purposeName: 'Complaints',
  level: 'standard',
  mayOpen: ['custodian'],
  rule: 'r',
  policyVersion: 1,
  policyHash: 'h',
  announcementHash: 'a',
  announcedAt: startedAt,
  recipients: ['f'.repeat(40)],
  caller: 'anna-0612345678',
  callee: 'ben',
  direction: 'internal',
  startedAt,
  ...expiriesOf(startedAt, { contentDays: days, trafficDays, evidenceDays: days, minimum: null }),
});

const ended = (endedAt: number): RecordingEnd => ({
  endedAt,
  reason: 'finished',
  codecs: ['PCMA'],
  durationMs: 5000,
  bytes: 1,
  segments: 1,
  gaps: 0,
  lost: 0,
  contentRoot: 'r',
});

const segment = (number: number) => ({ number, part: 0, startMs: number * 5000, durationMs: 5000 });

function scene() {
  const clock = new ManualClock();
  const path = folder();
  const vault = openVault(path);
  const events: string[] = [];
  const append: AppendErasure = (event) => events.push(event.kind);
  const make = (days = 1, finish = true, trafficDays = days) => {
    const id = newId();
    const pkesk = randomBytes(94);
    const content = beginRecording(vault, recording(id, clock.now(), days, trafficDays), { pkesk, recipients: ['f'] });
    content.append(segment(0), randomBytes(500));
    content.append(segment(1), randomBytes(700));
    content.close();
    if (finish) vault.catalogue.end(id, ended(clock.now() + 10_000));
    return { id, pkesk };
  };
  const parts = { ...vault, append, clock };
  return { clock, path, vault, events, make, parts };
}

const holds = (path: string, bytes: Buffer): string[] =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => readFileSync(file).includes(bytes));

test('a recording cannot exist without an expiry', (t) => {
  const { vault, path } = scene();
  const row = recording(newId(), 5);
  t.throws(() => vault.catalogue.begin({ ...row, expiresAt: null as unknown as number }), { message: /NOT NULL/ });
  t.throws(() => vault.catalogue.begin({ ...row, expiresAt: row.startedAt }), { message: /CHECK/ });
  t.throws(() => expiryOf(0, 0));
  const database = new Database(join(path, 'catalogue.db'));
  const call = `INSERT INTO calls VALUES ('c','a','b','internal',1,1,2,200,NULL,'no_rule',NULL)`;
  t.throws(() => database.exec(call), { message: /NOT NULL/ });
});

test('what has expired cannot be opened, read or found; what has not stays whole', async (t) => {
  const { clock, path, vault, make, parts } = scene();
  const [old, young] = [make(1), make(3)];
  t.true(holds(path, old.pkesk).length > 0, 'the test can find wraps');
  clock.advance(2 * DAY);
  t.deepEqual(await purgeExpired(parts), { recordings: 1, calls: 0, certain: true });
  t.is(vault.keystore.get(old.id), null);
  t.false(existsSync(contentPath(vault.contentFolder, old.id)));
  t.deepEqual(holds(path, old.pkesk), [], 'no file holds the erased wraps');
  t.like(vault.catalogue.get(old.id), { caller: null, callee: null, eraseReason: 'expired' });
  t.true(vault.keystore.get(young.id)?.pkesk.equals(young.pkesk));
  t.is((await openContent(vault.contentFolder, young.id))?.segments.length, 2);
});

test('an erased number is in no file of the catalogue either', async (t) => {
  const { clock, path, make, parts } = scene();
  make(1);
  const number = Buffer.from('anna-0612345678');
  t.true(holds(path, number).length > 0);
  clock.advance(2 * DAY);
  await purgeExpired(parts);
  t.deepEqual(holds(path, number), []);
});

test('who called whom leaves on its own day, also when the recording stays longer', async (t) => {
  const { clock, path, vault, events, make, parts } = scene();
  const { id } = make(10, true, 1);
  clock.advance(2 * DAY);
  t.like(await purgeExpired(parts), { recordings: 0, calls: 1, certain: true });
  t.deepEqual(events, ['purge_traffic']);
  t.like(vault.catalogue.get(id), { caller: null, callee: null, erasedAt: null });
  t.not(vault.keystore.get(id), null);
  t.deepEqual(holds(path, Buffer.from('anna-0612345678')), []);
  t.is((await purgeExpired(parts)).calls, 0);
});

test('nothing is erased that the audit log does not take', async (t) => {
  const { clock, vault, make, parts } = scene();
  const { id } = make(1);
  clock.advance(2 * DAY);
  const full = () => {
    throw new Error('disk full');
  };
  await t.throwsAsync(purgeExpired({ ...parts, append: full }), { message: 'disk full' });
  t.not(vault.keystore.get(id), null);
  t.true(existsSync(contentPath(vault.contentFolder, id)));
});

test('a purge that was cut off anywhere is finished by the next', async (t) => {
  for (const cut of ['wraps', 'content', 'row'] as const) {
    const { clock, vault, make, parts } = scene();
    const { id } = make(1);
    clock.advance(2 * DAY);
    const stop = () => {
      throw new Error('power cut');
    };
    const broken = {
      ...parts,
      keystore: cut === 'wraps' ? { ...vault.keystore, erase: stop } : vault.keystore,
      contentFolder: cut === 'content' ? '/dev/null' : vault.contentFolder,
      catalogue: cut === 'row' ? { ...vault.catalogue, markErased: stop } : vault.catalogue,
    };
    await t.throwsAsync(purgeExpired(broken));
    t.like(await purgeExpired(parts), { recordings: 1, certain: true }, cut);
    t.is(vault.keystore.get(id), null);
    t.false(existsSync(contentPath(vault.contentFolder, id)));
    t.is((await purgeExpired(parts)).recordings, 0);
  }
});

test('while somebody reads the keystore an erasure is not called certain', async (t) => {
  const { clock, path, make, parts } = scene();
  make(1);
  const reader = new Database(join(path, 'keystore.db'));
  const rows = reader.prepare('SELECT * FROM wraps').iterate();
  rows.next();
  clock.advance(2 * DAY);
  const busy = { ...parts };
  t.false((await purgeExpired(busy)).certain);
  rows.return?.();
  reader.close();
  t.true((await purgeExpired(parts)).certain);
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

test('wraps of a recording that never came to be are removed', async (t) => {
  const { vault, parts } = scene();
  const id = newId();
  vault.keystore.put(id, { pkesk: randomBytes(94), recipients: ['f'] }, 1);
  await recover(parts);
  t.is(vault.keystore.get(id), null);
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
