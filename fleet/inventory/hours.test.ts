/** Counts of hours: kept once, for a quarter, with their box; what cannot be known of an hour is in no sum. */
import test from 'ava';
import { both } from '../db/testing/databases.ts';
import { openHistory } from './history.ts';
import { type HourRow, totalOf } from './hours.ts';
import { COUNTS_KEPT_MS, DAY_MS, HOUR_MS, HOURS_AT_ONCE } from './limits.ts';
import { boxesOfTwo, boxId, migrations } from './testing/boxes.ts';

const hourAt = (hour: number, released: number | null = null): HourRow => ({
  ...{ hour, released, exported: null, erased: null },
});

for (const database of both) {
  const open = async (t: Parameters<typeof database.fresh>[0]) => {
    const { kysely } = await database.fresh(t, migrations);
    const world = await boxesOfTwo(kysely);
    const box = await world.addBox('one', world.a.sites[0]);
    const over = Math.floor(world.clock.now() / HOUR_MS) * HOUR_MS;
    const tells = (...hours: HourRow[]) => world.says('one', { kind: 'audit', hours }, { numbered: false });
    const told = () => world.overview.hours(world.a.scope, box, { from: 0, until: Number.MAX_SAFE_INTEGER });
    return { ...world, kysely, box, over, tells, told };
  };

  test(`${database.name}: an hour is there once; whatever comes again or later changes nothing`, async (t) => {
    const { store, tells, told, over } = await open(t);
    const first = tells(hourAt(over - 2 * HOUR_MS, 7), hourAt(over - HOUR_MS));
    const all = [hourAt(over - 2 * HOUR_MS, 7), hourAt(over - HOUR_MS)];
    t.deepEqual((await store(first)).fates, ['stored']);
    t.deepEqual(await told(), all);
    t.deepEqual((await store(first)).fates, ['seen']);
    await store(tells(...all), tells(...all));
    t.deepEqual(await told(), all);
    // A box that somebody has in hand unsays nothing, and does not fill in what it hid.
    await store(tells(hourAt(over - 2 * HOUR_MS), hourAt(over - HOUR_MS, 9)));
    t.deepEqual(await told(), all);
  });

  test(`${database.name}: hours that cannot be have no place; those that a box kept for a week have`, async (t) => {
    const { store, tells, told, over } = await open(t);
    const week = Array.from({ length: 168 }, (_, at) => hourAt(over - (168 - at) * HOUR_MS, 5 + at));
    await store(tells(hourAt(over - 9 * DAY_MS, 5), ...week, hourAt(over, 5), hourAt(over + 400 * DAY_MS, 5)));
    t.deepEqual(await told(), week);
  });

  test(`${database.name}: more hours in one batch than a statement takes`, async (t) => {
    const { store, tells, told, over, a, addBox, says, overview } = await open(t);
    const week = Array.from({ length: 168 }, (_, at) => hourAt(over - (168 - at) * HOUR_MS, 5 + at));
    const names = Array.from({ length: Math.ceil(HOURS_AT_ONCE / 168) + 1 }, (_, at) => `box ${at}`);
    for (const name of names) await addBox(name, a.sites[0]);
    await store(tells(...week), ...names.map((name) => says(name, { kind: 'audit', hours: week })));
    t.deepEqual(await told(), week);
    const range = { from: over - DAY_MS, until: over };
    t.deepEqual(await overview.hours(a.scope, boxId(names.at(-1)!), range), week.slice(-24));
  });

  test(`${database.name}: they leave after their time, and with their box`, async (t) => {
    const { kysely, clock, store, tells, told, over, boxes, a, box } = await open(t);
    const history = openHistory({ database: kysely, clock });
    await store(tells(hourAt(over - 2 * HOUR_MS, 5), hourAt(over - HOUR_MS, 6)));
    clock.setWall(over - 2 * HOUR_MS + COUNTS_KEPT_MS);
    while (await history.expire());
    t.is((await told()).length, 2);
    clock.advance(1);
    while (await history.expire());
    t.deepEqual(await told(), [hourAt(over - HOUR_MS, 6)]);
    await boxes.remove(a.scope, box, 'anna');
    const rows = kysely.$extendTables<{ box_hours: { box: string } }>().selectFrom('box_hours').select('box');
    t.deepEqual(await rows.execute(), []);
  });
}

test('a sum is of what was told; few and not told are counted apart, as none of them is a number', (t) => {
  const hours = [hourAt(0, 7), hourAt(1), undefined, hourAt(3, 5), hourAt(4)];
  t.deepEqual(totalOf(hours, 'released'), { told: 12, few: 2, untold: 1 });
  t.deepEqual(totalOf(hours, 'erased'), { told: 0, few: 4, untold: 1 });
  t.deepEqual(totalOf([], 'erased'), { told: 0, few: 0, untold: 0 });
});
