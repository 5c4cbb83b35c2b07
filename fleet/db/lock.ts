/** One writer at a time, where rows alone do not order those who write. */
import { type Kysely, PostgresAdapter, sql } from 'kysely';

/**
 * Whoever writes to `table` under this lock is alone until its transaction ends; who reads does not wait. As the first statement of a
 * transaction nothing that others commit meanwhile makes it run again (PostgreSQL 15, LOCK: the snapshot is taken after it). A
 * transaction of SQLite is alone from its beginning.
 */
export async function lockTable<Tables>(transaction: Kysely<Tables>, table: string): Promise<void> {
  if (!transaction.isTransaction) throw new Error('a lock needs a transaction');
  if (!(transaction.getExecutor().adapter instanceof PostgresAdapter)) return;
  await sql`LOCK TABLE ${sql.table(table)} IN EXCLUSIVE MODE`.execute(transaction);
}
