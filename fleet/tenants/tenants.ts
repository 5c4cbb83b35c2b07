/** Customers and sites of an MSP, as somebody with a scope sees and changes them: the room's one door for tenants. */
import { type SqlBool, sql } from 'kysely';
import { z } from 'zod';
import { faultOf } from '../db/faults.ts';
import type { AnyTables } from '../db/open.ts';
import { keysAfter, type Page, type PageAsk, pageOf, rowsOf, searchPattern } from '../db/page.ts';
import { transact } from '../db/transact.ts';
import type { TenantEvent } from './events.ts';
import { checkCountry, checkName, checkTimeZone } from './fields.ts';
import type { TenantsOptions } from './msps.ts';
import { problem } from './problems.ts';
import { inScope, namedCustomer, type Scope, wholeCustomer } from './scope.ts';
import type { TenantTables } from './tables.ts';

export interface Customer {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
  readonly archivedAt: number | null;
}

export interface Site extends Customer {
  readonly customer: string;
  readonly country: string;
  readonly timeZone: string;
}

export interface TenantAsk extends PageAsk {
  /** Part of a name. */
  readonly search?: string | undefined;
  /** With those that were archived; default without. */
  readonly archived?: boolean | undefined;
}

export interface SiteAsk extends TenantAsk {
  readonly customer?: string | undefined;
  /** Part of its name, or of that of its customer. */
  readonly place?: string | undefined;
  /** Of these. */
  readonly ids?: readonly string[] | undefined;
}

export interface SiteFields {
  readonly name: string;
  readonly country: string;
  readonly timeZone: string;
}

const nameAndId = z.tuple([z.string(), z.string()]);

const siteRow = ({ name, country, timeZone }: SiteFields) => ({
  ...checkName(name),
  country: checkCountry(country),
  time_zone: checkTimeZone(timeZone),
});

const toCustomer = (row: TenantTables['customers']): Customer => ({
  id: row.id,
  name: row.name,
  createdAt: row.created_at,
  archivedAt: row.archived_at,
});

const toSite = (row: TenantTables['sites']): Site => ({
  ...toCustomer(row),
  customer: row.customer,
  country: row.country,
  timeZone: row.time_zone,
});

export type Tenants = ReturnType<typeof openTenants>;

