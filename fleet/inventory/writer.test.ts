import { silentLog } from '@belkluis/shared/base/log';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import { sql } from 'kysely';
import { both } from '../db/testing/databases.ts';
import type { Change, Heard } from './heard.ts';
import { MAX_BATCH_MS, MAX_BATCH_ROWS, MAX_WAITING, RETRY_MS } from './limits.ts';
import { boxesOfTwo, boxId, finding, health, migrations, presence } from './testing/boxes.ts';
import { openWriter } from './writer.ts';

for (const database of both) {
  const open = async (t: Parameters<typeof database.fresh>[0]) => {
    const { kysely } = await database.fresh(t, migrations);
    const world = await boxesOfTwo(kysely);
    await world.addBox('one', world.a.sites[0]);
    const clock = new ManualClock();
    const changes: Change[] = [];
    const changed = (now: readonly Change[]) => {
      changes.push(...now);
      // Whoever listens may fail: what is stored is stored.
      throw new Error('no page listens');
    };
    const writer = openWriter({ database: kysely, clock, log: silentLog, changed });
    return { ...world, kysely, writer, changes, timer: clock };
  };

  test(`${database.name}: what comes within a moment is written at once, and acknowledged when it is stored`, async (t) => {
    const { writer, timer, says, boxes, a, changes } = await open(t);
    const fates: string[] = [];
    const took = [says('one', presence()), says('one', finding('disk_low', 'warn')), says('stranger', presence())].map(
      async (heard) => fates.push(await writer.take(heard)),
    );
    timer.advance(MAX_BATCH_MS - 1);
    await new Promise(setImmediate);
    t.deepEqual(fates, []);
    timer.advance(1);
    await Promise.all(took);
    t.deepEqual(fates.toSorted(), ['stored', 'stored', 'unknown']);
    t.like(await boxes.get(a.scope, boxId('one')), { urgency: 'warn', presence: { is: 'online' } });
    t.deepEqual(
      changes.map(({ box, after }) => [box, after]),
      [[boxId('one'), 'warn']],
    );
    await writer.close();
    await t.throwsAsync(writer.take(says('one', presence())), { code: 'inventory_closed' });
  });

  test(`${database.name}: a message that the database does not take spoils no other`, async (t) => {
    const { writer, timer, says, kysely, addBox, a } = await open(t);
    await addBox('two', a.sites[0]);
    const bad = says('one', health(Number.NaN as number));
    const took = [says('two', presence()), bad, says('one', presence()), says('two', health(1_800_000_000_000))].map(
      (heard) => writer.take(heard).catch(() => 'refused'),
    );
    timer.advance(MAX_BATCH_MS);
    t.deepEqual(await Promise.all(took), ['stored', 'refused', 'stored', 'stored']);
    const { rows } = await sql<{ n: number }>`SELECT count(*) AS n FROM box_presence`.execute(kysely);
    t.is(rows[0]!.n, 2);
    await writer.close();
  });

  test(`${database.name}: a full batch waits for nobody; beyond what may wait the sender is told so`, async (t) => {
    const { writer, says, kysely } = await open(t);
    const took: Promise<unknown>[] = [];
    const one = (): Heard => says('one', { kind: 'other' });
    for (let at = 0; at < MAX_BATCH_ROWS; at++) took.push(writer.take(one()));
    await Promise.all(took);
    // The turn of the loop is not given back: nothing is written meanwhile.
    const flood = Array.from({ length: MAX_WAITING + 1 }, () => writer.take(one()).catch(({ code }) => code as string));
    t.is(await flood.at(-1), 'inventory_full');
    await writer.close();
    t.true((await Promise.all(flood.slice(0, -1))).every((fate) => fate === 'stored'));
    const { rows } = await sql<{ last: number }>`SELECT last FROM box_sequences`.execute(kysely);
    t.is(rows[0]!.last, MAX_BATCH_ROWS + MAX_WAITING);
  });

  test(`${database.name}: a message whose commit was not answered is found, not seen`, async (t) => {
    const { kysely, says, timer } = await open(t);
    let loses = true;
    const flaky = new Proxy(kysely, {
      get(target, name, receiver) {
        if (name !== 'transaction') return Reflect.get(target, name, receiver);
        return () => ({
          setIsolationLevel: (level: 'serializable') => ({
            async execute(work: (transaction: never) => Promise<unknown>) {
              const result = await target
                .transaction()
                .setIsolationLevel(level)
                .execute(work as never);
              if (!loses) return result;
              loses = false;
              throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
            },
          }),
        });
      },
    });
    const writer = openWriter({ database: flaky, clock: timer, log: silentLog, changed: () => {} });
    const heard = says('one', presence());
    const took = writer.take(heard);
    while (loses) {
      timer.advance(MAX_BATCH_MS);
      await new Promise(setImmediate);
    }
    let fate: string | null = null;
    const known = took.then((now) => {
      fate = now;
    });
    while (fate === null) {
      timer.advance(RETRY_MS);
      await new Promise(setImmediate);
    }
    await known;
    t.is(fate as string, 'found');
    const again = writer.take(heard);
    timer.advance(MAX_BATCH_MS);
    t.is(await again, 'seen', 'what comes again is');
    await writer.close();
  });
}
