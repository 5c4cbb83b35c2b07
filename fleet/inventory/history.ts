/** The history of health: samples of the hour one a row, then packed and made coarser, then gone. */
import type { Clock } from '@belkluis/shared/base/clock';
import type { Gauges } from '@belkluis/shared/contract/gauges';
import { type Kysely, sql } from 'kysely';
import type { AnyTables } from '../db/open.ts';
import { transact } from '../db/transact.ts';
import {
  COUNTS_KEPT_MS,
  EVENTS_KEPT_MS,
  EXPIRED_ROWS,
  HEALTH_STEPS,
  HOUR_MS,
  IDS_KEPT_MS,
  PACK_AFTER_MS,
  PACKED_BOXES,
} from './limits.ts';
import { beginOf, type Point, packPoints, rollUp, unpackPoints } from './points.ts';
import type { InventoryTables } from './tables.ts';

export interface History {
  /** Packs whole hours of some boxes. False: there are no more for now. */
  pack(): Promise<boolean>;
  /** Deletes some of what is past its time. False: there is no more. */
  expire(): Promise<boolean>;
}

type Db = Kysely<InventoryTables>;

export function openHistory({ database, clock }: { database: AnyTables; clock: Pick<Clock, 'now'> }): History {
  const view = database.$extendTables<InventoryTables>();

  /** Adds points to what the rows of one step hold already. */
  async function merge(db: Db, box: string, points: readonly Point[], oldest: number, step: number, span: number) {
    const kept = rollUp(points, step).filter(({ at }) => at >= oldest);
    for (const [start, fresh] of Map.groupBy(kept, ({ at }) => beginOf(at, span))) {
      const key = { box, step, start_at: start };
      const row = await db
        .selectFrom('health_chunks')
        .select('points')
        .where((builder) => builder.and(key))
        .executeTakeFirst();
      const all = rollUp([...(row ? unpackPoints(start, row.points) : []), ...fresh], step);
      await db
        .insertInto('health_chunks')
        .values({ ...key, points: packPoints(start, all) })
        .onConflict((on) =>
          on.columns(['box', 'step', 'start_at']).doUpdateSet(({ ref }) => ({ points: ref('excluded.points') })),
        )
        .execute();
    }
  }

  return {
    pack: () =>
      transact(database, async (whole) => {
        const db = whole.$extendTables<InventoryTables>();
        const now = clock.now();
        const until = beginOf(now - PACK_AFTER_MS, HOUR_MS);
        const boxes = await db
          .selectFrom('health_raw')
          .select('box')
          .distinct()
          .where('at', '<', until)
          .limit(PACKED_BOXES)
          .execute();
        if (boxes.length === 0) return false;
        const rows = await db
          .deleteFrom('health_raw')
          .where(
            'box',
            'in',
            boxes.map(({ box }) => box),
          )
          .where('at', '<', until)
          .returningAll()
          .execute();
        for (const [box, samples] of Map.groupBy(rows, (row) => row.box)) {
          const points = samples.map(({ at, gauges }): Point => ({ at, gauges: JSON.parse(gauges) as Gauges }));
          for (const { step, span, keep } of HEALTH_STEPS) await merge(db, box, points, now - keep, step, span);
        }
        return true;
      }),

    async expire() {
      const now = clock.now();
      let more = false;
      for (const { step, span, keep } of HEALTH_STEPS) {
        const { numDeletedRows } = await view
          .deleteFrom('health_chunks')
          .where(
            sql<boolean>`(box, step, start_at) IN (SELECT box, step, start_at FROM health_chunks
              WHERE step = ${step} AND start_at < ${now - keep - span} LIMIT ${EXPIRED_ROWS})`,
          )
          .executeTakeFirst();
        more ||= numDeletedRows === BigInt(EXPIRED_ROWS);
      }
      const { numDeletedRows } = await view
        .deleteFrom('box_events')
        .where(
          sql<boolean>`(box, id) IN (SELECT box, id FROM box_events
            WHERE heard_at < ${now - EVENTS_KEPT_MS} LIMIT ${EXPIRED_ROWS})`,
        )
        .executeTakeFirst();
      const hours = await view
        .deleteFrom('box_hours')
        .where(
          sql<boolean>`(box, hour) IN (SELECT box, hour FROM box_hours
            WHERE hour < ${now - COUNTS_KEPT_MS} LIMIT ${EXPIRED_ROWS})`,
        )
        .executeTakeFirst();
      const ids = await view
        .deleteFrom('box_messages')
        .where(
          sql<boolean>`(box, id) IN (SELECT box, id FROM box_messages
            WHERE heard_at < ${now - IDS_KEPT_MS} LIMIT ${EXPIRED_ROWS})`,
        )
        .executeTakeFirst();
      const deleted = [numDeletedRows, hours.numDeletedRows, ids.numDeletedRows];
      return more || deleted.includes(BigInt(EXPIRED_ROWS));
    },
  };
}
