/** All that the fleet has of one MSP, and nothing of another; nothing that opens, sounds or names a caller. */
import { createHash } from 'node:crypto';
import test from 'ava';
import { both } from '../db/testing/databases.ts';
import { counts, finding, health, presence, reported } from '../inventory/testing/boxes.ts';
import { tenantTables } from './tenant-data.ts';
import { face, migrations } from './testing/face.ts';

/** About no tenant. A table that is not here and names no owner in a column makes this fail: say whose its rows are, or put it here. */
const ofNoTenant = [
  ...['compliance_terms', 'enrolment_hellos', 'incident_steps', 'incidents', 'log_checkpoints'],
  ...['log_head', 'log_nodes', 'migrations', 'subprocessors'],
];

for (const database of both) {
  test(`${database.name}: rows of every room that are the MSP’s, and of no other`, async (t) => {
    const { kysely } = await database.fresh(t, migrations);
    const { a, b, clock, compliance, said, says, store, addBox } = await face(kysely);
    const box = await addBox('one', a.sites[0]);
    const stranger = await addBox('two', b.sites[0], b.scope);
    for (const name of ['one', 'two'])
      await store(
        says(name, presence()),
        says(name, reported()),
        says(name, health(clock.now(), { disk_days: 'warn' } as never)),
        says(name, finding('disk_days' as never, 'warn')),
        says(name, counts(clock.now())),
      );
    await compliance.agreements.send(a.scope, a.customers[0], 'nl', 'anna');
    await compliance.incidents.open(
      { drill: true, severity: 'low', what: 'x', about: 'y', foundAt: clock.now(), concerns: 'all' },
      'operator',
    );

    const tables = await tenantTables(kysely);
    t.deepEqual(
      tables.filter(({ owner }) => owner === null).map(({ name }) => name),
      ofNoTenant,
    );
    t.deepEqual(
      tables.filter(({ secret }) => secret.length > 0).map(({ name }) => name),
      ['api_tokens', 'challenges', 'enrolment_claims', 'invitations', 'people', 'sessions'],
    );

    const lines: string[] = [];
    const end = await compliance.exportTenant(a.scope.msp, 'operator', (line) => lines.push(line));
    const all = lines.join('');
    t.like(JSON.parse(lines[0]!), { type: 'belkluis/tenant-data@1', msp: a.scope.msp });
    t.deepEqual(JSON.parse(lines.at(-1)!), { end: true, ...end });
    t.is(createHash('sha256').update(lines.slice(0, -1).join('')).digest('hex'), end.digest);
    t.is(lines.length, end.rows + 2);
    const count = (name: string) => lines.filter((line) => line.startsWith(`{"table":"${name}"`)).length;
    for (const [name, rows] of Object.entries({
      msps: 1,
      customers: 2,
      sites: 3,
      boxes: 1,
      box_health: 1,
      health_raw: 1,
      box_hours: 1,
    }))
      t.is(count(name), rows, name);
    t.is(count('processing_agreements'), 1);
    t.is(count('incident_notices'), 2);
    t.true(all.includes(box));
    for (const other of [stranger, b.scope.msp, ...b.customers, ...b.sites]) t.false(all.includes(other), other);
    t.like(said.at(-1), { kind: 'tenant_exported', facts: { msp: a.scope.msp, digest: end.digest } });

    // Nothing of a call, nothing that opens one, no number.
    t.notRegex(all, /\+[1-9]\d{6,14}|"(?:tel|sips?):|BEGIN PGP|wV4D|hQ[EI]M/);
  });
}

test('what cannot be written down is not handed out whole', async (t) => {
  const { kysely } = await both[0]!.fresh(t, migrations);
  const { a, compliance, works } = await face(kysely);
  works.log = false;
  const lines: string[] = [];
  await t.throwsAsync(compliance.exportTenant(a.scope.msp, 'operator', (line) => lines.push(line)));
  t.false(lines.some((line) => line.includes('"end"')));
});
