/** What whoever runs the server, and rooms that serve boxes, ask of tenants: no tenant asks here. */
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

export function openOperator({ database }: Pick<TenantsOptions, 'database'>) {
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
  };
}
