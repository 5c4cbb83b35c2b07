/** SQLite as every room opens it: settings that make a commit mean what it says, set and checked on each connection. */
import { chmodSync, closeSync, fsyncSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { problemsOf } from '@belkluis/shared/base/problem';
import Database from 'better-sqlite3';
import { type Migration, migrate } from './migrations.ts';

export type { Database } from 'better-sqlite3';
export type { Migration } from './migrations.ts';

const problem = problemsOf({
  database_settings:
    'The database does not keep the settings that durability needs. Check the file system of the data directory.',
});

/** How long a writer waits for the other process's transaction, ms: its longest is a purge step, under 100 ms. */
const BUSY_TIMEOUT_MS = 10_000;

/** PRAGMA synchronous: 2 is FULL. */
const FULL = 2;

/**
 * Makes the names of the database and its write-ahead log durable. SQLite does so too, with its first commit, but goes on when the disk
 * refuses: a power cut then takes the whole log, and with it what was called committed. @throws for what the disk says.
 */
function syncNames(path: string): void {
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

export interface OpenOptions {
  readonly migrations: readonly Migration[];
  /** Overwrite what is deleted (with the truncating checkpoint, nothing of it stays in any file). */
  readonly secureDelete?: boolean;
  /** How long a writer waits for another's transaction, ms; default BUSY_TIMEOUT_MS. */
  readonly patienceMs?: number;
}

/**
 * Opens a database in WAL mode with `synchronous=FULL`, readable by its owner alone.
 * In WAL the setting falls back to NORMAL with the first write, so it is set again after the migrations, and read back.
 * @throws Problem `database_settings`, `database_too_new`; what the disk says when it does not take the names of the files.
 */
export function openDatabase(
  path: string,
  { migrations, secureDelete = false, patienceMs = BUSY_TIMEOUT_MS }: OpenOptions,
): Database.Database {
  const database = new Database(path);
  chmodSync(path, 0o600);
  database.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
  database.pragma('journal_mode = WAL');
  const settle = () => {
    database.pragma('synchronous = FULL');
    database.pragma('foreign_keys = ON');
    database.pragma('trusted_schema = OFF');
    if (secureDelete) database.pragma('secure_delete = ON');
  };
  settle();
  migrate(database, migrations);
  settle();
  database.pragma(`busy_timeout = ${patienceMs}`);
  const reads = (name: string) => database.pragma(name, { simple: true });
  const wrong = [
    reads('journal_mode') === 'wal' ? null : 'journal_mode',
    reads('synchronous') === FULL ? null : 'synchronous',
    !secureDelete || reads('secure_delete') === 1 ? null : 'secure_delete',
  ].filter((name) => name !== null);
  try {
    if (wrong.length > 0) throw problem('database_settings', wrong.join(', '));
    syncNames(path);
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}

/** How long a truncating checkpoint waits for readers, ms: it is tried again later, and its caller must not stand still. */
const TRUNCATE_PATIENCE_MS = 250;

/**
 * Moves the write-ahead log into the database and empties it, so that erased bytes are in neither. False while a reader holds it
 * (`busy`): then they may still be there.
 */
export function truncateLog(database: Database.Database): boolean {
  const patienceMs = database.pragma('busy_timeout', { simple: true }) as number;
  database.pragma(`busy_timeout = ${TRUNCATE_PATIENCE_MS}`);
  const [result] = database.pragma('wal_checkpoint(TRUNCATE)') as [{ busy: number }];
  database.pragma(`busy_timeout = ${patienceMs}`);
  return result.busy === 0;
}
