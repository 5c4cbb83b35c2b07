import test from 'ava';
import { both } from '../db/testing/databases.ts';
import { openHistory } from './history.ts';
import { DAY_MS, HEALTH_STEPS, HOUR_MS, MAX_POINTS } from './limits.ts';
import { boxesOfTwo, health, migrations } from './testing/boxes.ts';

const MINUTE_MS = 60_000;

for (const database of both) {
  test(`${database.name}: health is kept a day as it came, a week by five minutes, ninety days by the hour, and then not at all`, async (t) => {
    const { kysely } = await database.fresh(t, migrations);
    const { addBox, a, clock, says, store, overview } = await boxesOfTwo(kysely);
    const history = openHistory({ database: kysely, clock });
    const box = await addBox('one', a.sites[0]);
    const begin = clock.now();
    const tidy = async () => {
      while (await history.pack());
      while (await history.expire());
    };
    const seen = async (agoMs: number) =>
      (await overview.health(a.scope, box, { from: clock.now() - agoMs, until: clock.now() })).points.map(
        ({ at, gauges }) => [at - begin, gauges.cpu_percent, gauges.disk_days_left] as const,
      );
    // Three samples in one five minutes, one in the next, and one an hour later.
    const samples = [
      [0, 10, 30],
      [1, 40, 29],
      [2, 20, 31],
      [6, 50, 28],
      [70, 5, 27],
    ] as const;
    for (const [minute, cpu_percent, disk_days_left] of samples) {
      clock.setWall(begin + minute * MINUTE_MS);
      await store(says('one', health(clock.now(), {}, { cpu_percent, disk_days_left })));
    }
    const raw = samples.map(([minute, ...gauges]) => [minute * MINUTE_MS, ...gauges]);
    t.deepEqual(await seen(2 * HOUR_MS), raw);
    clock.setWall(begin + 3 * HOUR_MS);
    await tidy();
    t.deepEqual(await seen(4 * HOUR_MS), raw, 'packed, it is the same');
    const fives = [
      [0, 40, 29],
      [5 * MINUTE_MS, 50, 28],
      [70 * MINUTE_MS, 5, 27],
    ];
    clock.setWall(begin + 3 * DAY_MS);
    await tidy();
    t.deepEqual(await seen(3 * DAY_MS), fives);
    t.deepEqual(
      await kysely
        .$extendTables<{ health_chunks: { step: number } }>()
        .selectFrom('health_chunks')
        .select('step')
        .where('step', '=', 0)
        .execute(),
      [],
    );
    const hours = [
      [0, 50, 28],
      [HOUR_MS, 5, 27],
    ];
    // What waited in the box comes three days late, and is the worst of its hour.
    await store(says('one', health(begin + 8 * MINUTE_MS, {}, { cpu_percent: 90 })));
    await tidy();
    t.deepEqual(await seen(3 * DAY_MS), [
      [0, 40, 29],
      [5 * MINUTE_MS, 90, 28],
      [70 * MINUTE_MS, 5, 27],
    ]);
    hours[0] = [0, 90, 28];
    clock.setWall(begin + 80 * DAY_MS);
    await tidy();
    t.deepEqual(await seen(80 * DAY_MS), hours);
    clock.setWall(begin + 93 * DAY_MS);
    await tidy();
    t.deepEqual(await seen(93 * DAY_MS), []);
    for (const table of ['health_raw', 'health_chunks'] as const)
      t.deepEqual(
        await kysely.$extendTables<Record<typeof table, { box: string }>>().selectFrom(table).selectAll().execute(),
        [],
      );
  });

  test(`${database.name}: a graph has a bounded number of points, and packing in parts loses none`, async (t) => {
    const { kysely } = await database.fresh(t, migrations);
    const { addBox, a, clock, says, store, overview } = await boxesOfTwo(kysely);
    const history = openHistory({ database: kysely, clock });
    const names = Array.from({ length: 25 }, (_, at) => `box ${at}`);
    for (const name of names) await addBox(name, a.sites[0]);
    const begin = clock.now();
    await store(...names.map((name) => says(name, health(begin))));
    const many = Array.from({ length: 4000 }, (_, at) =>
      says('box 0', health(begin + at * 10_000), { heardAt: begin + at * 10_000 }),
    );
    for (let at = 0; at < many.length; at += 500) await store(...many.slice(at, at + 500));
    clock.setWall(begin + 12 * HOUR_MS);
    let steps = 0;
    while (await history.pack()) steps++;
    t.is(steps, 2);
    for (const name of names) {
      const box = says(name, { kind: 'other' }).box;
      const { points, step } = await overview.health(a.scope, box, { from: begin, until: clock.now() });
      if (name === 'box 0') {
        t.true(points.length <= MAX_POINTS && points.length > MAX_POINTS / 2);
        t.true(step > 0);
      } else t.is(points.length, 1);
    }
    t.deepEqual(
      HEALTH_STEPS.map(({ keep }) => keep),
      [DAY_MS, 7 * DAY_MS, 90 * DAY_MS],
    );
  });
}
