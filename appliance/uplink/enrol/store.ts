/** What the box keeps of its enrolment, as one row: keys and state change together or not at all. */
import { openDatabase } from '../../db/open.ts';
import { alone, type Kept, keptSchema } from './state.ts';

const migrations = ['CREATE TABLE enrolment (id INTEGER PRIMARY KEY CHECK (id = 1), state TEXT NOT NULL) STRICT'];

export interface EnrolmentStore {
  read(): Kept;
  /**
   * Puts `next` in the place of `before`; false: somebody else changed it meanwhile, and nothing was written. What was there is overwritten on the disk.
   */
  replace(before: Kept, next: Kept): boolean;
  close(): void;
}

export function openEnrolmentStore(path: string): EnrolmentStore {
  const database = openDatabase(path, { migrations, secureDelete: true });
  const select = database.prepare('SELECT state FROM enrolment').pluck();
  const insert = database.prepare('INSERT INTO enrolment (id, state) VALUES (1, ?)');
  const clear = database.prepare('DELETE FROM enrolment');
  const read = (): Kept => {
    const text = select.get() as string | undefined;
    return text === undefined ? alone : keptSchema.parse(JSON.parse(text));
  };
  const replace = database.transaction((before: Kept, next: Kept): boolean => {
    if (JSON.stringify(read()) !== JSON.stringify(before)) return false;
    clear.run();
    if (next.at !== 'alone') insert.run(JSON.stringify(keptSchema.parse(next)));
    return true;
  });
  return {
    read,
    replace(before, next) {
      const done = replace.immediate(before, next);
      // The log of the database holds old pages too.
      if (done) database.pragma('wal_checkpoint(TRUNCATE)');
      return done;
    },
    close: () => void database.close(),
  };
}
