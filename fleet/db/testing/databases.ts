/**
 * The same tests on both databases: `for (const database of both) test(`${database.name}: …`, async (t) => { const db = await
 * database.fresh(t, migrations); … })`. Each test has a file, or a schema, of its own; the server is one for a test process.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { sql } from 'kysely';
import { Postgres } from '../../../test/peers/postgres.ts';
import { type Database, type Migration, openDatabase } from '../open.ts';

export interface TestDatabase {
  readonly name: 'SQLite' | 'PostgreSQL';
  /** An empty one with these tables, closed and removed after the test. */
  fresh(t: ExecutionContext, migrations: readonly Migration[]): Promise<Database>;
  /** Where it will be, to be opened several times, as by several processes. */
  place(t: ExecutionContext): Promise<Place>;
}

export interface Place {
  readonly url: string;
  readonly schema: string | undefined;
  /** Closed after the test. */
  open(migrations: readonly Migration[]): Promise<Database>;
}

let server: Promise<Postgres> | undefined;
let schemas = 0;

/** The server of this test process. It ends with it. */
export const postgres = (): Promise<Postgres> => {
  server ??= Postgres.start();
  return server;
};

const sqlite: TestDatabase = {
  name: 'SQLite',
  fresh: (t, migrations) => sqlite.place(t).then((place) => place.open(migrations)),
  async place(t) {
    const folder = mkdtempSync(join(tmpdir(), 'fleet-db-'));
    const url = `sqlite:${join(folder, 'fleet.db')}`;
    const opened: Database[] = [];
    t.teardown(async () => {
      for (const database of opened) await database.close();
      rmSync(folder, { recursive: true });
    });
    return {
      url,
      schema: undefined,
      async open(migrations) {
        const database = await openDatabase(url, { migrations });
        opened.push(database);
        return database;
      },
    };
  },
};

const postgresql: TestDatabase = {
  name: 'PostgreSQL',
  fresh: (t, migrations) => postgresql.place(t).then((place) => place.open(migrations)),
  async place(t) {
    const { url } = await postgres();
    const schema = `test_${++schemas}`;
    const maker = await openDatabase(url, { migrations: [] });
    await sql`CREATE SCHEMA ${sql.id(schema)}`.execute(maker.kysely);
    await maker.close();
    const opened: Database[] = [];
    t.teardown(async () => {
      for (const database of opened) await database.close();
    });
    return {
      url,
      schema,
      async open(migrations) {
        const database = await openDatabase(url, { migrations, schema });
        opened.push(database);
        return database;
      },
    };
  },
};

export const both: readonly TestDatabase[] = [sqlite, postgresql];
