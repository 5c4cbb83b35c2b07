/** Work that happens whole or not at all, as if nobody else were there. */
import type { Kysely, Transaction } from 'kysely';
import { faultOf } from './faults.ts';
import { lockTable } from './lock.ts';
import { LEDGER } from './migrations.ts';

/** Tries of one transaction. Whenever one gives way another has committed, so this many in a row mean a crowd, not bad luck. */
const MAX_TRIES = 10;

/**
 * Runs `work` in a transaction and commits; what it throws rolls back. When another transaction came first it runs again, so it must
 * have no effect outside the database. Inside a transaction it joins that one. With SQLite, do not use `database` itself in `work`: it
 * waits for this very transaction.
 */
export async function transact<Tables, Result>(
  database: Kysely<Tables>,
  work: (transaction: Kysely<Tables>) => Promise<Result>,
): Promise<Result> {
  if (database.isTransaction) return work(database);
  for (let tried = 1; ; tried++) {
    try {
      return await database
        .transaction()
        .setIsolationLevel('serializable')
        .execute(async (transaction: Transaction<Tables>) => {
          // Those that gave way take turns, or a crowd that writes to one place gives way to itself for ever. Any table that is there does.
          if (tried > 1) await lockTable(transaction, LEDGER);
          return await work(transaction);
        });
    } catch (error) {
      if (faultOf(error) !== 'conflict' || tried === MAX_TRIES) throw error;
    }
  }
}
