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

/** Customers that are in scope whole. */
export const wholeCustomer = (scope: Scope) => inScope(scope, 'customers', { customer: 'id', site: null });

/** These, and those that have a site in scope: they are named above it. */
export function namedCustomer(scope: Scope): Expression<SqlBool> {
  if (scope.within === 'all' || scope.within.sites.length === 0) return wholeCustomer(scope);
  const sites = sql.join(scope.within.sites);
  return sql<SqlBool>`(${wholeCustomer(scope)} OR (customers.msp = ${scope.msp} AND customers.id IN
    (SELECT sites.customer FROM sites WHERE sites.msp = ${scope.msp} AND sites.id IN (${sites}))))`;
}
