import { randomBytes } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemChance } from '@belkluis/shared/base/chance';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import Database from 'better-sqlite3';
import { openDatabase } from '../../db/open.ts';
import { type Keystore, openKeystore } from './keystore.ts';

const temporary = () => mkdtempSync(join(tmpdir(), 'keystore-'));
const newId = () => randomBytes(16).toString('hex');
const wraps = () => ({ pkesk: randomBytes(94), recipients: ['a'.repeat(40)] });

function open(folder: string, plain?: string): Keystore {
  const clock = new ManualClock();
  return openKeystore({ folder, chance: systemChance, clock, tpm: null, ...(plain === undefined ? {} : { plain }) });
}

const filesWith = (folder: string, bytes: Buffer): string[] =>
  readdirSync(folder).filter((name) => readFileSync(join(folder, name)).includes(bytes));

/** What a file descriptor of this process stands for. */
function linkOf(fd: string): string {
  try {
    return readlinkSync(join('/proc/self/fd', fd));
  } catch {
    return '';
  }
}

/** What stands on the disk for a recording. */
function sealedIn(folder: string, epoch: number, id: string): Buffer {
  const database = new Database(join(folder, `keystore-${epoch}.db`), { readonly: true });
  const sealed = database.prepare('SELECT sealed FROM entries WHERE name = ?').pluck().get(id) as Buffer;
  database.close();
  return sealed;
}

test('what was put is there for whoever opens it next, and nowhere in the clear', (t) => {
  const folder = temporary();
  const first = open(folder);
  const id = newId();
  const given = wraps();
  first.put(id, given, 5);
  t.throws(() => first.put('../x', given, 5), { instanceOf: RangeError });
  t.throws(() => first.put(id, wraps(), 5), { instanceOf: RangeError }, 'wraps are never replaced');
  first.close();
  const second = open(folder);
  t.deepEqual(second.get(id), given);
  t.deepEqual(second.all(), [id]);
  t.is(second.get(newId()), null);
  t.is(second.epochKey, 'file');
  t.deepEqual(filesWith(folder, given.pkesk), []);
  for (const name of readdirSync(folder)) t.is(statSync(join(folder, name)).mode & 0o077, 0, name);
  second.close();
});

test('no file holds what was erased: not the wraps, not their ciphertext, not the key that opened it', async (t) => {
  const folder = temporary();
  const keystore = open(folder);
  const [gone, stays] = [newId(), newId()];
  const given = wraps();
  keystore.put(gone, wraps(), 1);
  keystore.put(stays, given, 1);
  const sealed = sealedIn(folder, 1, gone);
  const key = readFileSync(join(folder, 'epoch-1.key'));
  t.true(filesWith(folder, sealed).length > 0, 'the test can find ciphertext');
  t.true(filesWith(folder, key).length > 0, 'the test can find the key');
  t.is(keystore.erase([gone]), 1);
  keystore.scour();
  t.deepEqual(filesWith(folder, sealed), []);
  t.like(await keystore.advance(), { before: 1, after: 2, wraps: 1 });
  t.deepEqual(filesWith(folder, key), []);
  t.is(keystore.epoch, 2);
  t.is(keystore.get(gone), null);
  t.deepEqual(keystore.get(stays), given);
  t.deepEqual(
    readdirSync(folder).filter((name) => /-1\./.test(name)),
    [],
  );
  keystore.close();
});

test('an old copy of everything opens when the key is a file: what the weaker claim means', async (t) => {
  const [folder, copy] = [temporary(), temporary()];
  const keystore = open(folder);
  const id = newId();
  const given = wraps();
  keystore.put(id, given, 1);
  cpSync(folder, copy, { recursive: true });
  keystore.erase([id]);
  await keystore.advance();
  keystore.close();
  const old = open(copy);
  t.deepEqual(old.get(id), given);
  old.close();
});

