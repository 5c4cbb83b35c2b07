import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeIn } from '@belkluis/shared/base/testing/code-of';
import test from 'ava';
import { type Kysely, sql } from 'kysely';
import { faultOf } from './faults.ts';
import { type Database, type Migration, openDatabase } from './open.ts';
import { both, postgres } from './testing/databases.ts';
import { transact } from './transact.ts';

type Tables = {
  readonly owners: { id: string; name: string };
  readonly things: { id: string; owner: string; size: number };
};

const migrations: readonly Migration[] = [
  {
    name: 'things-1',
    statements: [
      'CREATE TABLE owners (id text PRIMARY KEY, name text NOT NULL UNIQUE)',
      `CREATE TABLE things (id text PRIMARY KEY, owner text NOT NULL REFERENCES owners (id) ON DELETE CASCADE,
         size bigint NOT NULL CHECK (size >= 0))`,
    ],
  },
];

const viewOf = (database: Database): Kysely<Tables> => database.kysely.$extendTables<Tables>();
const faultIn = (promise: Promise<unknown>) => promise.then(() => null, faultOf);
for (const database of both) {
  test(`${database.name}: what is refused has one name on both`, async (t) => {
    const db = viewOf(await database.fresh(t, migrations));
    const owner = (id: string, name: string) => db.insertInto('owners').values({ id, name }).execute();
    const thing = (id: string, of: string, size: number) =>
      db.insertInto('things').values({ id, owner: of, size }).execute();
    await owner('a', 'Anna');
    t.is(await faultIn(owner('a', 'Bert')), 'duplicate');
    t.is(await faultIn(owner('b', 'Anna')), 'duplicate');
    t.is(await faultIn(thing('1', 'nobody', 1)), 'reference');
    t.is(await faultIn(thing('1', 'a', -1)), 'invalid');
    t.is(await faultIn(owner('c', null as unknown as string)), 'invalid');
    t.is(await faultIn(sql`SELECT nonsense`.execute(db)), null);
    await thing('1', 'a', 1);
    await db.deleteFrom('owners').execute();
    t.deepEqual(await db.selectFrom('things').selectAll().execute(), [], 'what belongs to a row goes with it');
  });

  test(`${database.name}: whole numbers are numbers, also counted and summed, and text sorts by code point`, async (t) => {
    const db = viewOf(await database.fresh(t, migrations));
    const names = ['b', 'B', 'a-c', 'ab', 'Z', 'é', 'z', '_', '😀', '\uffee'];
    await db
      .insertInto('owners')
      .values(names.map((name, at) => ({ id: String(at), name })))
      .execute();
    const size = Date.UTC(2100, 0);
    await db
      .insertInto('things')
      .values([
        { id: '1', owner: '1', size },
        { id: '2', owner: '1', size },
      ])
      .execute();
    const row = await db
      .selectFrom('things')
      .select(({ fn }) => [fn.countAll<number>().as('n'), fn.sum<number>('size').as('sum'), fn.max('size').as('max')])
      .executeTakeFirstOrThrow();
    t.deepEqual(row, { n: 2, sum: 2 * size, max: size });
    const sorted = await db.selectFrom('owners').select('name').orderBy('name').execute();
    const bytes = (name: string) => Buffer.from(name);
    t.deepEqual(
      sorted.map(({ name }) => name),
      names.toSorted((x, y) => Buffer.compare(bytes(x), bytes(y))),
    );
  });

  test(`${database.name}: a transaction happens whole or not at all, and two that cross lose nothing`, async (t) => {
    const place = await database.place(t);
    const [one, other] = [viewOf(await place.open(migrations)), viewOf(await place.open(migrations))];
    await one.insertInto('owners').values({ id: 'a', name: 'Anna' }).execute();
    await one.insertInto('things').values({ id: '1', owner: 'a', size: 0 }).execute();
    await t.throwsAsync(
      transact(one, async (transaction) => {
        await transaction.updateTable('things').set({ size: 7 }).execute();
        throw new Error('no');
      }),
      { message: 'no' },
    );
    const addOne = async (db: Kysely<Tables>) => {
      await transact(db, async (transaction) => {
        const { size } = await transaction.selectFrom('things').select('size').executeTakeFirstOrThrow();
        // A transaction within a transaction is the same.
        await transact(transaction, (inner) =>
          inner
            .updateTable('things')
            .set({ size: size + 1 })
            .execute(),
        );
      });
    };
    // SQLite's lock stops the whole process, so there the two take turns.
    if (database.name === 'SQLite') for (const db of [one, other, one]) await addOne(db);
    else await Promise.all([one, other, one].map(addOne));
    t.is((await other.selectFrom('things').select('size').executeTakeFirstOrThrow()).size, 3);
  });

  test(`${database.name}: steps run once, in order, all or none; a database of a newer version is refused`, async (t) => {
    const place = await database.place(t);
    const second = { name: 'things-2', statements: ['ALTER TABLE owners ADD COLUMN town text'] };
    const broken = { name: 'things-3', statements: ['CREATE TABLE extra (id text)', 'CREATE TABLE extra (id text)'] };
    await viewOf(await place.open(migrations))
      .insertInto('owners')
      .values({ id: 'a', name: 'Anna' })
      .execute();
    await t.throwsAsync(place.open([...migrations, second, broken]), { message: /extra/ });
    const db = (await place.open([...migrations, second])).kysely;
    t.deepEqual((await sql`SELECT * FROM owners`.execute(db)).rows, [{ id: 'a', name: 'Anna', town: null }]);
    t.is(await faultIn(sql`SELECT * FROM extra`.execute(db)), null);
    await t.throwsAsync(sql`SELECT * FROM extra`.execute(db));
    t.is(await codeIn(place.open(migrations)), 'database_too_new');
    await t.throwsAsync(place.open([...migrations, broken]), { message: /expected things-2/ });
  });
}

