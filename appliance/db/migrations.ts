import { problemsOf } from '@belkluis/shared/base/problem';
import type { Database } from 'better-sqlite3';

const problem = problemsOf({
  database_too_new:
    'The data directory was written by a newer version of Belkluis. Install that version again, or a later one.',
});

/** One step of a schema: SQL that is run once. A released step is never edited; a change is a new step. */
export type Migration = string;

/** Runs the steps that this file has not seen, all or none. @throws Problem `database_too_new`. */
export function migrate(database: Database, migrations: readonly Migration[]): void {
  database
    .transaction(() => {
      const done = database.pragma('user_version', { simple: true }) as number;
      if (done > migrations.length) throw problem('database_too_new');
      for (const step of migrations.slice(done)) database.exec(step);
      if (done < migrations.length) database.pragma(`user_version = ${migrations.length}`);
    })
    .immediate();
}