test('an old database opens nothing without its key, nor under the present one', async (t) => {
  const [folder, copy] = [temporary(), temporary()];
  const keystore = open(folder);
  keystore.put(newId(), wraps(), 1);
  cpSync(folder, copy, { recursive: true });
  await keystore.advance();
  keystore.close();
  cpSync(join(folder, 'epoch-2.key'), join(copy, 'epoch-1.key'));
  t.throws(() => open(copy), { code: 'keystore_damaged' });
  writeFileSync(join(copy, 'epoch-1.key'), '');
  t.throws(() => open(copy), { code: 'epoch_key_missing' });
});

test('an old database beside the present one is noticed, and harms neither', async (t) => {
  const [folder, copy] = [temporary(), temporary()];
  const keystore = open(folder);
  const id = newId();
  keystore.put(id, wraps(), 1);
  cpSync(folder, copy, { recursive: true });
  await keystore.advance();
  keystore.close();
  for (const name of ['keystore-1.db', 'keystore-1.db-wal', 'epoch-1.key'])
    cpSync(join(copy, name), join(folder, name));
  t.throws(() => open(folder), { code: 'keystore_rolled_back' });
  t.true(existsSync(join(folder, 'keystore-2.db')));
});

test('an entry that was moved to another recording does not open', (t) => {
  const folder = temporary();
  const keystore = open(folder);
  const [one, other] = [newId(), newId()];
  keystore.put(one, wraps(), 1);
  keystore.put(other, wraps(), 1);
  const database = new Database(join(folder, 'keystore-1.db'));
  const move = 'UPDATE entries SET sealed = (SELECT sealed FROM entries WHERE name = ?) WHERE name = ?';
  database.prepare(move).run(one, other);
  database.close();
  t.throws(() => keystore.get(other), { code: 'keystore_damaged' });
  t.truthy(keystore.get(one));
  keystore.close();
});

test('while somebody reads it an erasure is not called certain', (t) => {
  const folder = temporary();
  const keystore = open(folder);
  const id = newId();
  keystore.put(id, wraps(), 1);
  keystore.put(newId(), wraps(), 1);
  const reader = new Database(join(folder, 'keystore-1.db'));
  const rows = reader.prepare('SELECT * FROM entries').iterate();
  rows.next();
  keystore.erase([id]);
  t.throws(() => keystore.scour(), { code: 'erase_not_certain' });
  rows.return?.();
  keystore.scour();
  reader.close();
  keystore.close();
});

test('what is erased while the epoch advances is certain only with the epoch after', async (t) => {
  const keystore = open(temporary());
  const [early, late] = [newId(), newId()];
  for (const id of [early, late, ...Array.from({ length: 600 }, newId)]) keystore.put(id, wraps(), 1);
  t.is(keystore.erase([early]), 1);
  const advanced = keystore.advance();
  await new Promise((resume) => setImmediate(resume));
  // Its ciphertext may be in the new file already, under the key that is about to come into force.
  t.is(keystore.erase([late]), 2);
  t.like(await advanced, { before: 1, after: 2, wraps: 600 });
  t.is(keystore.get(late), null);
  t.is(keystore.erase([late]), 2);
  t.like(await keystore.advance(), { before: 2, after: 3 });
  keystore.close();
});

test('what a cut-off process left is removed, the key it had not finished as well', (t) => {
  const folder = temporary();
  open(folder).close();
  const left = ['epoch-2.key', 'epoch-3.key.new', 'epoch-4.tpm.new', 'keystore-2.db'];
  for (const name of left) writeFileSync(join(folder, name), '');
  open(folder).close();
  t.deepEqual(readdirSync(folder).sort(), ['advancing.lock', 'epoch-1.key', 'keystore-1.db', 'opening.lock']);
});

test('one advance at a time', async (t) => {
  const folder = temporary();
  const [one, other] = [open(folder), open(folder)];
  one.put(newId(), wraps(), 1);
  const first = one.advance();
  await t.throwsAsync(one.advance(), { code: 'advance_running' });
  await t.throwsAsync(other.advance(), { code: 'advance_running' });
  t.like(await first, { after: 2 });
  t.like(await other.advance(), { before: 2, after: 3 });
  t.is(one.epoch, 3);
  one.close();
  other.close();
});

