/** Two MSPs with the same names for everything, so that only whose it is tells them apart. */
import { systemChance } from '@belkluis/shared/base/chance';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import { idSource } from '../../db/ids.ts';
import type { AnyTables } from '../../db/open.ts';
import type { TenantEvent } from '../events.ts';
import { openMsps } from '../msps.ts';
import { type Scope, wholeMsp } from '../scope.ts';
import { openTenants, type SiteFields, type Tenants } from '../tenants.ts';

export const inUtrecht: SiteFields = { name: 'Utrecht', country: 'NL', timeZone: 'Europe/Amsterdam' };
const inGent: SiteFields = { name: 'Gent', country: 'BE', timeZone: 'Europe/Brussels' };

export interface TestMsp {
  readonly scope: Scope;
  /** Two customers; the first has two sites, the second one. */
  readonly customers: readonly [string, string];
  readonly sites: readonly [string, string, string];
}

export async function twoMsps(database: AnyTables) {
  const clock = new ManualClock();
  const newId = idSource(clock, systemChance);
  const events: TenantEvent[] = [];
  const append = async (event: TenantEvent) => {
    events.push(event);
  };
  const options = { database, clock, newId, append };
  const msps = openMsps(options);
  const tenants: Tenants = openTenants(options);
  const make = async (name: string): Promise<TestMsp> => {
    const scope = wholeMsp((await msps.create(name, 'operator')).id);
    const one = await tenants.createCustomer(scope, 'Notaris Jansen', 'anna');
    const other = await tenants.createCustomer(scope, 'Garage De Vries', 'anna');
    const sites = [
      await tenants.createSite(scope, one.id, inUtrecht, 'anna'),
      await tenants.createSite(scope, one.id, inGent, 'anna'),
      await tenants.createSite(scope, other.id, inUtrecht, 'anna'),
    ] as const;
    return { scope, customers: [one.id, other.id], sites: [sites[0].id, sites[1].id, sites[2].id] };
  };
  return { clock, newId, events, msps, tenants, options, a: await make('A'), b: await make('B') };
}
