/** MSPs: for whoever runs the server, who is no tenant. */
import type { Clock } from '@belkluis/shared/base/clock';
import { faultOf } from '../db/faults.ts';
import type { AnyTables } from '../db/open.ts';
import { transact } from '../db/transact.ts';
import type { Append, TenantEvent } from './events.ts';
import { checkName } from './fields.ts';
import { problem } from './problems.ts';
import type { TenantTables } from './tables.ts';

export interface Msp {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
  readonly archivedAt: number | null;
}

export interface TenantsOptions {
  readonly database: AnyTables;
  readonly clock: Pick<Clock, 'now'>;
  /** Fresh ids (`db/ids.ts`). */
  readonly newId: () => string;
  readonly append: Append<TenantEvent>;
}

export type Msps = ReturnType<typeof openMsps>;

export function openMsps({ database, clock, newId, append }: TenantsOptions) {
  const db = database.$extendTables<TenantTables>();
  const taken = (error: unknown): never => {
    throw faultOf(error) === 'duplicate' ? problem('name_taken') : error;
  };
  const change = (event: TenantEvent, values: Partial<TenantTables['msps']>): Promise<void> =>
    transact(database, async (whole) => {
      await append(event, whole);
      const { numUpdatedRows } = await whole
        .$extendTables<TenantTables>()
        .updateTable('msps')
        .set(values)
        .where('id', '=', event.msp)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) throw problem('msp_unknown');
    }).catch(taken);

  return {
    /** @throws Problem `msp_unknown`. */
    async nameOf(msp: string): Promise<string> {
      const row = await db.selectFrom('msps').select('name').where('id', '=', msp).executeTakeFirst();
      if (!row) throw problem('msp_unknown');
      return row.name;
    },

    /** @throws Problem `name_invalid`, `name_taken`. */
    async create(name: string, actor: string): Promise<Msp> {
      const named = checkName(name);
      const id = newId();
      const createdAt = clock.now();
      await transact(database, async (whole) => {
        const transaction = whole.$extendTables<TenantTables>();
        await append({ kind: 'msp_created', actor, msp: id, of: id }, whole);
        await transaction
          .insertInto('msps')
          .values({ id, ...named, created_at: createdAt, archived_at: null })
          .execute();
      }).catch(taken);
      return { id, name: named.name, createdAt, archivedAt: null };
    },

    /** By name, with those that were archived. */
    async list(): Promise<readonly Msp[]> {
      const rows = await db.selectFrom('msps').selectAll().orderBy('name_key').execute();
      return rows.map(({ id, name, created_at, archived_at }) => ({
        id,
        name,
        createdAt: created_at,
        archivedAt: archived_at,
      }));
    },

    /** @throws Problem `msp_unknown`, `name_invalid`, `name_taken`. */
    rename: (msp: string, name: string, actor: string): Promise<void> =>
      change({ kind: 'msp_renamed', actor, msp, of: msp }, checkName(name)),

    /** Keeps all that is its own; who may still sign in there is for `access/` to say. @throws Problem `msp_unknown`. */
    archive: (msp: string, actor: string): Promise<void> =>
      change({ kind: 'msp_archived', actor, msp, of: msp }, { archived_at: clock.now() }),

    /** @throws Problem `msp_unknown`. */
    restore: (msp: string, actor: string): Promise<void> =>
      change({ kind: 'msp_restored', actor, msp, of: msp }, { archived_at: null }),

    /** Removes it with everything that is its own, in every room. @throws Problem `msp_unknown`. */
    async delete(msp: string, actor: string): Promise<void> {
      await transact(database, async (whole) => {
        const transaction = whole.$extendTables<TenantTables>();
        await append({ kind: 'msp_deleted', actor, msp, of: msp }, whole);
        const { numDeletedRows } = await transaction.deleteFrom('msps').where('id', '=', msp).executeTakeFirst();
        if (numDeletedRows === 0n) throw problem('msp_unknown');
      });
    },
  };
}
