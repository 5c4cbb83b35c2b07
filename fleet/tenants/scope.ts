/** Whose rows somebody may see: every query of tenants' data takes one, and none works without. */
import { type Expression, type SqlBool, sql } from 'kysely';

export interface Scope {
  readonly msp: string;
  /** Everything of the MSP, or these customers whole and these single sites. */
  readonly within: 'all' | { readonly customers: readonly string[]; readonly sites: readonly string[] };
}

/** The scope of somebody who sees all of an MSP. */
export const wholeMsp = (msp: string): Scope => ({ msp, within: 'all' });

/**
 * A condition that rows of `table` (or its alias) are in scope, for `where`. The table has a column `msp`; `customer` and `site` name those
 * with the ids of these, null where a row is not of one.
 */
export function inScope(
  scope: Scope,
  table: string,
  { customer = 'customer', site = 'site' }: { customer?: string; site?: string | null } = {},
): Expression<SqlBool> {
  const column = (name: string) => sql.ref(`${table}.${name}`);
  const own = sql<SqlBool>`${column('msp')} = ${scope.msp}`;
  if (scope.within === 'all') return own;
  const { customers, sites } = scope.within;
  const parts = [sql`1 = 0`];
  if (customers.length > 0) parts.push(sql`${column(customer)} IN (${sql.join(customers)})`);
  if (site !== null && sites.length > 0) parts.push(sql`${column(site)} IN (${sql.join(sites)})`);
  return sql<SqlBool>`(${own} AND (${sql.join(parts, sql` OR `)}))`;
}
