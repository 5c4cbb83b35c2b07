/** A command on its way: what the broker gets, again where nothing was answered, and who is told of the answer. */
import { setImmediate as breath } from 'node:timers/promises';
import { silentLog } from '@belkluis/shared/base/log';
import { command } from '@belkluis/shared/contract/command';
import test, { type ExecutionContext } from 'ava';
import { openCommands } from './commands/commands.ts';
import { AGAIN_MS, LISTENS_MS } from './commands/limits.ts';
import { commandMigrations } from './commands/tables.ts';
import { both } from './db/testing/databases.ts';
import { boxesOfTwo, boxId, migrations, presence } from './inventory/testing/boxes.ts';
import { joinCommands } from './join-commands.ts';

/** Boxes of an MSP that are there, and their commands. */
async function world(t: ExecutionContext, names: readonly string[]) {
  const { kysely } = await both[0]!.fresh(t, [...migrations, ...commandMigrations]);
  const made = await boxesOfTwo(kysely);
  for (const name of names) {
    await made.addBox(name, made.a.sites[0]);
    await made.store(made.says(name, presence()));
  }
  const { clock, newId } = made;
  clock.advance(LISTENS_MS);
  return { ...made, commands: openCommands({ database: kysely, clock, newId, append: async () => {} }) };
}

const settle = async () => {
  for (let turn = 0; turn < 50; turn++) await breath();
};

test('the message has the id of the row; without an answer the same comes again, after it nothing', async (t) => {
  const { a, clock, identities, commands } = await world(t, ['one']);
  const published: { topic: string; id: string; op: string; retain: boolean }[] = [];
  const changed: string[] = [];
  const joined = joinCommands(
    { commands, identities },
    {
      broker: {
        async publish(topic, payload, { retain }) {
          const read = command.parse(Buffer.from(payload));
          if (!read.ok) throw new Error(read.at);
          const { id, body } = read.message;
          published.push({ topic, id, op: body.op, retain });
        },
      },
      ...{ clock, log: silentLog },
      changed: (changes) => changed.push(...changes.map(({ box }) => box)),
    },
  );
  /** Jobs look at the clock when their time comes, and again a moment later. */
  const later = async (ms: number) => {
    for (const passed of [ms, 1000]) {
      clock.advance(passed);
      await settle();
    }
  };
  const {
    commands: [id],
  } = await commands.send(a.scope, [boxId('one')], 'sync', 'anna');
  const end = joined.start();
  await settle();
  const sent = { topic: command.topic(boxId('one'), id!), id: id!, op: 'sync', retain: false };
  t.deepEqual(published, [sent]);
  await later(1000);
  t.is(published.length, 1);
  await later(AGAIN_MS);
  t.deepEqual(published, [sent, sent]);
  await joined.ports.responded(boxId('one'), id!, { state: 'done' });
  await joined.ports.responded(boxId('one'), id!, { state: 'done' });
  t.deepEqual(changed, [boxId('one')]);
  await later(AGAIN_MS);
  t.is(published.length, 2);
  await end();
});

test('a batch is handed to the broker at once; what it does not take holds up no other and comes again', async (t) => {
  const names = ['one', 'two', 'three'];
  const { a, clock, identities, commands } = await world(t, names);
  const all = Promise.withResolvers<void>();
  const published: string[] = [];
  const said: string[] = [];
  let refuses = true;
  const joined = joinCommands(
    { commands, identities },
    {
      broker: {
        async publish(topic) {
          published.push(topic);
          if (published.length === names.length) all.resolve();
          await all.promise;
          if (topic.includes(boxId('one')) && refuses) throw new Error('the broker is gone');
        },
      },
      ...{ clock, log: (event) => void said.push(event), changed: () => {} },
    },
  );
  await commands.send(a.scope, names.map(boxId), 'sync', 'anna');
  const end = joined.start();
  await settle();
  t.is(published.length, 3);
  t.true(said.includes('command_step_failed'));
  const stands = async (name: string) => (await commands.of(a.scope, boxId(name))).rows[0]!.state;
  t.deepEqual(await Promise.all(names.map(stands)), ['waiting', 'sent', 'sent']);
  refuses = false;
  clock.advance(1000);
  await settle();
  t.deepEqual(published.slice(3), [published.find((topic) => topic.includes(boxId('one')))!]);
  t.is(await stands('one'), 'sent');
  await end();
});
