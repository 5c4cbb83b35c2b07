/** Two MSPs and the compliance face of a fleet in NL, on any database. */

import { accessMigrations } from '../../access/tables.ts';
import { auditMigrations } from '../../audit/tables.ts';
import type { AnyTables } from '../../db/open.ts';
import { enrolmentMigrations } from '../../enrolment/tables.ts';
import { inventoryMigrations } from '../../inventory/tables.ts';
import { boxesOfTwo } from '../../inventory/testing/boxes.ts';
import { tenantMigrations } from '../../tenants/tables.ts';
import { openCompliance } from '../compliance.ts';
import type { ComplianceEvent } from '../events.ts';
import { type LocationParts, openLocations } from '../locations.ts';
import type { Message } from '../parts.ts';
import { complianceMigrations } from '../tables.ts';

export const migrations = [
  ...[...tenantMigrations, ...inventoryMigrations, ...enrolmentMigrations, ...accessMigrations],
  ...[...auditMigrations, ...complianceMigrations],
];

export const provider = {
  ...{ name: 'Kabelwerk BV', address: 'Kanaalweg 1, Utrecht', country: 'NL', parentCountry: 'NL' },
  contact: 'privacy@kabelwerk.example',
};

export const inNl: LocationParts = {
  ...{ region: 'NL', regionTransfer: null, lock: 'EEA', declared: [], provider: 'NL' },
  dialled: [{ purpose: 'database', host: 'localhost', port: 5432 }],
};

export const kept = { staff: 395, boxes: 90, counts: 90, log: 730, address: 1 };

/** `batch`: rows that are told of at a time. */
export async function face(database: AnyTables, more: Partial<LocationParts> = {}, batch?: number) {
  const two = await boxesOfTwo(database);
  const said: ComplianceEvent[] = [];
  const told: Message[] = [];
  const faults: unknown[] = [];
  const works = { log: true, tell: true };
  const parts = { ...inNl, ...more };
  const locations = openLocations(parts);
  const open = (changed: Partial<LocationParts> | null = null) =>
    openCompliance({
      ...{ database, clock: two.clock, newId: two.newId, provider, kept, keysEncrypted: true },
      ...{ lock: parts.lock, locations: changed ? openLocations({ ...parts, ...changed }) : locations },
      ...{ certifications: [], audits: [], timeZone: 'Europe/Amsterdam', log: (_, facts) => faults.push(facts?.code) },
      ...(batch === undefined ? {} : { batch }),
      async append(event) {
        if (!works.log) throw new Error('the log takes nothing');
        said.push(event);
      },
    });
  const tell = async (message: Message) => {
    if (works.tell) told.push(message);
    return works.tell ? two.clock.now() : null;
  };
  return { ...two, locations, said, told, faults, works, open, tell, compliance: open() };
}
