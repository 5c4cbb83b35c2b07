/** A command on its way: what the broker gets, again where nothing was answered, and who is told of the answer. */
import { setImmediate as breath } from 'node:timers/promises';
import { silentLog } from '@belkluis/shared/base/log';
import { command } from '@belkluis/shared/contract/command';
import test from 'ava';
import { openCommands } from './commands/commands.ts';
import { AGAIN_MS } from './commands/limits.ts';
import { commandMigrations } from './commands/tables.ts';
import { both } from './db/testing/databases.ts';
import { boxesOfTwo, boxId, migrations, presence } from './inventory/testing/boxes.ts';
import { joinCommands } from './join-commands.ts';

test('the message has the id of the row; without an answer the same comes again, after it nothing', async (t) => {
  const { kysely } = await both[0]!.fresh(t, [...migrations, ...commandMigrations]);
  const world = await boxesOfTwo(kysely);
  const { a, clock, newId, identities } = world;
  await world.addBox('one', a.sites[0]);
  await world.store(world.says('one', presence()));
  const commands = openCommands({ database: kysely, clock, newId, append: async () => {} });
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
  const settle = async () => {
    for (let turn = 0; turn < 50; turn++) await breath();
  };
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
