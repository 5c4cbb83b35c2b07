/** All that the fleet has of one MSP, and nothing of another; nothing that opens, sounds or names a caller. */
import { createHash } from 'node:crypto';
import { setImmediate as breath } from 'node:timers/promises';
import test from 'ava';
import type { AuditTables } from '../audit/tables.ts';
import { both } from '../db/testing/databases.ts';
import type { InventoryTables } from '../inventory/tables.ts';
import { counts, finding, health, presence, reported } from '../inventory/testing/boxes.ts';
import { BATCH } from './limits.ts';
import { tenantTables, writeTenantData } from './tenant-data.ts';
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
    const end = await compliance.exportTenant(a.scope.msp, 'operator', (line) => void lines.push(line));
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

for (const database of both)
  test(`${database.name}: many rows come a page at a time, each once, as fast as they are taken, and others have their turn`, async (t) => {
    const { kysely } = await database.fresh(t, migrations);
    let most = 0;
    const watched = kysely.withPlugin({
      transformQuery: ({ node }) => node,
      async transformResult({ result }) {
        most = Math.max(most, result.rows.length);
        return result;
      },
    });
    const { a, addBox } = await face(kysely);
    const box = await addBox('one', a.sites[0]);
    const db = kysely.$extendTables<InventoryTables & AuditTables>();
    const count = 3 * BATCH + 1;
    const numbers = Array.from({ length: count }, (_, at) => at);
    for (let from = 0; from < count; from += BATCH) {
      const some = numbers.slice(from, from + BATCH);
      await db
        .insertInto('health_raw')
        .values(some.map((at) => ({ box, at, gauges: '{}' })))
        .execute();
      const body = {
        kind: 'msp_created',
        msp: a.scope.msp,
        box: null,
        salt: 'a'.repeat(44),
        body: '{}',
        expires_at: 9e15,
      };
      await db
        .insertInto('log_bodies')
        .values(some.map((position) => ({ ...body, position })))
        .execute();
    }
    const seen = new Map<string, unknown[]>();
    let [waiting, turns, exporting] = [0, 0, true];
    const others = (async () => {
      for (; exporting; await breath()) turns++;
    })();
    await writeTenantData(watched, a.scope.msp, 0, async (line) => {
      t.is(++waiting, 1, 'the line before was taken');
      const { table, row } = JSON.parse(line) as { table?: string; row: Record<string, unknown> };
      if (table) seen.set(table, [...(seen.get(table) ?? []), row.at ?? row.position]);
      await null;
      waiting--;
    });
    exporting = false;
    await others;
    t.deepEqual(seen.get('health_raw'), numbers);
    t.deepEqual(seen.get('log_bodies'), numbers);
    t.is(most, BATCH);
    t.true(turns > count / BATCH);
    const stopped = writeTenantData(watched, a.scope.msp, 0, () => Promise.reject(new Error('nobody takes it')));
    await t.throwsAsync(stopped, { message: 'nobody takes it' });
  });

test('what cannot be written down is not handed out whole', async (t) => {
  const { kysely } = await both[0]!.fresh(t, migrations);
  const { a, compliance, works } = await face(kysely);
  works.log = false;
  const lines: string[] = [];
  await t.throwsAsync(compliance.exportTenant(a.scope.msp, 'operator', (line) => void lines.push(line)));
  t.false(lines.some((line) => line.includes('"end"')));
});
