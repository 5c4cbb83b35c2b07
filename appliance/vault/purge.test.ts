import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmdirSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import Database from 'better-sqlite3';
import { contentPath, openContent } from './content.ts';
import { eraseOrphans, purgeExpired, removeLeftovers } from './purge.ts';
import { eraserScene, filesWith, newId } from './testing/eraser-scene.ts';

const DAY = 24 * 3600_000;
const scene = () => eraserScene(mkdtempSync(join(tmpdir(), 'purge-')), new ManualClock());

test('what has expired cannot be opened, read or found; what has not stays whole', async (t) => {
  const { folder, clock, vault, record, parts } = scene();
  const [old, young] = [record({ days: 1 }), record({ days: 3 })];
  t.true(filesWith(folder, old.sealed).length > 0, 'the test can find wraps');
  clock.advance(2 * DAY);
  t.like(await purgeExpired(parts), { recordings: 1, certain: true });
  t.is(vault.keystore.get(old.id), null);
  t.false(existsSync(contentPath(vault.contentFolder, old.id)));
  t.deepEqual(filesWith(folder, old.sealed), [], 'no file holds the erased wraps');
  t.like(vault.catalogue.get(old.id), { caller: null, callee: null, eraseReason: 'expired' });
  t.true(vault.keystore.get(young.id)?.pkesk.equals(young.pkesk));
  t.is((await openContent(vault.contentFolder, young.id))?.segments.length, 2);
});

test('an erased number is in no file of the catalogue either', async (t) => {
  const { folder, clock, record, parts } = scene();
  record({ days: 1 });
  const number = Buffer.from('anna-0612345678');
  t.true(filesWith(folder, number).length > 0);
  clock.advance(2 * DAY);
  await purgeExpired(parts);
  t.deepEqual(filesWith(folder, number), []);
});

test('who called whom leaves on its own day, also when the recording stays longer', async (t) => {
  const { folder, clock, vault, events, record, parts } = scene();
  const { id } = record({ days: 10, trafficDays: 1 });
  clock.advance(2 * DAY);
  t.like(await purgeExpired(parts), { recordings: 0, calls: 1, certain: true });
  t.deepEqual(
    events().map(({ kind }) => kind),
    ['purge_traffic'],
  );
  t.like(vault.catalogue.get(id), { caller: null, callee: null, erasedAt: null });
  t.not(vault.keystore.get(id), null);
  t.deepEqual(filesWith(folder, Buffer.from('anna-0612345678')), []);
  t.is((await purgeExpired(parts)).calls, 0);
});

test('who came into a call and left it leaves with its record', async (t) => {
  const { folder, clock, vault, parts } = scene();
  const now = clock.now();
  const call = { id: 'c1', caller: 'anna', callee: 'ben', direction: 'inbound', startedAt: now };
  const end = { talkMs: 0, status: 200, recording: null, notRecorded: 'no_rule', expiresAt: now + DAY };
  const moved = [{ at: now, party: 'carl-0698765432', did: 'joined' as const }];
  vault.catalogue.addCall({ ...call, ...end }, moved);
  t.deepEqual(vault.catalogue.movementsOf('c1'), moved);
  t.true(filesWith(folder, Buffer.from('carl-0698765432')).length > 0);
  clock.advance(2 * DAY);
  await purgeExpired(parts);
  t.deepEqual(vault.catalogue.movementsOf('c1'), []);
  t.deepEqual(filesWith(folder, Buffer.from('carl-0698765432')), []);
});

test('a link between two calls is followed both ways, and leaves with whichever record leaves first', async (t) => {
  const { folder, clock, vault, parts } = scene();
  const { catalogue } = vault;
  const now = clock.now();
  const add = (id: string, days: number, startedAt: number, from: readonly string[] = []) => {
    const times = { startedAt, talkMs: 0, expiresAt: now + days * DAY };
    const origins = from.map((call) => ({ call, how: 'transferred' as const, side: 'callee' as const }));
    const facts = { caller: 'a', callee: 'b', direction: 'internal', status: 200, notRecorded: null };
    catalogue.addCall({ id, ...facts, ...times, recording: `r-${id}` }, [], origins);
  };
  // The record of the second call may come before that of the first.
  add('second', 3, now + 2, ['first']);
  add('first', 1, now + 1);
  add('third', 9, now + 3, ['second', 'unknown']);
  const seen = (call: string) =>
    catalogue.linksOf(call).map(({ way, call: other, how, side, recording }) => [way, other, how, side, recording]);
  t.deepEqual(seen('second'), [
    ['from', 'first', 'transferred', 'callee', 'r-first'],
    ['to', 'third', 'transferred', 'callee', 'r-third'],
  ]);
  t.deepEqual(seen('first'), [['to', 'second', 'transferred', 'callee', 'r-second']]);
  const database = join(
    folder,
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((file) => file.endsWith('catalogue.db'))!,
  );
  const stored = () => {
    const raw = new Database(database, { readonly: true });
    const rows = raw.prepare('SELECT call, origin FROM origins ORDER BY call, number').raw().all();
    raw.close();
    return rows;
  };
  clock.advance(2 * DAY);
  await purgeExpired(parts);
  t.deepEqual(stored(), [
    ['third', 'second'],
    ['third', 'unknown'],
  ]);
  clock.advance(2 * DAY);
  await purgeExpired(parts);
  t.deepEqual(stored(), [['third', 'unknown']]);
  clock.advance(6 * DAY);
  await purgeExpired(parts);
  t.deepEqual(stored(), []);
});

