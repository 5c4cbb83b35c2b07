/** The database of one epoch: sealed entries, and where this epoch stands. Several processes have it open. */
import type { KeyObject } from 'node:crypto';
import { type Database, openDatabase, truncateLog } from '../../db/open.ts';
import type { Kind } from './row.ts';

const migrations = [
  `CREATE TABLE entries (
     kind INTEGER NOT NULL,
     name TEXT NOT NULL,
     sealed BLOB NOT NULL,
     expires_at INTEGER,
     PRIMARY KEY (kind, name)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE changed (
     kind INTEGER NOT NULL,
     name TEXT NOT NULL,
     PRIMARY KEY (kind, name)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE state (
     one INTEGER PRIMARY KEY CHECK (one = 1),
     in_force INTEGER NOT NULL DEFAULT 0,
     attempts INTEGER NOT NULL DEFAULT 0,
     successor INTEGER
   ) STRICT;
   INSERT INTO state (one) VALUES (1)`,
];

export interface State {
  /** False: a copy that an advance has not finished. */
  readonly inForce: boolean;
  /** Advances that were begun from here. While there is one, what changes is noted in `changed`. */
  readonly attempts: number;
  /** The epoch that took over; null: this one is in force. */
  readonly successor: number | null;
}

export interface Entry {
  readonly kind: Kind;
  readonly name: string;
  readonly sealed: Buffer;
  /** When an advance leaves it behind; null: never. */
  readonly expires_at: number | null;
}

/** One epoch, open. */
export interface Store {
  readonly epoch: number;
  readonly database: Database;
  state(): State;
  get(kind: Kind, name: string): Entry | null;
  names(kind: Kind): readonly string[];
  expiries(kind: Kind): readonly { name: string; expiresAt: number }[];
  /** Up to `limit` entries after this one, in their order. */
  after(kind: number, name: string, limit: number): readonly Entry[];
  /** Adds entries, or puts them in place of those of their names. */
  write(entries: readonly Entry[]): void;
  /** Removes an entry; false when there was none. */
  remove(kind: Kind, name: string): boolean;
  /** Tells an advance under way that it must look at this entry again. */
  note(kind: Kind, name: string): void;
  changed(): readonly { kind: Kind; name: string }[];
  forgetChanges(): void;
  set(state: { attempts: number } | { inForce: true } | { successor: number | null }): void;
  /** All or nothing, with nobody else writing; committed with FULL when it returns. */
  transaction<T>(work: () => T): T;
  /** Reads that see one moment. */
  snapshot<T>(work: () => T): T;
  /** False while a reader holds the log: bytes of what was removed may still be in it. */
  truncate(): boolean;
  close(): void;
}

/** An epoch and its key. */
export interface Keyed {
  readonly store: Store;
  readonly key: KeyObject;
  readonly kind: 'tpm' | 'file';
}

/** Opens the database of an epoch, made when it is not there. */
export function openStore(path: string, epoch: number): Store {
  const database = openDatabase(path, { migrations, secureDelete: true });
  const readState = database.prepare('SELECT in_force, attempts, successor FROM state');
  const select = database.prepare('SELECT kind, name, sealed, expires_at FROM entries WHERE kind = ? AND name = ?');
  const names = database.prepare('SELECT name FROM entries WHERE kind = ? ORDER BY name').pluck();
  const expiries = database.prepare('SELECT name, expires_at AS expiresAt FROM entries WHERE kind = ? ORDER BY name');
  const next = database.prepare(
    'SELECT kind, name, sealed, expires_at FROM entries WHERE (kind, name) > (?, ?) ORDER BY kind, name LIMIT ?',
  );
  const replace = database.prepare(
    'INSERT OR REPLACE INTO entries (kind, name, sealed, expires_at) VALUES (?, ?, ?, ?)',
  );
  const remove = database.prepare('DELETE FROM entries WHERE kind = ? AND name = ?');
  const note = database.prepare('INSERT OR IGNORE INTO changed (kind, name) VALUES (?, ?)');
  const changed = database.prepare('SELECT kind, name FROM changed');
  const forgetChanges = database.prepare('DELETE FROM changed');
  const setAttempts = database.prepare('UPDATE state SET attempts = ?');
  const setInForce = database.prepare('UPDATE state SET in_force = 1');
  const setSuccessor = database.prepare('UPDATE state SET successor = ?');
  return {
    epoch,
    database,
    state() {
      const row = readState.get() as { in_force: number; attempts: number; successor: number | null };
      return { inForce: row.in_force === 1, attempts: row.attempts, successor: row.successor };
    },
    get: (kind, name) => (select.get(kind, name) as Entry | undefined) ?? null,
    names: (kind) => names.all(kind) as string[],
    expiries: (kind) => expiries.all(kind) as { name: string; expiresAt: number }[],
    after: (kind, name, limit) => next.all(kind, name, limit) as Entry[],
    write(entries) {
      for (const { kind, name, sealed, expires_at } of entries) replace.run(kind, name, sealed, expires_at);
    },
    remove: (kind, name) => remove.run(kind, name).changes > 0,
    note: (kind, name) => void note.run(kind, name),
    changed: () => changed.all() as { kind: Kind; name: string }[],
    forgetChanges: () => void forgetChanges.run(),
    set(state) {
      if ('attempts' in state) setAttempts.run(state.attempts);
      else if ('successor' in state) setSuccessor.run(state.successor);
      else setInForce.run();
    },
    transaction: (work) => database.transaction(work).immediate(),
    snapshot: (work) => database.transaction(work).deferred(),
    truncate: () => truncateLog(database),
    close: () => database.close(),
  };
}
