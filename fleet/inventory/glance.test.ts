import test from 'ava';
import { both } from '../db/testing/databases.ts';
import type { Scope } from '../tenants/scope.ts';
import type { TenantTables } from '../tenants/tables.ts';
import { type Glance, openGlance } from './glance.ts';
import { DAY_MS, HOUR_MS, WALL_DOORS } from './limits.ts';
import type { InventoryTables } from './tables.ts';
import { boxesOfTwo, boxId, health, migrations, reported } from './testing/boxes.ts';

const proofOf = async (glance: Glance, scope: Scope, since: number) =>
  await glance.proof(scope, since, await glance.told(scope, since));

for (const on of both) {
  test(`${on.name}: customers, proof and room at a glance are those in scope, and say the worst`, async (t) => {
    const { kysely } = await on.fresh(t, migrations);
    const { a, b, boxes, clock, addBox, says, store } = await boxesOfTwo(kysely);
    const glance = openGlance({ database: kysely });
    await addBox('one', a.sites[0]);
    await addBox('two', a.sites[1]);
    await addBox('three', a.sites[2]);
    await addBox('silent', a.sites[2]);
    await addBox('other', b.sites[0], b.scope);
    const now = Math.floor(clock.now() / HOUR_MS) * HOUR_MS + HOUR_MS;
    clock.advance(now - clock.now());
    await store(
      says(
        'one',
        health(now, { disk_low: 'warn', audit_unwritable: 'bad' }, { recorded_hours_ago: 31, disk_days_left: 9 }),
      ),
      says(
        'two',
        health(
          now,
          { disk_low: 'warn', uplink_down: 'ok' as never },
          { recorded_hours_ago: 40, test_call_hours_ago: 2 },
        ),
      ),
      says('three', health(now, {}, { cpu_percent: 3, disk_days_left: 41 })),
      says('other', health(now, { disk_low: 'warn' }, { recorded_hours_ago: 99, disk_days_left: 1 })),
      says('one', reported({ pending: null })),
    );
    const [first, second] = a.customers;
    const seen = await glance.customers(a.scope, [first, second, b.customers[0]]);
    t.like(seen.get(first), {
      sites: 2,
      provenAt: now - 31 * HOUR_MS,
      unproven: 0,
      diskDays: 9,
      policy: { none: 0, applied: 1, pending: 0, rejected: 0 },
    });
    t.deepEqual(seen.get(first)!.findings, [
      { code: 'audit_unwritable', level: 'bad', boxes: 1 },
      { code: 'disk_low', level: 'warn', boxes: 2 },
    ]);
    t.like(seen.get(second), { sites: 1, provenAt: null, unproven: 1, diskDays: 41, findings: [] });
    t.like(seen.get(b.customers[0]), { sites: 0, provenAt: null, diskDays: null }, 'of another MSP: nothing');

    const proof = await proofOf(glance, a.scope, now - DAY_MS);
    t.like(proof, { boxes: 4, late: 1, unknown: 2, of: 'boxes' });
    t.deepEqual(
      proof.doors.map(({ name, proof }) => `${name} ${proof}`),
      ['one late', 'silent unknown', 'three unknown', 'two proven'],
    );
    t.deepEqual(await glance.room(a.scope, 1, await glance.told(a.scope, now - DAY_MS)), {
      rows: [{ box: boxId('one'), name: 'one', site: a.sites[0], diskDays: 9 }],
      ...{ short: 2, roomy: 1, unknown: 1 },
    });
    const ofOne = { msp: a.scope.msp, within: { customers: [], sites: [a.sites[2]] } };
    t.like(await proofOf(glance, ofOne, now - DAY_MS), {
      boxes: 2,
      late: 0,
      unknown: 2,
    });
    t.is(await glance.countCustomers(ofOne), 1);
    const ids = [first, a.sites[2], boxId('one'), boxId('three'), boxId('other'), 'nobody'];
    t.deepEqual([...(await glance.names(ofOne, ids)).values()].map(({ name }) => name).sort(), ['Utrecht', 'three']);
    t.is((await glance.names(a.scope, ids)).size, 4);
  });
  test(`${on.name}: of more than 400 boxes each customer has a door, the worst first however many there are`, async (t) => {
    const { kysely } = await on.fresh(t, migrations);
    const { a, clock } = await boxesOfTwo(kysely);
    const glance = openGlance({ database: kysely });
    const db = kysely.$extendTables<InventoryTables & TenantTables>();
    const { msp } = a.scope;
    const now = clock.now();
    const of = Array.from({ length: WALL_DOORS + 3 }, (_, at) => `${String(at).padStart(4, '0')}`);
    const named = (at: string) => ({ name: `C${at}`, name_key: `c${at}`, created_at: now, archived_at: null });
    await db
      .insertInto('customers')
      .values(of.map((at) => ({ id: `customer${at}`, msp, ...named(at) })))
      .execute();
    const place = { country: 'NL', time_zone: 'Europe/Amsterdam' };
    const at = (at: string) => ({ msp, customer: `customer${at}` });
    await db
      .insertInto('sites')
      .values(of.map((one) => ({ id: `site${one}`, ...at(one), ...named(one), ...place })))
      .execute();
    const kinds = {
      urgency: 4,
      software: null,
      policy_state: null,
      policy_version: null,
      disk_days: null,
      measured: 0,
    };
    const box = (one: string, state: 'active' | 'pending' | 'revoked', proven_at: number | null) => ({
      ...{ id: boxId(`${one}${state}`), ...at(one), site: `site${one}`, name: state, name_key: state, state },
      ...{ ...kinds, proven_at, created_at: now, activated_at: null, revoked_at: null },
    });
    const [last, before, third] = of.toReversed() as [string, string, string];
    const proven = of.slice(0, -3).map((one) => box(one, 'active', now));
    // One that was claimed and never heard; one that lags beside one that does not; one that is gone for good.
    const others = [box(before, 'pending', null), box(last, 'active', 1), box(last, 'pending', now)];
    await db
      .insertInto('boxes')
      .values([...proven, ...others, box(third, 'revoked', null)])
      .execute();
    const proof = await proofOf(glance, a.scope, now - DAY_MS);
    t.like(proof, { boxes: WALL_DOORS + 3, late: 1, unknown: 1, of: 'customers' });
    t.is(proof.doors.length, WALL_DOORS);
    t.deepEqual(proof.doors.slice(0, 3), [
      { name: `C${last}`, proof: 'late' },
      { name: `C${before}`, proof: 'unknown' },
      { name: 'C0000', proof: 'proven' },
    ]);
    t.false(
      proof.doors.some(({ name }) => name === `C${third}`),
      'none for whom nothing can be proven',
    );
    // Nor one for what is outside of a scope.
    const part = { msp, within: { customers: [], sites: [`site${before}`] } };
    t.deepEqual((await proofOf(glance, part, now - DAY_MS)).doors, [{ name: 'pending', proof: 'unknown' }]);
  });

  test(`${on.name}: when something was proven goes by the box's clock only as far as that is believed`, async (t) => {
    const { kysely } = await on.fresh(t, migrations);
    const { a, addBox, clock, says, store } = await boxesOfTwo(kysely);
    const glance = openGlance({ database: kysely });
    clock.advance(1000 * DAY_MS);
    const now = clock.now();
    const hour = Math.floor(now / HOUR_MS) * HOUR_MS;
    const box = await addBox('one', a.sites[0]);
    const provenBy = async (until: number) => {
      await store(says('one', health(until, {}, { recorded_hours_ago: 30 })));
      return (await glance.boxes(a.scope, [box])).get(box)!.provenAt;
    };
    t.is(await provenBy(now - 2 * DAY_MS), hour - 2 * DAY_MS - 30 * HOUR_MS);
    t.is(await provenBy(now + 9 * DAY_MS), hour - 30 * HOUR_MS, 'a clock that is days ahead makes nothing look recent');
    t.like(await proofOf(glance, a.scope, now - DAY_MS), { late: 1, unknown: 0 });
    const other = await addBox('other', a.sites[0]);
    await store(says('other', health(now - 900 * DAY_MS, {}, { recorded_hours_ago: 1 })));
    t.is(
      (await glance.boxes(a.scope, [other])).get(other)!.provenAt,
      hour - HOUR_MS,
      'nor one that lost its battery, old',
    );
  });
}
