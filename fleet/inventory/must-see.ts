import type { AnyTables } from '../db/open.ts';
import { inScope, type Scope } from '../tenants/scope.ts';
import { problem } from './problems.ts';
import type { InventoryTables } from './tables.ts';

/** What is out of scope is not there. @throws Problem `box_unknown`. */
export async function mustSee(database: AnyTables, scope: Scope, box: string): Promise<void> {
  const row = await database
    .$extendTables<InventoryTables>()
    .selectFrom('boxes')
    .select('id')
    .where('id', '=', box)
    .where(inScope(scope, 'boxes'))
    .executeTakeFirst();
  if (!row) throw problem('box_unknown');
}
