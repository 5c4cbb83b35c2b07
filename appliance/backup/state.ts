/** What each destination has, remembered here so that a run sends only what is new. It can be lost: a listing tells most of it again. */
import Raw from 'better-sqlite3';
import { openDatabase } from '../db/open.ts';
import { problem } from './problems.ts';

const migrations = [
  `CREATE TABLE destinations (
     name TEXT PRIMARY KEY,
     listed INTEGER NOT NULL DEFAULT 0,
     generation INTEGER NOT NULL DEFAULT 0,
     log_size INTEGER NOT NULL DEFAULT 0,
     done_at INTEGER,
     last_at INTEGER,
     last_outcome TEXT,
     last_recordings INTEGER NOT NULL DEFAULT 0,
     last_bytes INTEGER NOT NULL DEFAULT 0,
     drilled_at INTEGER,
     drill_outcome TEXT,
     drill_seconds INTEGER NOT NULL DEFAULT 0
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE contents (
     destination TEXT NOT NULL,
     recording TEXT NOT NULL,
     bytes INTEGER NOT NULL,
     PRIMARY KEY (destination, recording)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE snapshots (
     destination TEXT NOT NULL,
     snapshot TEXT NOT NULL,
     PRIMARY KEY (destination, snapshot)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE known (
     destination TEXT NOT NULL,
     recording TEXT NOT NULL,
     PRIMARY KEY (destination, recording)
   ) STRICT, WITHOUT ROWID`,
];

/** A destination as it is remembered. Instants are wall clock, ms. */
export interface KnownDestination {
  readonly name: string;
  /** The last backup that was whole; null: never yet. */
  readonly doneAt: number | null;
  /** The last try: `done`, or the code of what went wrong. */
  readonly last: {
    readonly at: number;
    readonly outcome: string;
    readonly recordings: number;
    readonly bytes: number;
  } | null;
  readonly drill: { readonly at: number; readonly outcome: string; readonly seconds: number } | null;
  /** Snapshots that are there, newest first: what was erased after one was made may still be opened from it, by the escrow key. */
  readonly snapshots: readonly string[];
}

export type BackupState = ReturnType<typeof openBackupState>;

interface Row {
  readonly generation: number;
  readonly log_size: number;
  readonly done_at: number | null;
  readonly last_at: number | null;
  readonly last_outcome: string | null;
  readonly last_recordings: number;
  readonly last_bytes: number;
  readonly drilled_at: number | null;
  readonly drill_outcome: string | null;
  readonly drill_seconds: number;
}

