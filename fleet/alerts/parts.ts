/** What each part of the room is given, and how rows are read. */
import type { Clock } from '@belkluis/shared/base/clock';
import type { Kysely } from 'kysely';
import type { AccessTables } from '../access/tables.ts';
import type { AnyTables } from '../db/open.ts';
import type { InventoryTables } from '../inventory/tables.ts';
import { inScope, type Scope } from '../tenants/scope.ts';
import type { TenantTables } from '../tenants/tables.ts';
import type { Append } from './events.ts';
import { MAX_NOTE_LENGTH } from './limits.ts';
import { problem } from './problems.ts';
import type { AlertTables, PlaceColumns } from './tables.ts';

export interface Parts {
  readonly database: AnyTables;
  readonly clock: Pick<Clock, 'now'>;
  readonly newId: () => string;
  /** The fleet's own log. */
  readonly append: Append;
}

export type Tables = AlertTables & InventoryTables & TenantTables & AccessTables;
export type Db = Kysely<Tables>;

export const view = (database: AnyTables): Db => database.$extendTables<Tables>();

export type Place = PlaceColumns;

/** What somebody points at: all of the MSP, a customer, a site or a box. */
export type Target =
  | { readonly of: 'msp' }
  | { readonly of: 'customer'; readonly customer: string }
  | { readonly of: 'site'; readonly site: string }
  | { readonly of: 'box'; readonly box: string };

/** Where that is, when somebody with `scope` may decide about all of it. @throws Problem `target_unknown`, `scope_too_small`. */
export async function placeOf(db: Db, scope: Scope, target: Target): Promise<Place> {
  const { msp } = scope;
  if (target.of === 'msp') {
    if (scope.within !== 'all') throw problem('scope_too_small');
    return { msp, customer: null, site: null, box: null };
  }
  let row: Place | undefined;
  if (target.of === 'customer') {
    const found = await db
      .selectFrom('customers')
      .select('id')
      .where('id', '=', target.customer)
      .where(inScope(scope, 'customers', { customer: 'id', site: null }))
      .executeTakeFirst();
    row = found && { msp, customer: found.id, site: null, box: null };
  } else if (target.of === 'site') {
    const found = await db
      .selectFrom('sites')
      .select(['id', 'customer'])
      .where('id', '=', target.site)
      .where(inScope(scope, 'sites', { site: 'id' }))
      .executeTakeFirst();
    row = found && { msp, customer: found.customer, site: found.id, box: null };
  } else {
    const found = await db
      .selectFrom('boxes')
      .select(['id', 'customer', 'site'])
      .where('id', '=', target.box)
      .where(inScope(scope, 'boxes'))
      .executeTakeFirst();
    row = found && { msp, customer: found.customer, site: found.site, box: found.id };
  }
  if (!row) throw problem('target_unknown');
  return row;
}

/** Whether what is decided for `wider` is decided for `place`, too. */
export function isWithin(place: Place, wider: Place): boolean {
  if (place.msp !== wider.msp) return false;
  const same = (column: 'customer' | 'site' | 'box') => wider[column] === null || wider[column] === place[column];
  return same('customer') && same('site') && same('box');
}

/** A note or reason as it is kept. @throws Problem `note_invalid`. */
export function checkNote(note: string): string {
  const shown = note.normalize('NFKC').trim();
  // Line ends are a person's; other control characters are nobody's.
  if ([...shown].length > MAX_NOTE_LENGTH || /[\p{Cc}--[\n]]/v.test(shown)) throw problem('note_invalid');
  return shown;
}
