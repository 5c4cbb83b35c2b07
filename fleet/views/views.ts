/**
 * Filters of the list of boxes under a name: a person's own, or for everybody of an MSP. A view opens nothing: it is asked anew, with what the one who asks
 * may see. Those for everybody are shown to who sees all of the MSP, for a name may tell of a customer.
 */
import type { Clock } from '@belkluis/shared/base/clock';
import { z } from 'zod';
import { faultOf } from '../db/faults.ts';
import type { AnyTables } from '../db/open.ts';
import { transact } from '../db/transact.ts';
import { checkName } from '../tenants/fields.ts';
import type { Scope } from '../tenants/scope.ts';
import type { Append } from './events.ts';
import { MAX_PART_LENGTH, MAX_PARTS, MAX_VIEWS } from './limits.ts';
import { problem } from './problems.ts';
import type { ViewTables } from './tables.ts';

const filterSchema = z
  .record(z.string().regex(/^[a-z]{1,20}$/), z.string().min(1).max(MAX_PART_LENGTH))
  .refine((filter) => Object.keys(filter).length <= MAX_PARTS);

/** By names of the address. */
export type ViewFilter = z.infer<typeof filterSchema>;

export interface SavedView {
  readonly id: string;
  readonly name: string;
  readonly filter: ViewFilter;
  /** For everybody of the MSP. */
  readonly shared: boolean;
}

/** Who asks, and of what they see boxes. */
export interface Asker {
  readonly person: string;
  readonly scope: Scope;
}

export interface ViewsOptions {
  readonly database: AnyTables;
  readonly clock: Pick<Clock, 'now'>;
  /** Fresh ids (`db/ids.ts`). */
  readonly newId: () => string;
  readonly append: Append;
}

export type Views = ReturnType<typeof openViews>;

export function openViews({ database, clock, newId, append }: ViewsOptions) {
  const view = (whole: AnyTables) => whole.$extendTables<ViewTables>();
  const holderOf = ({ person, scope }: Asker, shared: boolean) => (shared ? scope.msp : person);
  /** Whose views somebody sees. */
  const holders = (asker: Asker): readonly string[] => [
    holderOf(asker, false),
    ...(asker.scope.within === 'all' ? [holderOf(asker, true)] : []),
  ];

  return {
    /** Those that somebody sees, by name. */
    async of(asker: Asker): Promise<readonly SavedView[]> {
      const rows = await view(database)
        .selectFrom('saved_views')
        .selectAll()
        .where('msp', '=', asker.scope.msp)
        .where('holder', 'in', holders(asker))
        .orderBy('name_key')
        .orderBy('id')
        .execute();
      return rows.map(({ id, name, filter, person }) => ({
        ...{ id, name, filter: filterSchema.parse(JSON.parse(filter)), shared: person === null },
      }));
    },

    /** `shared`: whoever asks may do so. @throws Problem `name_invalid`, `name_taken`, `view_empty`, `views_full`; ZodError of what is no filter. */
    async save(
      asker: Asker,
      { name, filter, shared }: { readonly name: string; readonly filter: ViewFilter; readonly shared: boolean },
    ): Promise<string> {
      const checked = filterSchema.parse(filter);
      if (Object.keys(checked).length === 0) throw problem('view_empty');
      const named = checkName(name);
      const [holder, { msp }, id] = [holderOf(asker, shared), asker.scope, newId()];
      await transact(database, async (whole) => {
        const tx = view(whole);
        const { views } = await tx
          .selectFrom('saved_views')
          .select(({ fn }) => fn.countAll<number>().as('views'))
          .where('holder', '=', holder)
          .executeTakeFirstOrThrow();
        if (Number(views) >= MAX_VIEWS) throw problem('views_full');
        await append({ kind: 'view_saved', actor: asker.person, facts: { msp, view: id, shared } }, whole);
        const person = shared ? null : asker.person;
        const row = { id, msp, person, holder, ...named, filter: JSON.stringify(checked), saved_at: clock.now() };
        await tx.insertInto('saved_views').values(row).execute();
      }).catch((error) => {
        throw faultOf(error) === 'duplicate' ? problem('name_taken') : error;
      });
      return id;
    },

    /** One's own, or, where `shared`, one for everybody: whoever asks may do that. @throws Problem `view_unknown`. */
    remove: (asker: Asker, id: string, shared: boolean): Promise<void> =>
      transact(database, async (whole) => {
        const { msp } = asker.scope;
        await append({ kind: 'view_removed', actor: asker.person, facts: { msp, view: id, shared } }, whole);
        const { numDeletedRows } = await view(whole)
          .deleteFrom('saved_views')
          .where('id', '=', id)
          .where('holder', '=', holderOf(asker, shared))
          .executeTakeFirst();
        if (numDeletedRows === 0n) throw problem('view_unknown');
      }),
  };
}
