/** What whoever runs the server, and rooms that serve boxes, ask of tenants: no tenant asks here. */
import { transact } from '../db/transact.ts';
import type { TenantsOptions } from './msps.ts';
import { problem } from './problems.ts';
import type { TenantTables } from './tables.ts';

export interface Place {
  readonly msp: string;
  readonly mspName: string;
  readonly customer: string;
  readonly site: string;
  readonly siteName: string;
}

export function openOperator({ database, clock, append }: Omit<TenantsOptions, 'newId'>) {
  const db = database.$extendTables<TenantTables>();
  return {
    /** Which MSP a customer is of. @throws Problem `customer_unknown`. */
    async mspOf(customer: string): Promise<string> {
      const row = await db.selectFrom('customers').select('msp').where('id', '=', customer).executeTakeFirst();
      if (!row) throw problem('customer_unknown');
      return row.msp;
    },

    /** @throws Problem `site_unknown`. */
    async place(site: string): Promise<Place> {
      const row = await db
        .selectFrom('sites')
        .innerJoin('msps', 'msps.id', 'sites.msp')
        .select(['sites.msp', 'sites.customer', 'sites.name as siteName', 'msps.name as mspName'])
        .where('sites.id', '=', site)
        .executeTakeFirst();
      if (!row) throw problem('site_unknown');
      return { ...row, site };
    },

    /** Whether the customer of a site has a processing agreement now (GDPR 28(3)). */
    async agreementOf(site: string): Promise<'valid' | 'missing' | 'expired'> {
      const row = await db
        .selectFrom('sites')
        .innerJoin('agreements', 'agreements.customer', 'sites.customer')
        .select('agreements.until_at')
        .where('sites.id', '=', site)
        .executeTakeFirst();
      if (!row) return 'missing';
      return row.until_at === null || row.until_at > clock.now() ? 'valid' : 'expired';
    },

    /** Somebody has it on paper; `until`: wall clock, ms; null: without an end. @throws Problem `customer_unknown`. */
    async stateAgreement(customer: string, until: number | null, actor: string): Promise<void> {
      await transact(database, async (whole) => {
        const transaction = whole.$extendTables<TenantTables>();
        const row = await transaction
          .selectFrom('customers')
          .select('msp')
          .where('id', '=', customer)
          .executeTakeFirst();
        if (!row) throw problem('customer_unknown');
        await append({ kind: 'agreement_stated', actor, msp: row.msp, of: customer }, whole);
        const said = { stated_at: clock.now(), until_at: until };
        await transaction
          .insertInto('agreements')
          .values({ customer, msp: row.msp, ...said })
          .onConflict((on) => on.column('customer').doUpdateSet(said))
          .execute();
      });
    },
  };
}
