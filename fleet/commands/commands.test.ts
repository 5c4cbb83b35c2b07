/** What boxes are asked to do: once each, by whom it may be, and what became of it whatever is lost on the way. */
import test from 'ava';
import { CompiledQuery } from 'kysely';
import { both } from '../db/testing/databases.ts';
import { boxesOfTwo, boxId, migrations as inventory, presence } from '../inventory/testing/boxes.ts';
import { openCommands } from './commands.ts';
import type { CommandEvent } from './events.ts';
import { AGAIN_MS, COMMAND_MS, GIVE_UP_MS, KEPT_MS, LISTENS_MS } from './limits.ts';
import { type Standing, standingAfter } from './state.ts';
import { type CommandOp, commandMigrations } from './tables.ts';

const codeIn = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'done',
    (error: { code?: string }) => error.code ?? 'unknown',
  );

for (const database of both) {
  const open = async (t: Parameters<typeof database.fresh>[0]) => {
    const { kysely } = await database.fresh(t, [...inventory, ...commandMigrations]);
    const world = await boxesOfTwo(kysely);
    const { a, b, says, store, clock, newId } = world;
    await world.addBox('one', a.sites[0]);
    await world.addBox('two', a.sites[1]);
    await world.addBox('theirs', b.sites[0], b.scope);
    await store(says('one', presence()));
    clock.advance(LISTENS_MS);
    const told: CommandEvent[] = [];
    let broken = false;
    const commands = openCommands({
      ...{ database: kysely, clock, newId },
      async append(event) {
        if (broken) throw new Error('the log takes nothing');
        told.push(event);
      },
    });
    return { ...world, kysely, commands, told, breakLog: () => (broken = true) };
  };

  test(`${database.name}: a command is logged, sent when its box is there, and done once`, async (t) => {
    const { commands, a, told, clock, says, store } = await open(t);
    const boxes = ['one', 'two'].map(boxId);
    const sent = await commands.send(a.scope, boxes, 'test_call', 'anna');
    t.is(sent.commands.length, 2);
    t.deepEqual(
      told.map(({ actor, facts }) => [actor, facts.op]),
      [
        ['anna', 'test_call'],
        ['anna', 'test_call'],
      ],
    );
    t.deepEqual(await commands.send(a.scope, boxes, 'test_call', 'anna'), { commands: [], busy: 2 });
    const [due, ...none] = await commands.due();
    t.is(due!.box, boxId('one'));
    t.deepEqual(none, [], 'a box that is away is asked when it comes back');
    await commands.sent([due!.id]);
    t.deepEqual(await commands.due(), []);
    clock.advance(AGAIN_MS);
    t.is((await commands.due())[0]!.id, due!.id, 'the same again, where nothing was answered');
    t.true(await commands.responded(due!.box, due!.id, { state: 'accepted' }));
    t.false(await commands.responded(due!.box, due!.id, { state: 'accepted' }));
    t.deepEqual(await commands.due(), []);
    await store(says('two', presence()));
    t.deepEqual(await commands.due(), [], 'it says that it is there, and listens a moment later');
    clock.advance(LISTENS_MS);
    t.is((await commands.due())[0]!.box, boxId('two'));
    t.true(await commands.responded(due!.box, due!.id, { state: 'running', percent: 40 }));
    t.true(await commands.responded(due!.box, due!.id, { state: 'failed', why: 'test_call_failed' }));
    t.false(await commands.responded(due!.box, due!.id, { state: 'done' }), 'what is over stays over');
    const { rows } = await commands.of(a.scope, boxId('one'));
    t.like(rows[0], { state: 'failed', why: 'test_call_failed', by: 'anna', percent: null });
    t.is(
      (await commands.send(a.scope, [boxId('one')], 'test_call', 'anna')).commands.length,
      1,
      'and may be asked anew',
    );
  });

  test(`${database.name}: nobody asks or answers for a box of others, and without a log nothing is asked`, async (t) => {
    const { commands, a, b, told, breakLog } = await open(t);
    t.is(await codeIn(commands.send(a.scope, [boxId('theirs')], 'sync', 'eve')), 'command_box_unknown');
    t.is(await codeIn(commands.send(a.scope, [boxId('one'), boxId('theirs')], 'sync', 'eve')), 'command_box_unknown');
    t.is(await codeIn(commands.send(a.scope, [], 'sync', 'eve')), 'command_box_unknown');
    t.deepEqual(told, []);
    const { commands: ids } = await commands.send(b.scope, [boxId('theirs')], 'sync', 'bert');
    t.false(await commands.responded(boxId('one'), ids[0]!, { state: 'done' }), 'another box answers');
    t.deepEqual((await commands.of(a.scope, boxId('theirs'))).rows, []);
    t.is((await commands.of(b.scope, boxId('theirs'))).rows[0]!.state, 'waiting');
    breakLog();
    await t.throwsAsync(commands.send(a.scope, [boxId('one')], 'sync', 'anna'));
    t.deepEqual((await commands.of(a.scope, boxId('one'))).rows, []);
  });

  test(`${database.name}: what never went out goes before what is sent again, and a batch is noted at once`, async (t) => {
    const { commands, a, clock, says, store } = await open(t);
    await store(says('two', presence()));
    clock.advance(LISTENS_MS);
    const ask = async (name: string, op: CommandOp) =>
      (await commands.send(a.scope, [boxId(name)], op, 'anna')).commands[0]!;
    const [first, second] = [await ask('one', 'sync'), await ask('one', 'renew')];
    clock.advance(1);
    const due = async () => (await commands.due()).map(({ id }) => id);
    t.deepEqual(await due(), [first, second]);
    await commands.sent([second]);
    clock.advance(1);
    await commands.sent([first]);
    clock.advance(AGAIN_MS);
    const third = await ask('two', 'sync');
    t.deepEqual(await due(), [third, second, first], 'then what was said longest ago');
    await commands.sent([]);
    await commands.sent([first, second, third]);
    t.deepEqual(await due(), []);
    clock.advance(AGAIN_MS);
    t.is((await due()).length, 3);
    t.true(await commands.responded(boxId('two'), third, { state: 'done' }));
    await commands.sent([first, third]);
    t.like(
      (await commands.of(a.scope, boxId('two'))).rows[0],
      { state: 'done' },
      'whose answer came before it was noted',
    );
    t.deepEqual(await due(), [second]);
  });

  test(`${database.name}: what is not done in time is given up, a late answer is believed, and the old is forgotten`, async (t) => {
    const { commands, a, clock } = await open(t);
    const { commands: ids } = await commands.send(a.scope, [boxId('one')], 'sync', 'anna');
    clock.advance(COMMAND_MS);
    t.deepEqual(await commands.due(), []);
    t.is(await commands.expire(), 1);
    t.true(await commands.responded(boxId('one'), ids[0]!, { state: 'done' }));
    const again = await commands.send(a.scope, [boxId('one')], 'sync', 'anna');
    await commands.responded(boxId('one'), again.commands[0]!, { state: 'accepted' });
    clock.advance(COMMAND_MS);
    t.is(await commands.expire(), 0, 'a box that has taken it is waited for');
    clock.advance(GIVE_UP_MS);
    t.is(await commands.expire(), 1);
    const first = await commands.of(a.scope, boxId('one'), { limit: 1 });
    t.is(first.rows[0]!.state, 'expired');
    const second = await commands.of(a.scope, boxId('one'), { limit: 1, after: first.next });
    t.is(second.rows[0]!.state, 'done');
    t.is(second.next, null);
    clock.advance(KEPT_MS + 1);
    t.false(await commands.forget());
    t.deepEqual((await commands.of(a.scope, boxId('one'))).rows, []);
  });
}

