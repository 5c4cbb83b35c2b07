import { existsSync, mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { openDatabase } from './open.ts';

const path = () => join(mkdtempSync(join(tmpdir(), 'db-')), 'x.db');
const migrations = ['CREATE TABLE t (v TEXT)'];

test('a commit is FULL on each connection, after writing and after opening again', (t) => {
  const file = path();
  for (let opening = 0; opening < 2; opening++) {
    const database = openDatabase(file, { migrations, secureDelete: true });
    database.prepare('INSERT INTO t VALUES (?)').run('x');
    t.is(database.pragma('synchronous', { simple: true }), 2);
    t.is(database.pragma('secure_delete', { simple: true }), 1);
    database.close();
  }
});

// SQLite ignores a disk that does not take the name of the log, so that name is made durable before there is anything to lose.
test('the write-ahead log is there before the first commit, also of a database that was there', (t) => {
  const file = path();
  for (let opening = 0; opening < 2; opening++) {
    const database = openDatabase(file, { migrations });
    t.true(existsSync(`${file}-wal`));
    database.close();
    t.false(existsSync(`${file}-wal`));
  }
});

test('only its owner may read it', (t) => {
  const file = path();
  openDatabase(file, { migrations }).close();
  t.is(statSync(file).mode & 0o777, 0o600);
});

test('steps run once, and a file of a newer version is refused', (t) => {
  const file = path();
  openDatabase(file, { migrations }).close();
  const database = openDatabase(file, { migrations: [...migrations, 'CREATE TABLE u (v TEXT)'] });
  t.deepEqual(database.prepare('SELECT count(*) AS n FROM u').get(), { n: 0 });
  database.close();
  const error = t.throws(() => openDatabase(file, { migrations }));
  t.regex(error!.message, /newer version/);
});

test('a failing step leaves nothing behind', (t) => {
  const file = path();
  t.throws(() => openDatabase(file, { migrations: [...migrations, 'CREATE TABLE t (v TEXT)'] }));
  const database = openDatabase(file, { migrations });
  t.deepEqual(database.prepare('SELECT count(*) AS n FROM t').get(), { n: 0 });
});
