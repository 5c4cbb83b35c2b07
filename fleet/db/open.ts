/** The fleet's database, by URL: SQLite in a file beside the process, or PostgreSQL. Rooms cannot tell which. */
import { type Log, silentLog } from '@belkluis/shared/base/log';
import { Kysely } from 'kysely';
import { type Migration, migrate } from './migrations.ts';
import { checkServer, dialectOf, lockMigrations, openPool } from './postgres.ts';
import { openSqlite } from './sqlite.ts';
import { parseDatabaseUrl } from './url.ts';

export type { Migration } from './migrations.ts';

/** Sees no table: a room takes its view by `$extendTables<ItsTables>()` (a `type`, not an interface), of this or of a transaction. */
export type AnyTables = Kysely<Record<never, never>>;

export interface Database {
  readonly kind: 'sqlite' | 'postgres';
  readonly kysely: AnyTables;
  close(): Promise<void>;
}

export interface OpenOptions {
  /** Of all rooms, those that are referred to before those that refer. */
  readonly migrations: readonly Migration[];
  readonly log?: Log;
  /** PostgreSQL: the schema to work in instead of the user's own. */
  readonly schema?: string;
}

/**
 * Opens the database and brings its schema up to date. Several processes may start at once: one migrates, the others wait.
 * @throws Problem of `problems.ts`.
 */
export async function openDatabase(
  url: string,
  { migrations, log = silentLog, schema }: OpenOptions,
): Promise<Database> {
  const target = parseDatabaseUrl(url);
  if (target.kind === 'sqlite') {
    const file = openSqlite(target.path);
    const kysely: AnyTables = new Kysely({ dialect: file.dialect });
    try {
      await migrate(kysely, migrations, async () => {});
      file.settled();
    } catch (error) {
      file.close();
      throw error;
    }
    return { kind: 'sqlite', kysely, close: () => kysely.destroy() };
  }
  const kysely: AnyTables = new Kysely({ dialect: dialectOf(openPool(target, log, schema)) });
  try {
    await checkServer(kysely);
    await migrate(kysely, migrations, lockMigrations);
  } catch (error) {
    await kysely.destroy();
    throw error;
  }
  return { kind: 'postgres', kysely, close: () => kysely.destroy() };
}
