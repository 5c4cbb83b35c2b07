import test from 'ava';
import { both } from '../db/testing/databases.ts';
import { openGlance } from './glance.ts';
import { DAY_MS, HOUR_MS } from './limits.ts';
import { boxesOfTwo, boxId, health, migrations, reported } from './testing/boxes.ts';

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

    const proof = await glance.proof(a.scope, now - DAY_MS, (await boxes.counts(a.scope)).urgency);
    t.like(proof, { boxes: 4, late: 1, unknown: 2, of: 'boxes' });
    t.deepEqual(
      proof.doors.map(({ name, proof }) => `${name} ${proof}`),
      ['one late', 'silent unknown', 'three unknown', 'two proven'],
    );
    t.deepEqual(await glance.room(a.scope, 1, (await boxes.counts(a.scope)).urgency), {
      rows: [{ box: boxId('one'), name: 'one', site: a.sites[0], diskDays: 9 }],
      ...{ short: 2, roomy: 1, unknown: 1 },
    });
    const ofOne = { msp: a.scope.msp, within: { customers: [], sites: [a.sites[2]] } };
    t.like(await glance.proof(ofOne, now - DAY_MS, (await boxes.counts(ofOne)).urgency), {
      boxes: 2,
      late: 0,
      unknown: 2,
    });
    t.is(await glance.countCustomers(ofOne), 1);
    const ids = [first, a.sites[2], boxId('one'), boxId('three'), boxId('other'), 'nobody'];
    t.deepEqual([...(await glance.names(ofOne, ids)).values()].map(({ name }) => name).sort(), ['Utrecht', 'three']);
    t.is((await glance.names(a.scope, ids)).size, 4);
  });
}