test('an advance that fails changes nothing, and its number is not used again', async (t) => {
  const folder = temporary();
  const keystore = open(folder);
  const id = newId();
  keystore.put(id, wraps(), 1);
  await t.throwsAsync(keystore.advance({ tpm: 'swtpm:host=127.0.0.1,port=1' }), { code: 'tpm_unavailable' });
  t.is(keystore.epoch, 1);
  t.truthy(keystore.get(id));
  t.deepEqual(
    readdirSync(folder).filter((name) => name.includes('-2')),
    [],
  );
  t.like(await keystore.advance(), { before: 1, after: 3 });
  keystore.close();
});

test('a process that asks for the epoch goes over to the new one, and lets go of the old file', async (t) => {
  const folder = temporary();
  const [idle, other] = [open(folder), open(folder)];
  await other.advance();
  const holds = () => readdirSync('/proc/self/fd').some((fd) => linkOf(fd).includes(`${folder}/keystore-1.db`));
  t.true(holds(), 'the test can see who holds the old file');
  t.is(idle.epoch, 2);
  t.false(holds());
  idle.close();
  other.close();
});

test('a successor that the disk took and the advance gave up does not lock the keystore', async (t) => {
  const folder = temporary();
  const keystore = open(folder);
  const id = newId();
  keystore.put(id, wraps(), 1);
  keystore.close();
  const database = new Database(join(folder, 'keystore-1.db'));
  database.exec('UPDATE state SET attempts = 1, successor = 2');
  database.close();
  const again = open(folder);
  t.truthy(again.get(id));
  t.like(await again.advance(), { before: 1, after: 3, wraps: 1 });
  again.close();
});

test('the key of a snapshot lives until an advance after its day', async (t) => {
  const folder = temporary();
  const keystore = open(folder);
  const [old, young] = [randomBytes(32), randomBytes(32)];
  keystore.putSnapshotKey('old', old, 1000);
  keystore.putSnapshotKey('young', young, 2000);
  t.throws(() => keystore.putSnapshotKey('short', randomBytes(31), 1), { instanceOf: RangeError });
  await keystore.advance({ now: 999 });
  t.true(keystore.snapshotKey('old')?.equals(old));
  await keystore.advance({ now: 1000 });
  t.is(keystore.snapshotKey('old'), null);
  t.true(keystore.snapshotKey('young')?.equals(young));
  t.deepEqual(keystore.snapshotKeys(), [{ name: 'young', expiresAt: 2000 }]);
  t.deepEqual(keystore.all(), [], 'they are no recordings');
  keystore.eraseSnapshotKeys(['young']);
  t.is(keystore.snapshotKey('young'), null);
  t.deepEqual([...filesWith(folder, old), ...filesWith(folder, young)], []);
  keystore.close();
});

test('a keystore without epochs is taken over once, and destroyed', (t) => {
  const folder = temporary();
  const plain = join(temporary(), 'keystore.db');
  const schema =
    'CREATE TABLE wraps (recording TEXT PRIMARY KEY, pkesk BLOB NOT NULL, recipients TEXT NOT NULL, created_at INTEGER NOT NULL) STRICT, WITHOUT ROWID';
  const database = openDatabase(plain, { migrations: [schema] });
  const [id, given] = [newId(), wraps()];
  database.prepare('INSERT INTO wraps VALUES (?, ?, ?, 1)').run(id, given.pkesk, JSON.stringify(given.recipients));
  database.close();
  const keystore = open(folder, plain);
  t.deepEqual(keystore.get(id), given);
  t.false(existsSync(plain));
  keystore.erase([id]);
  keystore.close();
  const again = open(folder, plain);
  t.is(again.get(id), null);
  again.close();
});
