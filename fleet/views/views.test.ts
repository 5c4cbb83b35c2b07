/** Saved views: whose they are, their bounds, and with whom they leave. */
import test from 'ava';
import { both } from '../db/testing/databases.ts';
import { migrations } from '../migrations.ts';
import { twoMsps } from '../tenants/testing/two-msps.ts';
import type { ViewEvent } from './events.ts';
import { MAX_PART_LENGTH, MAX_VIEWS } from './limits.ts';
import { type Asker, openViews } from './views.ts';

const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'none',
    ({ code, name }) => (code ?? name) as string,
  );

for (const database of both) {
  const open = async (t: Parameters<typeof database.fresh>[0]) => {
    const { kysely } = await database.fresh(t, migrations);
    const world = await twoMsps(kysely);
    const { a, b, clock, newId } = world;
    const db = kysely.$extendTables<{ people: Record<string, string | number | null> }>();
    const person = async (id: string, msp: string) => {
      const email = `${id}@a.example`;
      const row = { id, msp, email, email_key: email, name: id, grants: '[]', owner: 0, password: '' };
      await db
        .insertInto('people')
        .values({ ...row, totp_step: 0, created_at: 1, expires_at: 2 })
        .execute();
    };
    for (const id of ['anna', 'bert']) await person(id, a.scope.msp);
    await person('bea', b.scope.msp);
    const events: ViewEvent[] = [];
    const views = openViews({ database: kysely, clock, newId, append: async (event) => void events.push(event) });
    const [anna, bert, bea] = [
      ...['anna', 'bert'].map((one): Asker => ({ person: one, scope: a.scope })),
      { person: 'bea', scope: b.scope },
    ] as [Asker, Asker, Asker];
    const names = async (asker: Asker) => (await views.of(asker)).map(({ name }) => name);
    return { ...world, db, views, events, anna, bert, bea, names };
  };
  const bad = { filter: { state: 'bad' }, shared: false };

  test(`${database.name}: one's own are nobody else's; those for everybody are for who sees all of the MSP`, async (t) => {
    const { views, anna, bert, bea, names, a, events } = await open(t);
    const own = await views.save(anna, { ...bad, name: ' My  bad ones ' });
    const all = await views.save(anna, { ...bad, name: 'Bad', shared: true });
    t.deepEqual(await views.of(anna), [
      { id: all, name: 'Bad', filter: { state: 'bad' }, shared: true },
      { id: own, name: 'My bad ones', filter: { state: 'bad' }, shared: false },
    ]);
    t.deepEqual(await names(bert), ['Bad']);
    t.deepEqual(await names(bea), []);
    const part: Asker = {
      person: 'bert',
      scope: { msp: a.scope.msp, within: { customers: [...a.customers], sites: [] } },
    };
    t.deepEqual(await names(part), []);
    for (const other of [bert, bea]) {
      t.is(await code(views.remove(other, own, false)), 'view_unknown');
      t.is(await code(views.remove(other, own, true)), 'view_unknown');
    }
    t.is(await code(views.remove(bea, all, true)), 'view_unknown');
    t.is(await code(views.remove(bert, all, false)), 'view_unknown');
    await views.remove(bert, all, true);
    await views.remove(anna, own, false);
    t.deepEqual(await names(anna), []);
    const facts = events.filter(({ kind }) => kind === 'view_saved').map((event) => event.facts);
    t.deepEqual(facts, [
      { msp: a.scope.msp, view: own, shared: false },
      { msp: a.scope.msp, view: all, shared: true },
    ]);
  });

  test(`${database.name}: a name once, as many as a line of links takes, and a filter that filters`, async (t) => {
    const { views, anna, bert } = await open(t);
    await views.save(anna, { ...bad, name: 'Bad' });
    t.is(await code(views.save(anna, { ...bad, name: 'BAD' })), 'name_taken');
    t.is(await code(views.save(anna, { ...bad, name: 'BAD', shared: true })), 'none');
    t.is(await code(views.save(bert, { ...bad, name: 'Bad' })), 'none');
    t.is(await code(views.save(anna, { ...bad, name: '\u0000' })), 'name_invalid');
    t.is(await code(views.save(anna, { ...bad, name: 'x', filter: {} })), 'view_empty');
    for (const filter of [{ 'a b': 'x' }, { q: '' }, { q: 'x'.repeat(MAX_PART_LENGTH + 1) }, { q: 1 as never }])
      t.is(await code(views.save(anna, { ...bad, name: 'x', filter })), 'ZodError');
    for (let at = 1; at < MAX_VIEWS; at++) await views.save(anna, { ...bad, name: `View ${at}` });
    t.is(await code(views.save(anna, { ...bad, name: 'one too many' })), 'views_full');
    t.is((await views.of(anna)).length, MAX_VIEWS + 1);
  });

  test(`${database.name}: own views leave with their person, all with their MSP`, async (t) => {
    const { views, anna, bert, db, names, msps, tenants, a } = await open(t);
    await views.save(anna, { ...bad, name: 'Mine' });
    await views.save(anna, { ...bad, name: 'Ours', shared: true });
    await views.save(bert, { ...bad, name: 'His' });
    await db.deleteFrom('people').where('id', '=', 'anna').execute();
    t.deepEqual(await names(bert), ['His', 'Ours']);
    for (const customer of a.customers) await tenants.deleteCustomer(a.scope, customer, 'anna');
    await msps.archive(a.scope.msp, 'operator');
    await msps.delete(a.scope.msp, 'operator');
    t.deepEqual(await names(bert), []);
  });
}