test('a SQLite file is readable by its owner alone', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-db-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'x.db');
  const database = await openDatabase(path, { migrations });
  t.is(statSync(path).mode & 0o777, 0o600);
  t.deepEqual((await sql`PRAGMA synchronous`.execute(database.kysely)).rows, [{ synchronous: 2 }]);
  t.deepEqual((await sql`PRAGMA journal_mode`.execute(database.kysely)).rows, [{ journal_mode: 'wal' }]);
  await database.close();
  t.is(await codeIn(openDatabase('/nowhere/at/all.db', { migrations })), 'database_path');
});

test('SQLite: whoever begins a transaction has the lock, and need not give way in the middle', async (t) => {
  const place = await both[0]!.place(t);
  const [one, other] = [viewOf(await place.open(migrations)), viewOf(await place.open(migrations))];
  await sql`PRAGMA busy_timeout = 0`.execute(other);
  const insert = (db: Kysely<Tables>, id: string) => db.insertInto('owners').values({ id, name: id }).execute();
  await transact(one, async (transaction) => {
    await transaction.selectFrom('owners').selectAll().execute();
    t.is(await faultIn(insert(other, 'b')), 'unavailable');
    await insert(transaction, 'a');
  });
  t.is(await faultIn(insert(other, 'b')), null);
});

test('a server that is not ours, not there, or sorts by language is refused with what to do', async (t) => {
  const server = await postgres();
  const open = (url: string) => codeIn(openDatabase(url, { migrations: [] }));
  t.is(await open(server.urlOf('nowhere')), 'database_refused');
  t.is(await open('postgres://a@127.0.0.1:1/x'), 'database_unreachable');
  t.is(await open(server.tcpUrl('127.0.0.1', '?sslmode=verify-full')), 'database_unreachable', 'it speaks no TLS');
  const maker = await openDatabase(server.url, { migrations: [] });
  await sql`CREATE DATABASE dutch TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'nl'`.execute(maker.kysely);
  await maker.close();
  t.is(await open(server.urlOf('dutch')), 'database_collation');
});
