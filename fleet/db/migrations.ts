/** Steps of the schema: each room keeps its own list, and the composition root hands all of them over. */
import { type Kysely, sql } from 'kysely';
import { problem } from './problems.ts';

/**
 * One step, run once. Its name, `room-number`, is unique and never changes; a released step is never edited. The statements are SQL that
 * SQLite and PostgreSQL both read: types `text`, `bigint`, `integer` and nothing else, `REFERENCES`, `CHECK`, `CREATE INDEX`, `ADD COLUMN`.
 * A table that others refer to is never dropped: SQLite would drop their rows with it.
 */
export interface Migration {
  readonly name: string;
  readonly statements: readonly string[];
}

/** What was run is written down here, in its order. */
export const LEDGER = 'migrations';

const roomOf = (name: string): string => name.replace(/-\d+$/, '');

/** Finds what only a programmer can get wrong: names that are not unique, or not numbered from 1 in their room. */
function check(migrations: readonly Migration[]): void {
  const counted = new Map<string, number>();
  for (const { name } of migrations) {
    const room = roomOf(name);
    const number = (counted.get(room) ?? 0) + 1;
    counted.set(room, number);
    if (name !== `${room}-${number}`) throw new Error(`migration ${name}: expected ${room}-${number}`);
  }
}

/**
 * Runs the steps that this database has not seen, all or none, while other processes that start wait. `lock` is run first, inside the
 * transaction. @throws Problem `database_too_new` when it has seen one that is not in the list.
 */
export async function migrate(
  database: Kysely<Record<never, never>>,
  migrations: readonly Migration[],
  lock: (transaction: Kysely<Record<never, never>>) => Promise<void>,
): Promise<void> {
  check(migrations);
  await database.transaction().execute(async (transaction) => {
    await lock(transaction);
    const table = sql.table(LEDGER);
    await sql`CREATE TABLE IF NOT EXISTS ${table} (position integer PRIMARY KEY, name text NOT NULL UNIQUE)`.execute(
      transaction,
    );
    const { rows } = await sql<{ name: string }>`SELECT name FROM ${table} ORDER BY position`.execute(transaction);
    const known = new Set(migrations.map(({ name }) => name));
    const stranger = rows.find(({ name }) => !known.has(name));
    if (stranger) throw problem('database_too_new', stranger.name);
    const done = new Set(rows.map(({ name }) => name));
    let position = rows.length;
    for (const { name, statements } of migrations) {
      if (done.has(name)) continue;
      for (const statement of statements) await sql.raw(statement).execute(transaction);
      await sql`INSERT INTO ${table} (position, name) VALUES (${++position}, ${name})`.execute(transaction);
    }
  });
}