test('what is on its way is found without what was kept of months', async (t) => {
  const { kysely } = await both[0]!.fresh(t, [...inventory, ...commandMigrations]);
  const plans: Promise<string>[] = [];
  const seen = kysely.withPlugin({
    transformQuery({ node, queryId }) {
      const { sql, parameters } = kysely.getExecutor().compileQuery(node, queryId);
      const plan = kysely.executeQuery<{ detail: string }>(
        CompiledQuery.raw(`EXPLAIN QUERY PLAN ${sql}`, [...parameters]),
      );
      plans.push(plan.then(({ rows }) => rows.map(({ detail }) => detail).join('; ')));
      return node;
    },
    transformResult: async ({ result }) => result,
  });
  const { clock, newId } = await boxesOfTwo(kysely);
  const commands = openCommands({ database: seen, clock, newId, append: async () => {} });
  await commands.due();
  await commands.expire();
  const [due, expired] = await Promise.all(plans);
  t.regex(due!, /box_commands_due/);
  t.regex(expired!, /box_commands_over/);
});

test('answers in any order, twice and late end in the same', (t) => {
  const none: Standing = { state: 'sent', why: null, percent: null };
  const after = (known: Standing, ...said: Parameters<typeof standingAfter>[1][]) =>
    said.reduce((now, one) => standingAfter(now, one) ?? now, known);
  t.is(after(none, { state: 'done' }, { state: 'accepted' }, { state: 'running', percent: 10 }).state, 'done');
  t.like(after(none, { state: 'running', percent: 60 }, { state: 'running', percent: 30 }), { percent: 60 });
  t.like(after(none, { state: 'refused', why: 'expired' }), { state: 'expired', why: null });
  t.is(after({ ...none, state: 'expired' }, { state: 'running', percent: 1 }).state, 'expired');
  t.is(after({ ...none, state: 'expired' }, { state: 'failed', why: 'internal' }).state, 'failed');
});
