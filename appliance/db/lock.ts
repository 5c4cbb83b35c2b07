/** A lock that processes share and that dies with whoever holds it: SQLite's own, on a file without content. */
import { chmodSync } from 'node:fs';
import Database from 'better-sqlite3';

export interface Lock {
  /** Takes the lock; call what it returns to give it back. Null when somebody holds it for longer than `patienceMs`, or this object does. */
  take(patienceMs: number): (() => void) | null;
  close(): void;
}

/** Opens the lock whose file is `path`, made when it is not there. */
export function openLock(path: string): Lock {
  const database = new Database(path);
  chmodSync(path, 0o600);
  return {
    take(patienceMs) {
      if (database.inTransaction) return null;
      database.pragma(`busy_timeout = ${patienceMs}`);
      try {
        database.exec('BEGIN IMMEDIATE');
      } catch (error) {
        if ((error as { code?: string }).code === 'SQLITE_BUSY') return null;
        throw error;
      }
      return () => {
        if (database.open) database.exec('ROLLBACK');
      };
    },
    close: () => database.close(),
  };
}
