/** SQLite below Kysely: one file, one connection, a commit that means what it says. */
import { chmodSync, closeSync, fsyncSync, openSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type SqliteDatabase,
  SqliteDialect,
  type SqliteDialectConfig,
  SqliteDriver,
  type SqliteStatement,
} from 'kysely';
import { problem } from './problems.ts';

/** How long a statement waits for another process, ms. The whole fleet waits along, so it is short: only commands at the terminal are others. */
const BUSY_TIMEOUT_MS = 5_000;

/** PRAGMA synchronous: 2 is FULL. */
const FULL = 2;

/** A transaction takes the write lock when it begins, so that it never has to give way in the middle. */
class ImmediateDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }
}

/** Statements that stay compiled: those of a fleet that say always the same, and batches of the sizes that were last. */
const KEPT_STATEMENTS = 256;

/** Compiling costs as much as a small statement itself, and what was compiled leaves memory late. */
function keepStatements(file: BetterSqlite3.Database): SqliteDatabase {
  const kept = new Map<string, BetterSqlite3.Statement>();
  return {
    prepare(sql) {
      const statement = kept.get(sql) ?? file.prepare(sql);
      // Who was used last leaves last.
      kept.delete(sql);
      kept.set(sql, statement);
      if (kept.size > KEPT_STATEMENTS) kept.delete(kept.keys().next().value!);
      return statement as unknown as SqliteStatement;
    },
    close: () => void file.close(),
  };
}

class ImmediateDialect extends SqliteDialect {
  readonly #config: SqliteDialectConfig;
  constructor(config: SqliteDialectConfig) {
    super(config);
    this.#config = config;
  }
  override createDriver(): Driver {
    return new ImmediateDriver(this.#config);
  }
}

/** Sets what every connection needs; in WAL `synchronous` falls back to NORMAL with the first write, so this is done again after it. */
function settle(file: BetterSqlite3.Database): void {
  file.pragma('synchronous = FULL');
  file.pragma('foreign_keys = ON');
  file.pragma('trusted_schema = OFF');
}

/** Makes the names of the file and its log durable: SQLite goes on when the disk refuses that. */
function syncNames(path: string): void {
  const folder = openSync(dirname(resolve(path)), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

export interface SqliteFile {
  readonly dialect: SqliteDialect;
  /** Checks after the first write that the settings hold. @throws Problem `database_settings`; what the disk says. */
  settled(): void;
  close(): void;
}

/** Opens the file, made when it is not there, readable by its owner alone. @throws Problem `database_path`. */
export function openSqlite(path: string): SqliteFile {
  let file: BetterSqlite3.Database;
  try {
    file = new BetterSqlite3(path);
    chmodSync(path, 0o600);
    file.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
    file.pragma('journal_mode = WAL');
    settle(file);
  } catch (error) {
    throw problem('database_path', (error as { code?: string }).code, error);
  }
  return {
    dialect: new ImmediateDialect({ database: keepStatements(file) }),
    settled() {
      settle(file);
      const reads = (name: string) => file.pragma(name, { simple: true });
      if (reads('journal_mode') !== 'wal' || reads('synchronous') !== FULL) throw problem('database_settings');
      syncNames(path);
    },
    close: () => file.close(),
  };
}
