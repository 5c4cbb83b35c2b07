/** New policies in the place of those before them. */
import { unfinished } from './answers.ts';
import { ROWS_AT_ONCE } from './limits.ts';
import { chunks, type Db } from './parts.ts';
import type { PolicyTables } from './tables.ts';

/**
 * Puts signed policies in the place of what their boxes had not taken, which is `before` from now on. What is in force stays known as that: it is what the
 * new one follows. Inside a transaction.
 */
export async function putSigned(
  db: Db,
  rows: readonly PolicyTables['policy_signed'][],
  before: 'superseded' | 'renewed',
): Promise<void> {
  for (const some of chunks(rows, ROWS_AT_ONCE)) {
    await db
      .updateTable('policy_signed')
      .set({ state: before })
      .where(
        'box',
        'in',
        some.map(({ box }) => box),
      )
      .where('state', 'in', unfinished)
      .execute();
    await db.insertInto('policy_signed').values(some).execute();
    await db
      .insertInto('policy_standing')
      .values(
        some.map(({ box, version, hash, signed_at }) => ({
          ...{ box, version, hash, state: 'waiting' as const, why: null },
          since: signed_at,
          report_at: null,
        })),
      )
      .onConflict((on) =>
        on.column('box').doUpdateSet(({ ref }) => ({
          state: ref('excluded.state'),
          version: ref('excluded.version'),
          hash: ref('excluded.hash'),
          why: null,
          since: ref('excluded.since'),
          report_at: null,
        })),
      )
      .execute();
  }
}
