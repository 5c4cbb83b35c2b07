/** What was cancelled reaches nobody later, whoever is sending at that moment; and each box is looked at after it. */
import test from 'ava';
import { both } from '../db/testing/databases.ts';
import type { LevelInput } from './content.ts';
import { ANSWER_WITHIN_MS, SEND_AGAIN_MS } from './limits.ts';
import { view } from './parts.ts';
import type { Ring } from './rings.ts';
import type { Send } from './sending.ts';
import { migrations, payloadOf, policyWorld } from './testing/world.ts';

const holiday = (day: number): LevelInput => ({
  parts: { holidays: [{ date: `2026-12-${day}`, name: 'Closed' }] },
});
const slow: readonly Ring[] = [
  { name: 'first', who: { percent: 1 }, waitMs: 60_000, mayFail: { boxes: 0 } },
  { name: 'rest', who: 'rest', waitMs: 0, mayFail: { boxes: 0 } },
];

for (const database of both) {
  const world = async (t: Parameters<typeof database.fresh>[0], boxes: readonly string[] = ['one']) => {
    const { kysely } = await database.fresh(t, migrations);
    const w = await policyWorld(kysely);
    const db = view(kysely);
    await w.policies.documents.bring(w.a.scope, w.own.envelope, 'anna');
    for (const box of boxes) await w.addBox(box, w.a.sites[0]);
    let version = 0;
    return {
      ...w,
      db,
      box: w.boxId(boxes[0]!),
      other: w.open().engine,
      async sign(day: number, rings?: readonly Ring[]) {
        await w.policies.levels.write(w.a.scope, { kind: 'msp', of: w.a.scope.msp }, version++, holiday(day), 'anna');
        return (await w.signAll(w.a.scope, { rings })).rollout;
      },
      cancel: (rollout: string) => w.policies.rollouts.cancel(w.a.scope, rollout, 'sara'),
      states: async (box: string) => {
        const rows = await db.selectFrom('policy_signed').select(['version', 'state']).where('box', '=', box);
        return (await rows.orderBy('version').execute()).map(({ version, state }) => `${version} ${state}`);
      },
    };
  };
  const name = (what: string) => `${database.name}: ${what}`;

  /** A process that has begun to send: `goesOn` lets it publish, and waits for it. */
  async function begun({ policies, send }: Awaited<ReturnType<typeof world>>, dies = false) {
    const [asked, may] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const late: Send = async (box, policy) => {
      asked.resolve();
      await may.promise;
      await send(box, policy);
      if (dies) throw new Error('killed');
    };
    const step = policies.engine.step(late);
    await asked.promise;
    return async () => {
      may.resolve();
      await step.catch((error: Error) => {
        if (error.message !== 'killed') throw error;
      });
    };
  }

  test(name('what another process is sending when it is cancelled is taken back after that'), async (t) => {
    const w = await world(t);
    const rollout = await w.sign(11);
    const goesOn = await begun(w);
    await w.cancel(rollout);
    await w.other.step(w.send);
    t.deepEqual(w.sends, [], 'not before it: it would arrive after it was taken back');
    await goesOn();
    t.true(w.retained.has(w.box));
    await w.other.step(w.send);
    t.false(w.retained.has(w.box));
    t.deepEqual(await w.states(w.box), ['2 cancelled']);
    t.is((await w.policies.standing.box(w.a.scope, w.box)).state, 'none');
  });

  test(name('a process that sends late, or dies after it has sent, leaves nothing that was cancelled'), async (t) => {
    const w = await world(t);
    const first = await w.sign(11);
    const late = await begun(w);
    await w.cancel(first);
    w.clock.advance(SEND_AGAIN_MS + 1);
    await w.other.step(w.send);
    t.deepEqual(await w.states(w.box), ['2 cancelled'], 'it is taken to be dead');
    await late();
    t.true(w.retained.has(w.box));
    await w.other.step(w.send);
    t.false(w.retained.has(w.box), 'once more');

    const second = await w.sign(12);
    const dies = await begun(w, true);
    await w.cancel(second);
    await dies();
    t.true(w.retained.has(w.box));
    w.clock.advance(SEND_AGAIN_MS + 1);
    await w.other.step(w.send);
    t.false(w.retained.has(w.box));
    t.deepEqual(await w.states(w.box), ['2 cancelled', '3 cancelled']);
  });

  test(name('a box that comes while it is cancelled may be answered late: that is taken back too'), async (t) => {
    const w = await world(t);
    const { engine } = w.policies;
    const rollout = await w.sign(11);
    await w.step();
    const wanted = await engine.wanted(w.box);
    await w.cancel(rollout);
    await w.step();
    await w.send(w.box, wanted!.policy);
    await engine.answered(w.box, wanted!.version);
    await w.step();
    t.false(w.retained.has(w.box));
    await w.sign(12);
    await w.step();
    await engine.answered(w.box, 3);
    await w.step();
    t.deepEqual(await w.states(w.box), ['2 cancelled', '3 sent'], 'what is wanted stays');
  });

  test(name('a new policy is sent after the cancelled one was taken back, and stays'), async (t) => {
    const w = await world(t);
    const rollout = await w.sign(11);
    await w.step();
    await w.cancel(rollout);
    await w.sign(12);
    const [asked, may] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const takesBack = w.policies.engine.step(async (box, policy) => {
      if (!policy) {
        asked.resolve();
        await may.promise;
      }
      await w.send(box, policy);
    });
    await asked.promise;
    await w.other.step(w.send);
    t.deepEqual(await w.states(w.box), ['2 withdraw', '3 due']);
    may.resolve();
    await takesBack;
    await w.step();
    t.is(payloadOf(w.retained.get(w.box)!).version, 3);
    t.deepEqual(await w.states(w.box), ['2 cancelled', '3 sent']);
  });

  test(name('what was cancelled before it was sent leaves the box as it was, and looked at'), async (t) => {
    const w = await world(t, ['one', 'two', 'three']);
    const boxes = ['one', 'two', 'three'].map(w.boxId);
    await w.sign(11);
    await w.step();
    for (const box of boxes) await w.applies(box);
    await w.step();
    const rollout = await w.sign(12, slow);
    const counts = async () => (await w.policies.standing.counts(w.a.scope)).counts;
    t.like(await counts(), { waiting: 3 });
    await w.cancel(rollout);
    await w.step();
    t.like(await counts(), { applied: 3, waiting: 0, none: 0 });
    // So it is seen when it changes, and renewed.
    await w.says(boxes[0]!, { applied: { version: 9, hash: 'd'.repeat(64) } });
    t.like(await counts(), { applied: 2, drift: 1 });
  });

  test(
    name('what a box had not answered in time is taken back too, and nobody gets what it refused any more'),
    async (t) => {
      const w = await world(t, ['silent', 'refuses']);
      const [silent, refuses] = [w.box, w.boxId('refuses')];
      const rollout = await w.sign(11);
      await w.step();
      await w.refuses(refuses);
      w.clock.advance(ANSWER_WITHIN_MS + 1000);
      await w.step();
      t.deepEqual(await w.states(silent), ['2 failed']);
      t.truthy(await w.policies.engine.wanted(silent));
      await w.cancel(rollout);
      await w.step();
      t.deepEqual([...w.retained.keys()], [refuses]);
      for (const box of [silent, refuses]) t.is(await w.policies.engine.wanted(box), null);
    },
  );

  test(name('a box that comes is answered where its policy was changed into no message: with nothing'), async (t) => {
    const w = await world(t);
    await w.sign(11);
    const plant = (envelope: string) => w.db.updateTable('policy_signed').set({ envelope }).execute();
    const { envelope } = await w.db.selectFrom('policy_signed').select('envelope').executeTakeFirstOrThrow();
    await plant('{"payload":"');
    await w.step();
    t.like(await w.policies.standing.box(w.a.scope, w.box), { state: 'failed', why: 'unsendable' });
    t.is(await w.policies.engine.wanted(w.box), null);
    await plant(JSON.stringify({ ...JSON.parse(envelope), more: true }));
    t.is(await w.policies.engine.wanted(w.box), null);
    await plant(envelope);
    t.like(await w.policies.engine.wanted(w.box), { version: 2 });
  });
}

test('what was cancelled is taken back a batch at once', async (t) => {
  const [sqlite] = both;
  const { kysely } = await sqlite!.fresh(t, migrations);
  const w = await policyWorld(kysely);
  await w.policies.documents.bring(w.a.scope, w.own.envelope, 'anna');
  const names = ['one', 'two', 'three'];
  for (const name of names) await w.addBox(name, w.a.sites[0]);
  await w.policies.levels.write(w.a.scope, { kind: 'msp', of: w.a.scope.msp }, 0, holiday(11), 'anna');
  const { rollout } = await w.signAll();
  await w.step();
  await w.policies.rollouts.cancel(w.a.scope, rollout, 'sara');
  const all = Promise.withResolvers<void>();
  let asked = 0;
  await w.policies.engine.step(async () => {
    if (++asked === names.length) all.resolve();
    await all.promise;
  });
  t.is(asked, names.length);
});
