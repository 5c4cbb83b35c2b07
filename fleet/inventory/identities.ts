/** What broker and enrolment ask of a box, which shows by its key who it is: no tenant asks here. */
import type { Clock } from '@belkluis/shared/base/clock';
import type { AnyTables } from '../db/open.ts';
import { problem } from './problems.ts';
import type { InventoryTables } from './tables.ts';
import type { BoxState } from './urgency.ts';

export interface Place {
  readonly state: BoxState;
  readonly msp: string;
  readonly customer: string;
  readonly site: string;
}

export function openIdentities({ database, clock }: { database: AnyTables; clock: Pick<Clock, 'now'> }) {
  const db = database.$extendTables<InventoryTables>();
  return {
    /** Null: nobody has claimed it, or it was removed. */
    async place(box: string): Promise<Place | null> {
      const row = await db
        .selectFrom('boxes')
        .select(['state', 'msp', 'customer', 'site'])
        .where('id', '=', box)
        .executeTakeFirst();
      return row ?? null;
    },

    /** How far its clock was ahead of ours at its last message, ms; null: not known. */
    async skewOf(box: string): Promise<number | null> {
      const row = await db.selectFrom('box_clocks').select('skew_ms').where('box', '=', box).executeTakeFirst();
      return row?.skew_ms ?? null;
    },

    /** Boxes that were revoked since, wall clock, ms: whoever has their connections ends them. */
    async revokedSince(since: number): Promise<readonly string[]> {
      const rows = await db.selectFrom('boxes').select('id').where('revoked_at', '>=', since).execute();
      return rows.map(({ id }) => id);
    },

    /** Versions of the program that active boxes run. */
    async versions(): Promise<readonly string[]> {
      const rows = await db
        .selectFrom('boxes')
        .select('software')
        .distinct()
        .where('state', '=', 'active')
        .where('software', 'is not', null)
        .execute();
      return rows.map(({ software }) => software!);
    },

    /** Active boxes that run one of these. */
    async running(versions: readonly string[]): Promise<readonly string[]> {
      if (versions.length === 0) return [];
      const rows = await db
        .selectFrom('boxes')
        .select('id')
        .where('state', '=', 'active')
        .where('software', 'in', versions)
        .execute();
      return rows.map(({ id }) => id);
    },

    /** It has its certificate: what it says is taken from now on. @throws Problem `box_unknown` when it does not wait for one. */
    async activate(box: string): Promise<void> {
      const { numUpdatedRows } = await db
        .updateTable('boxes')
        .set({ state: 'active', activated_at: clock.now() })
        .where('id', '=', box)
        .where('state', '=', 'pending')
        .executeTakeFirst();
      if (numUpdatedRows === 0n) throw problem('box_unknown');
    },
  };
}
