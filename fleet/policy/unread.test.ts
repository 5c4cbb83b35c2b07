/** Policies that nobody has brought: which boxes, in pages, and how many. */
import test from 'ava';
import { both } from '../db/testing/databases.ts';
import { ROWS_AT_ONCE } from './limits.ts';
import { migrations, policyWorld } from './testing/world.ts';

const other = 'b'.repeat(64);

for (const database of both)
  test(`${database.name}: boxes whose policy nobody has brought come by name, and are counted`, async (t) => {
    const { kysely } = await database.fresh(t, migrations);
    const w = await policyWorld(kysely);
    const { policies, a, b } = w;
    const add = (name: string, hash: string | null = w.own.hash, site = a.sites[0]) =>
      w.addBox(name, site, a.scope, hash);
    const [known] = [await add('known'), await add('none', null), await add('Zoo', other), await add('ape', other)];
    await w.addBox('theirs', b.sites[0], b.scope, other);
    const names = async (scope = a.scope, ask = {}) => {
      const { rows, boxes, next } = await policies.unread(scope, ask);
      return [rows.map(({ name }) => name), boxes, next !== null];
    };
    t.deepEqual(await names(), [['ape', 'known', 'Zoo'], 3, false], 'nobody has brought anything');
    await policies.documents.bring(a.scope, w.own.envelope, 'anna');
    t.deepEqual(await names(), [['ape', 'Zoo'], 2, false]);
    t.deepEqual(await names(b.scope), [['theirs'], 1, false]);
    const first = await policies.unread(a.scope, { limit: 1 });
    t.deepEqual([first.rows.map(({ name }) => name), first.boxes], [['ape'], 2]);
    t.deepEqual(await names(a.scope, { limit: 1, after: first.next }), [['Zoo'], 2, false]);
    const ofSite = { msp: a.scope.msp, within: { customers: [], sites: [a.sites[2]] } };
    await add('elsewhere', other, a.sites[2]);
    t.deepEqual(await names(ofSite), [['elsewhere'], 1, false]);

    // What is signed here is known where it is in force, and not where another took its place.
    const level = { parts: { holidays: [{ date: '2026-12-25', name: 'Christmas' }] } };
    await policies.levels.write(a.scope, { kind: 'msp', of: a.scope.msp }, 0, level, 'anna');
    const choice = { boxes: [known] };
    const { token } = await policies.preview(a.scope, choice);
    await policies.sign(a.scope, { choice, token, title: 'x' }, 'anna');
    while (!w.retained.has(known)) await w.step();
    await w.applies(known);
    t.deepEqual(await names(), [['ape', 'elsewhere', 'Zoo'], 3, false]);
    await w.says(known, { applied: { version: 9, hash: 'c'.repeat(64) } });
    t.deepEqual(await names(), [['ape', 'elsewhere', 'known', 'Zoo'], 4, false]);
  });

test('more boxes than one statement reads are all counted', async (t) => {
  const { kysely } = await both[0]!.fresh(t, migrations);
  const w = await policyWorld(kysely);
  const { a, policies } = w;
  const names = Array.from({ length: ROWS_AT_ONCE + 3 }, (_, at) => `box ${at}`);
  for (const name of names) await w.addBox(name, a.sites[0], a.scope, other);
  const { rows, boxes, next } = await policies.unread(a.scope, { limit: 2 });
  t.is(boxes, names.length);
  t.is((await policies.unread(a.scope, { limit: 2 }, names.length)).boxes, names.length);
  t.is((await policies.unread(a.scope, { limit: 2 }, names.length - 1)).boxes, null, 'more than are counted');
  t.deepEqual(
    [rows, (await policies.unread(a.scope, { limit: 2, after: next })).rows].flat().map(({ name }) => name),
    names.toSorted().slice(0, 4),
  );
});
