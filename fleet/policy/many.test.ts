/** Many boxes at once are as many statements as one. */
import test from 'ava';
import { counted } from '../db/testing/counted.ts';
import { both } from '../db/testing/databases.ts';
import { boxId, presence } from '../inventory/testing/boxes.ts';
import { hashOf, migrations, payloadOf, policyWorld } from './testing/world.ts';

for (const database of both)
  test(`${database.name}: twenty boxes that come back, or have a policy in force, are as many statements as one`, async (t) => {
    const { kysely } = await database.fresh(t, migrations);
    const count = counted(kysely);
    const w = await policyWorld(count.database);
    const { policies, a } = w;
    const names = Array.from({ length: 21 }, (_, at) => `box-${at}`);
    for (const name of names) await w.addBox(name, a.sites[0]);
    const [one, ...others] = names;
    const come = (some: readonly string[]) =>
      count.of(() => w.store(...some.map((name) => w.message(name, presence({ conn: 9, software: 'v0.9.0' })))));
    t.is(await come([one!]), await come(others), 'presence');

    await policies.documents.bring(a.scope, w.own.envelope, 'anna');
    const level = { parts: { holidays: [{ date: '2026-12-25', name: 'Christmas' }] } };
    await policies.levels.write(a.scope, { kind: 'msp', of: a.scope.msp }, 0, level, 'anna');
    await w.signAll();
    while (w.retained.size < names.length) await w.step();
    for (const name of names) {
      const policy = w.retained.get(boxId(name))!;
      await w.reports(name, { applied: { version: payloadOf(policy).version, hash: hashOf(policy) } });
    }
    const look = (some: readonly string[]) => count.of(() => policies.engine.look(some.map(boxId)));
    const told = w.told.length;
    t.is(await look([one!]), await look(others), 'answers');
    const news = w.told.slice(told).map(({ kind, facts }) => [kind, (facts as { box: string }).box]);
    t.deepEqual(news.sort(), names.map((name) => ['box_policy', boxId(name)]).sort(), 'each is in the log, once');
    t.is(await policies.engine.sweep(), false);
    t.is(await look(names), await look([one!]), 'nothing new');
    t.is(w.told.length, told + names.length);
  });

test('a batch of policies is handed to the broker at once: it may answer each behind much else', async (t) => {
  const [sqlite] = both;
  const { kysely } = await sqlite!.fresh(t, migrations);
  const w = await policyWorld(kysely);
  const { policies, a } = w;
  const names = ['one', 'two', 'three'];
  for (const name of names) await w.addBox(name, a.sites[0]);
  await policies.documents.bring(a.scope, w.own.envelope, 'anna');
  const level = { parts: { holidays: [{ date: '2026-12-25', name: 'Christmas' }] } };
  await policies.levels.write(a.scope, { kind: 'msp', of: a.scope.msp }, 0, level, 'anna');
  await w.signAll();
  const all = Promise.withResolvers<void>();
  let asked = 0;
  await policies.engine.step(async () => {
    if (++asked === names.length) all.resolve();
    await all.promise;
  });
  t.is(asked, names.length);
  t.is(await policies.engine.step(() => Promise.reject(new Error('sent twice'))), false, 'each once');
});