export function openTenants({ database, clock, newId, append }: TenantsOptions) {
  const db = database.$extendTables<TenantTables>();
  const refused = (error: unknown): never => {
    throw faultOf(error) === 'duplicate' ? problem('name_taken') : error;
  };

  const within = <Result>(work: (transaction: typeof db, whole: AnyTables) => Promise<Result>) =>
    transact(database, (whole) => work(whole.$extendTables<TenantTables>(), whole));

  /** One change of a customer or site that is in scope, written down first. */
  async function change(
    scope: Scope,
    event: Omit<TenantEvent, 'msp'>,
    act: (transaction: typeof db) => Promise<{ readonly count: bigint; readonly unknown: Error }>,
  ): Promise<void> {
    await within(async (transaction, whole) => {
      await append({ ...event, msp: scope.msp }, whole);
      const { count, unknown } = await act(transaction);
      if (count === 0n) throw unknown;
    }).catch(refused);
  }

  const changeCustomer = (
    scope: Scope,
    event: Omit<TenantEvent, 'msp'>,
    values: Partial<Pick<TenantTables['customers'], 'name' | 'name_key' | 'archived_at'>>,
  ) =>
    change(scope, event, async (transaction) => {
      const { numUpdatedRows: count } = await transaction
        .updateTable('customers')
        .set(values)
        .where('id', '=', event.of)
        .where(wholeCustomer(scope))
        .executeTakeFirst();
      return { count, unknown: problem('customer_unknown') };
    });

  const changeSite = (
    scope: Scope,
    event: Omit<TenantEvent, 'msp'>,
    values: Partial<Omit<TenantTables['sites'], 'id' | 'msp' | 'customer' | 'created_at'>>,
  ) =>
    change(scope, event, async (transaction) => {
      const { numUpdatedRows: count } = await transaction
        .updateTable('sites')
        .set(values)
        .where('id', '=', event.of)
        .where(inScope(scope, 'sites', { site: 'id' }))
        .executeTakeFirst();
      return { count, unknown: problem('site_unknown') };
    });

  return {
    /** @throws Problem `scope_too_small`, `name_invalid`, `name_taken`. */
    async createCustomer(scope: Scope, name: string, actor: string): Promise<Customer> {
      if (scope.within !== 'all') throw problem('scope_too_small');
      const row = { id: newId(), msp: scope.msp, ...checkName(name), created_at: clock.now(), archived_at: null };
      await within(async (transaction, whole) => {
        await append({ kind: 'customer_created', actor, msp: scope.msp, of: row.id }, whole);
        await transaction.insertInto('customers').values(row).execute();
      }).catch((error) => {
        throw faultOf(error) === 'reference' ? problem('msp_unknown') : refused(error);
      });
      return toCustomer(row);
    },

    /** By name. */
    async customers(scope: Scope, ask: TenantAsk = {}): Promise<Page<Customer>> {
      const after = keysAfter(ask, nameAndId);
      const pattern = searchPattern(ask.search);
      let query = db
        .selectFrom('customers')
        .selectAll()
        .where(namedCustomer(scope))
        .orderBy('name_key')
        .orderBy('id')
        .limit(rowsOf(ask) + 1);
      if (!ask.archived) query = query.where('archived_at', 'is', null);
      if (pattern !== null) query = query.where(sql<SqlBool>`name_key LIKE ${pattern} ESCAPE '!'`);
      if (after) query = query.where(sql<SqlBool>`(name_key, id) > (${after[0]}, ${after[1]})`);
      const page = pageOf(await query.execute(), ask, ({ name_key, id }) => [name_key, id]);
      return { ...page, rows: page.rows.map(toCustomer) };
    },

    /** @throws Problem `customer_unknown`. */
    async customer(scope: Scope, customer: string): Promise<Customer> {
      const row = await db
        .selectFrom('customers')
        .selectAll()
        .where('id', '=', customer)
        .where(namedCustomer(scope))
        .executeTakeFirst();
      if (!row) throw problem('customer_unknown');
      return toCustomer(row);
    },

    /** @throws Problem `customer_unknown`, `name_invalid`, `name_taken`. */
    renameCustomer: (scope: Scope, customer: string, name: string, actor: string): Promise<void> =>
      changeCustomer(scope, { kind: 'customer_renamed', actor, of: customer }, checkName(name)),

    /** @throws Problem `customer_unknown`. */
    archiveCustomer: (scope: Scope, customer: string, actor: string): Promise<void> =>
      changeCustomer(scope, { kind: 'customer_archived', actor, of: customer }, { archived_at: clock.now() }),

    /** @throws Problem `customer_unknown`. */
    restoreCustomer: (scope: Scope, customer: string, actor: string): Promise<void> =>
      changeCustomer(scope, { kind: 'customer_restored', actor, of: customer }, { archived_at: null }),

    /** Removes it with its sites, their boxes and all that is known of them. @throws Problem `customer_unknown`. */
    deleteCustomer: (scope: Scope, customer: string, actor: string): Promise<void> =>
      change(scope, { kind: 'customer_deleted', actor, of: customer }, async (transaction) => {
        const { numDeletedRows: count } = await transaction
          .deleteFrom('customers')
          .where('id', '=', customer)
          .where(wholeCustomer(scope))
          .executeTakeFirst();
        return { count, unknown: problem('customer_unknown') };
      }),

    /** @throws Problem `customer_unknown`, `archived`, `name_invalid`, `name_taken`, `country_invalid`, `time_zone_invalid`. */
    async createSite(scope: Scope, customer: string, fields: SiteFields, actor: string): Promise<Site> {
      const row = {
        id: newId(),
        msp: scope.msp,
        customer,
        ...siteRow(fields),
        created_at: clock.now(),
        archived_at: null,
      };
      await within(async (transaction, whole) => {
        const owner = await transaction
          .selectFrom('customers')
          .select('archived_at')
          .where('id', '=', customer)
          .where(wholeCustomer(scope))
          .executeTakeFirst();
        if (!owner) throw problem('customer_unknown');
        if (owner.archived_at !== null) throw problem('archived');
        await append({ kind: 'site_created', actor, msp: scope.msp, of: row.id }, whole);
        await transaction.insertInto('sites').values(row).execute();
      }).catch(refused);
      return toSite(row);
    },

    /** By name. */
    async sites(scope: Scope, ask: SiteAsk = {}): Promise<Page<Site>> {
      if (ask.ids?.length === 0) return { rows: [], next: null };
      const after = keysAfter(ask, nameAndId);
      const place = searchPattern(ask.place);
      const pattern = searchPattern(ask.search);
      let query = db
        .selectFrom('sites')
        .selectAll()
        .where(inScope(scope, 'sites', { site: 'id' }))
        .orderBy('name_key')
        .orderBy('id')
        .limit(rowsOf(ask) + 1);
      if (ask.customer !== undefined) query = query.where('customer', '=', ask.customer);
      if (ask.ids !== undefined) query = query.where('id', 'in', ask.ids);
      if (place !== null)
        query = query.where(
          sql<SqlBool>`(name_key LIKE ${place} ESCAPE '!' OR customer IN
            (SELECT customers.id FROM customers WHERE customers.msp = ${scope.msp} AND customers.name_key LIKE ${place} ESCAPE '!'))`,
        );
      if (!ask.archived) query = query.where('archived_at', 'is', null);
      if (pattern !== null) query = query.where(sql<SqlBool>`name_key LIKE ${pattern} ESCAPE '!'`);
      if (after) query = query.where(sql<SqlBool>`(name_key, id) > (${after[0]}, ${after[1]})`);
      const page = pageOf(await query.execute(), ask, ({ name_key, id }) => [name_key, id]);
      return { ...page, rows: page.rows.map(toSite) };
    },

    /** @throws Problem `site_unknown`. */
    async site(scope: Scope, site: string): Promise<Site> {
      const row = await db
        .selectFrom('sites')
        .selectAll()
        .where('id', '=', site)
        .where(inScope(scope, 'sites', { site: 'id' }))
        .executeTakeFirst();
      if (!row) throw problem('site_unknown');
      return toSite(row);
    },

    /** @throws Problem `site_unknown`, `name_invalid`, `name_taken`, `country_invalid`, `time_zone_invalid`. */
    changeSite: (scope: Scope, site: string, fields: SiteFields, actor: string): Promise<void> =>
      changeSite(scope, { kind: 'site_changed', actor, of: site }, siteRow(fields)),

    /** @throws Problem `site_unknown`. */
    archiveSite: (scope: Scope, site: string, actor: string): Promise<void> =>
      changeSite(scope, { kind: 'site_archived', actor, of: site }, { archived_at: clock.now() }),

    /** @throws Problem `site_unknown`. */
    restoreSite: (scope: Scope, site: string, actor: string): Promise<void> =>
      changeSite(scope, { kind: 'site_restored', actor, of: site }, { archived_at: null }),

    /** Removes it with its boxes and all that is known of them. @throws Problem `site_unknown`. */
    deleteSite: (scope: Scope, site: string, actor: string): Promise<void> =>
      change(scope, { kind: 'site_deleted', actor, of: site }, async (transaction) => {
        const { numDeletedRows: count } = await transaction
          .deleteFrom('sites')
          .where('id', '=', site)
          .where(inScope(scope, 'sites', { site: 'id' }))
          .executeTakeFirst();
        return { count, unknown: problem('site_unknown') };
      }),
  };
}