test('what is held or restricted stays past its day, and leaves at the first run after', async (t) => {
  const { clock, vault, record, hold, restrict, parts } = scene();
  const [held, restricted] = [record(), record()];
  const ends = [hold(held.id), restrict(restricted.id)];
  clock.advance(400 * DAY);
  t.is((await purgeExpired(parts)).recordings, 0);
  t.true(vault.keystore.get(held.id)?.pkesk.equals(held.pkesk));
  for (const end of ends) end();
  t.is((await purgeExpired(parts)).recordings, 2);
  t.is(vault.keystore.get(held.id), null);
});

test('no hold slips in between the look and the act: it comes before, and is kept to, or finds the recording erased', async (t) => {
  const { folder, clock, vault, record, hold, parts } = scene();
  const { id } = record();
  clock.advance(2 * DAY);
  const other = new Database(join(folder, 'vault', 'catalogue.db'), { timeout: 0 });
  const appendAll = () => t.throws(() => other.prepare('DELETE FROM held').run(), { code: 'SQLITE_BUSY' });
  t.like(await purgeExpired({ ...parts, log: { ...parts.log, appendAll } }), { recordings: 1 });
  other.close();
  t.throws(() => hold(id), { code: 'recording_erased' });
  t.not(vault.catalogue.get(id)?.erasedAt, null);
});

test('nothing is erased that the audit log does not take', async (t) => {
  const { clock, vault, record, parts } = scene();
  const { id } = record();
  clock.advance(2 * DAY);
  const appendAll = () => {
    throw new Error('disk full');
  };
  await t.throwsAsync(purgeExpired({ ...parts, log: { ...parts.log, appendAll } }), { message: 'disk full' });
  t.not(vault.keystore.get(id), null);
  t.true(existsSync(contentPath(vault.contentFolder, id)));
});

test('every erasure is in the log with purpose and policy, before a batch is begun', async (t) => {
  const { clock, events, record, parts } = scene();
  const made = Array.from({ length: 260 }, () => record());
  clock.advance(2 * DAY);
  t.is((await purgeExpired(parts)).recordings, 260);
  const told = events().flatMap((event) => (event.kind === 'purge' ? [event.facts] : []));
  t.deepEqual(told.map(({ recording }) => recording).sort(), made.map(({ id }) => id).sort());
  t.like(told[0], { reason: 'expired', purpose: 'complaints', policyVersion: 1 });
});

test('while somebody reads the keystore an erasure is not called certain', async (t) => {
  const { folder, clock, record, parts } = scene();
  record();
  const reader = new Database(join(folder, 'vault', 'keystore', 'keystore-1.db'));
  const rows = reader.prepare('SELECT * FROM entries').iterate();
  rows.next();
  clock.advance(2 * DAY);
  t.false((await purgeExpired(parts)).certain);
  rows.return?.();
  reader.close();
  t.true((await purgeExpired(parts)).certain);
});

test('a file that the disk holds on to keeps no other recording here, is told, and goes when it can', async (t) => {
  const { clock, vault, record, parts } = scene();
  const stuck = record();
  const path = contentPath(vault.contentFolder, stuck.id);
  clock.advance(1000);
  const others = Array.from({ length: 260 }, () => record());
  // A folder of that name cannot be unlinked, as a file on a damaged file system cannot.
  unlinkSync(path);
  mkdirSync(path);
  clock.advance(2 * DAY);
  await t.throwsAsync(purgeExpired(parts), { code: 'content_not_removed' });
  t.is(vault.keystore.get(stuck.id), null, 'nobody can open it all the same');
  t.true(others.every(({ id }) => vault.catalogue.get(id)?.erasedAt !== null));
  t.is(vault.catalogue.get(stuck.id)?.erasedAt, null);
  rmdirSync(path);
  t.like(await purgeExpired(parts), { recordings: 1, certain: true });
});

test('wraps of a recording that never came to be are removed, with its file', (t) => {
  const { vault, record } = scene();
  const alive = record();
  const id = newId();
  vault.keystore.put(id, { pkesk: randomBytes(94), recipients: ['f'] }, 1);
  const path = contentPath(vault.contentFolder, id);
  writeFileSync(path, 'x');
  t.is(eraseOrphans(vault), 1);
  t.is(vault.keystore.get(id), null);
  t.false(existsSync(path));
  t.not(vault.keystore.get(alive.id), null);
});

test('files that belong to nothing leave when they are old; what is alive, or about to begin, stays', async (t) => {
  const { clock, vault, record, eraser } = scene();
  const [alive, gone] = [record({ days: 10 }), record({ days: 1 })];
  clock.advance(2 * DAY);
  await eraser.run();
  const [stranger, begins] = [newId(), newId()];
  vault.keystore.put(begins, { pkesk: randomBytes(94), recipients: ['f'] }, 1);
  for (const id of [gone.id, stranger, begins]) writeFileSync(contentPath(vault.contentFolder, id), 'x');
  writeFileSync(`${contentPath(vault.contentFolder, alive.id)}.new`, 'x');
  writeFileSync(join(vault.contentFolder, 'README'), 'x');
  const before = readdirSync(vault.contentFolder).length;
  t.is(await removeLeftovers(vault, Date.now()), 0, 'they are too young');
  t.is(readdirSync(vault.contentFolder).length, before);
  for (const name of readdirSync(vault.contentFolder)) utimesSync(join(vault.contentFolder, name), 1, 1);
  t.is(await removeLeftovers(vault, Date.now()), 3);
  t.deepEqual(readdirSync(vault.contentFolder).sort(), [`${alive.id}.sealed`, `${begins}.sealed`, 'README'].sort());
});