export function openBackupState(path: string) {
  const database = openDatabase(path, { migrations, secureDelete: true });
  const select = database.prepare('SELECT * FROM destinations WHERE name = ?');
  const make = database.prepare('INSERT OR IGNORE INTO destinations (name) VALUES (?)');
  const isListed = database.prepare('SELECT listed FROM destinations WHERE name = ?').pluck();
  const setListed = database.prepare('UPDATE destinations SET listed = 1 WHERE name = ?');
  const setLog = database.prepare('UPDATE destinations SET generation = ?, log_size = ? WHERE name = ?');
  const setLast = database.prepare(
    `UPDATE destinations SET last_at = @at, last_outcome = @outcome, last_recordings = @recordings, last_bytes = @bytes,
       done_at = CASE @outcome WHEN 'done' THEN @at ELSE done_at END
     WHERE name = @name`,
  );
  const setDrill = database.prepare(
    'UPDATE destinations SET drilled_at = @at, drill_outcome = @outcome, drill_seconds = @seconds WHERE name = @name',
  );
  const dropSnapshots = database.prepare('DELETE FROM snapshots WHERE destination = ?');
  const addSnapshot = database.prepare('INSERT INTO snapshots VALUES (?, ?)');
  const snapshots = database
    .prepare('SELECT snapshot FROM snapshots WHERE destination = ? ORDER BY snapshot DESC')
    .pluck();
  const setSnapshots = database.transaction((destination: string, all: readonly string[]) => {
    dropSnapshots.run(destination);
    for (const snapshot of all) addSnapshot.run(destination, snapshot);
  });
  const addContent = database.prepare('INSERT OR REPLACE INTO contents VALUES (?, ?, ?)');
  const dropContent = database.prepare('DELETE FROM contents WHERE destination = ? AND recording = ?');
  const hasContent = database.prepare('SELECT 1 FROM contents WHERE destination = ? AND recording = ?').pluck();
  const known = database
    .prepare('SELECT recording FROM known WHERE destination = ? AND recording > ? ORDER BY recording LIMIT ?')
    .pluck();
  const addKnown = database.prepare('INSERT OR IGNORE INTO known VALUES (?, ?)');
  const dropKnown = database.prepare('DELETE FROM known WHERE destination = ? AND recording = ?');
  const addAll = database.transaction((destination: string, recordings: readonly string[]) => {
    for (const recording of recordings) addKnown.run(destination, recording);
  });
  const dropAll = database.transaction((destination: string, recordings: readonly string[]) => {
    for (const recording of recordings) dropKnown.run(destination, recording);
  });
  const rebuild = database.transaction(
    (destination: string, found: readonly { recording: string; bytes: number }[], generation: number, size: number) => {
      make.run(destination);
      setListed.run(destination);
      setLog.run(generation, size, destination);
      for (const { recording, bytes } of found) {
        addContent.run(destination, recording, bytes);
        addKnown.run(destination, recording);
      }
    },
  );
  const reset = database.transaction((destination: string) => {
    for (const table of ['contents', 'known']) {
      database.prepare(`DELETE FROM ${table} WHERE destination = ?`).run(destination);
    }
    setLog.run(0, 0, destination);
    dropSnapshots.run(destination);
  });
  return {
    /** Whether it is remembered what the destination has; otherwise it is listed first. */
    isListed: (destination: string): boolean => isListed.get(destination) === 1,
    /** Remembers what a listing found: its contents, and how much of the log. */
    rebuild: (
      destination: string,
      found: readonly { readonly recording: string; readonly bytes: number }[],
      generation: number,
      logSize: number,
    ): void => rebuild.immediate(destination, found, generation, logSize),
    /** Forgets what a place had: it is empty now. */
    reset: (destination: string): void => reset.immediate(destination),
    log(destination: string): { readonly generation: number; readonly size: number } {
      const row = select.get(destination) as Row | undefined;
      return { generation: row?.generation ?? 0, size: row?.log_size ?? 0 };
    },
    logSent: (destination: string, generation: number, size: number): void => {
      setLog.run(generation, size, destination);
    },
    hasContent: (destination: string, recording: string): boolean =>
      hasContent.get(destination, recording) !== undefined,
    contentSent: (destination: string, recording: string, bytes: number): void => {
      addContent.run(destination, recording, bytes);
    },
    contentGone: (destination: string, recording: string): void => {
      dropContent.run(destination, recording);
    },
    /** Recordings whose wraps went into a snapshot there, or whose content did, and that were not reported as erased yet; by id. */
    known: (destination: string, after: string, limit: number): string[] =>
      known.all(destination, after, limit) as string[],
    remember: (destination: string, recordings: readonly string[]): void => addAll.immediate(destination, recordings),
    forget: (destination: string, recordings: readonly string[]): void => dropAll.immediate(destination, recordings),
    /** How a run ended: `done`, or the code of what went wrong. */
    ended(
      name: string,
      last: {
        readonly at: number;
        readonly outcome: string;
        readonly recordings: number;
        readonly bytes: number;
      },
    ): void {
      make.run(name);
      setLast.run({ name, ...last });
    },
    drilled(name: string, drill: { readonly at: number; readonly outcome: string; readonly seconds: number }): void {
      make.run(name);
      setDrill.run({ name, ...drill });
    },
    snapshots: (destination: string, all: readonly string[]): void => setSnapshots.immediate(destination, all),
    describe(name: string): KnownDestination {
      const row = select.get(name) as Row | undefined;
      return {
        name,
        doneAt: row?.done_at ?? null,
        last:
          row && row.last_at !== null && row.last_outcome !== null
            ? { at: row.last_at, outcome: row.last_outcome, recordings: row.last_recordings, bytes: row.last_bytes }
            : null,
        drill:
          row && row.drilled_at !== null && row.drill_outcome !== null
            ? { at: row.drilled_at, outcome: row.drill_outcome, seconds: row.drill_seconds }
            : null,
        snapshots: snapshots.all(name) as string[],
      };
    },
    close: (): void => {
      database.close();
    },
  };
}

/**
 * Keeps others from running backups of this box at the same time; the system lets go when the process dies.
 * @throws Problem `backup_running`.
 */
export function lockBackups(path: string): () => void {
  const database = new Raw(path);
  try {
    database.pragma('busy_timeout = 0');
    database.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    throw (cause as { code?: string }).code === 'SQLITE_BUSY' ? problem('backup_running', undefined, cause) : cause;
  }
  return () => database.close();
}
