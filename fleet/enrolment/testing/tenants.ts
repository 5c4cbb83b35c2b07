/** MSPs and sites to which boxes are claimed, by the ids that a test names. */
import type { AnyTables } from '../../db/open.ts';
import { type TenantTables, tenantMigrations } from '../../tenants/tables.ts';
import { enrolmentMigrations } from '../tables.ts';

export const migrations = [...tenantMigrations, ...enrolmentMigrations];

/** `msps`: sites by MSP. */
export async function placeTenants(database: AnyTables, msps: Readonly<Record<string, readonly string[]>>) {
  const db = database.$extendTables<TenantTables>();
  for (const [msp, sites] of Object.entries(msps)) {
    const times = { created_at: 0, archived_at: null };
    await db
      .insertInto('msps')
      .values({ id: msp, name: msp, name_key: msp, ...times })
      .execute();
    const customer = `customer of ${msp}`;
    await db
      .insertInto('customers')
      .values({ id: customer, msp, name: customer, name_key: customer, ...times })
      .execute();
    for (const site of sites) {
      const place = { country: 'NL', time_zone: 'Europe/Amsterdam' };
      await db
        .insertInto('sites')
        .values({ id: site, msp, customer, name: site, name_key: site, ...place, ...times })
        .execute();
    }
  }
}
