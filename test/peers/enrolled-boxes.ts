/** Boxes that a fleet has enrolled, many at once: their certificates are its own, the talk at its HTTPS door is left out. */
import { randomBytes } from 'node:crypto';
import { toPem } from '@belkluis/shared/contract/enrolment/pem';
import type { EnrolmentTables } from '../../fleet/enrolment/tables.ts';
import { newRequest } from '../../fleet/enrolment/testing/requests.ts';
import type { InventoryTables } from '../../fleet/inventory/tables.ts';
import { rankOf } from '../../fleet/inventory/urgency.ts';
import type { Rooms } from '../../fleet/open-rooms.ts';
import { type Scope, wholeMsp } from '../../fleet/tenants/scope.ts';

export interface EnrolledBox {
  readonly id: string;
  /** PEM. */
  readonly key: string;
  /** PEM: the certificate and its issuer's. */
  readonly certificate: string;
  readonly serial: string;
}

export interface Enrolled {
  readonly scope: Scope;
  readonly customer: string;
  readonly boxes: readonly EnrolledBox[];
}

/** Rows in one statement: SQLite takes 32,766 values. */
const ROWS = 500;

const claimRow = (id: string, msp: string, site: string, now: number): EnrolmentTables['enrolment_claims'] => ({
  ...{ id, state: 'enrolled', locator: id, proof_key: '', msp, site, msp_name: 'M', site_name: 'S', policy_key: 'k' },
  ...{ typed_at: now, expires_at: now, tries: 0, tried_at: 0, box: null, audit_key: null, csr: null },
});

/** `installed`: they have been connected before, so that they are in the inventory. */
export async function enrolBoxes(rooms: Rooms, count: number, installed: boolean): Promise<Enrolled> {
  const { msps, tenants, ca, database } = rooms;
  const db = database.kysely.$extendTables<EnrolmentTables & InventoryTables>();
  const now = Date.now();
  const scope = wholeMsp((await msps.create(`MSP ${randomBytes(4).toString('hex')}`, 'test')).id);
  const customer = await tenants.createCustomer(scope, 'Customer', 'test');
  const fields = { name: 'Site', country: 'NL', timeZone: 'Europe/Amsterdam' };
  const site = (await tenants.createSite(scope, customer.id, fields, 'test')).id;
  const claim = `claim ${scope.msp}`;
  await db
    .insertInto('enrolment_claims')
    .values(claimRow(claim, scope.msp, site, now))
    .execute();
  const boxes: EnrolledBox[] = [];
  for (let begin = 0; begin < count; begin += ROWS) {
    const made = Array.from({ length: Math.min(ROWS, count - begin) }, async () => {
      const id = randomBytes(16).toString('hex');
      const { csr, key } = await newRequest();
      const issued = await ca.issueBox(id, csr, now);
      const certificate = issued.chain.map((der) => toPem('CERTIFICATE', der)).join('');
      return { id, issued, key: key.export({ format: 'pem', type: 'pkcs8' }) as string, certificate };
    });
    const some = await Promise.all(made);
    await db
      .insertInto('enrolment_boxes')
      .values(some.map(({ id }) => ({ box: id, audit_key: 'none', claim, site })))
      .execute();
    await db
      .insertInto('enrolment_certificates')
      .values(
        some.map(({ id, issued }) => ({
          ...{ serial: issued.serial, box: id, claim, key_hash: issued.keyHash, revoked_at: null, reason: null },
          ...{ not_before: issued.notBefore, not_after: issued.notAfter },
        })),
      )
      .execute();
    if (installed)
      await db
        .insertInto('boxes')
        .values(
          some.map(({ id }) => ({
            ...{ id, msp: scope.msp, customer: customer.id, site, name: id, name_key: id, state: 'active' as const },
            ...{ urgency: rankOf('pending'), software: null, policy_state: null, policy_version: null },
            ...{ proven_at: null, disk_days: null, measured: 0 },
            ...{ created_at: now, activated_at: now, revoked_at: null },
          })),
        )
        .execute();
    boxes.push(...some.map(({ id, issued, key, certificate }) => ({ id, key, certificate, serial: issued.serial })));
  }
  return { scope, customer: customer.id, boxes };
}
