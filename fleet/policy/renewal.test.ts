/** What is signed anew, by the fleet or by who tries a rollout again: never over something newer, and nobody waits for others. */
import type { Problem } from '@belkluis/shared/base/problem';
import test from 'ava';
import { both } from '../db/testing/databases.ts';
import { presence } from '../inventory/testing/boxes.ts';
import type { LevelInput } from './content.ts';
import { SEND_BATCH } from './limits.ts';
import { view } from './parts.ts';
import type { RenewOptions } from './renewal.ts';
import { hashOf, memoryKeys, migrations, payloadOf, policyWorld } from './testing/world.ts';

const DAY_MS = 86_400_000;
const holiday = (day: number): LevelInput => ({
  parts: { holidays: [{ date: `2026-12-${day}`, name: 'Closed' }] },
});

for (const database of both) {
  const world = async (t: Parameters<typeof database.fresh>[0], folder = memoryKeys()) => {
    const { kysely } = await database.fresh(t, migrations);
    const w = await policyWorld(kysely, folder);
    const db = view(kysely);
    await w.policies.documents.bring(w.a.scope, w.own.envelope, 'anna');
    let version = 0;
    return {
      ...w,
      db,
      /** Changes the MSP's level and signs that for all. */
      async sign(day: number) {
        await w.policies.levels.write(w.a.scope, { kind: 'msp', of: w.a.scope.msp }, version++, holiday(day), 'anna');
        return (await w.signAll()).rollout;
      },
      states: async (box: string) => {
        const rows = await db.selectFrom('policy_signed').select(['version', 'state']).where('box', '=', box);
        return (await rows.orderBy('version').execute()).map(({ version, state }) => `${version} ${state}`);
      },
    };
  };
  const name = (what: string) => `${database.name}: ${what}`;
  const dayOf = (policy: Parameters<typeof payloadOf>[0]) => payloadOf(policy).holidays[0]!.date.slice(-2);

  test(name('an old rollout that is tried again puts nothing over a newer policy of the box'), async (t) => {
    const w = await world(t);
    const box = await w.addBox('one', w.a.sites[0]);
    const old = await w.sign(11);
    await w.step();
    await w.refuses(box);
    await w.sign(12);
    t.deepEqual(await w.states(box), ['2 superseded', '3 held'], 'what was refused has a newer one in its place');
    await w.step();
    await w.applies(box);
    await w.policies.rollouts.retry(w.a.scope, old, 'sara');
    // As a fleet of before left it.
    await w.db.updateTable('policy_signed').set({ state: 'rejected' }).where('version', '=', 2).execute();
    await w.policies.rollouts.retry(w.a.scope, old, 'sara');
    await w.step();
    t.deepEqual(await w.states(box), ['2 rejected', '3 applied']);
    t.is(dayOf(w.retained.get(box)!), '12');
    t.is((await w.policies.standing.box(w.a.scope, box)).state, 'applied');
  });

  test(name('nothing is signed anew over what its own people put in force'), async (t) => {
    const w = await world(t);
    const box = await w.addBox('one', w.a.sites[0]);
    for (const day of [11, 12]) {
      await w.sign(day);
      await w.step();
      await w.applies(box);
    }
    const third = await w.sign(13);
    await w.step();
    await w.refuses(box, 'policy_out_of_order', 'f'.repeat(64));
    await w.renew();
    await w.policies.rollouts.retry(w.a.scope, third, 'sara');
    t.deepEqual(await w.states(box), ['2 applied', '3 applied', '4 rejected']);
  });

  test(
    name('what follows another of ours than the box has is signed anew once, whatever became of that one'),
    async (t) => {
      const w = await world(t);
      const box = await w.addBox('one', w.a.sites[0]);
      await w.sign(11);
      await w.step();
      const first = w.retained.get(box)!;
      // Signed before the box has said that it has the first.
      await w.sign(12);
      await w.step();
      await w.refuses(box, 'policy_out_of_order', hashOf(first));
      await w.renew();
      await w.step();
      const again = w.retained.get(box)!;
      t.like(payloadOf(again), { version: 4, previousHash: hashOf(first) });
      // The same would be refused again.
      await w.refuses(box, 'policy_rollback', hashOf(first));
      await w.renew();
      t.deepEqual(await w.states(box), ['2 superseded', '3 renewed', '4 rejected']);
    },
  );

  test(name('what somebody signs, renews or cancels while it is renewed stays'), async (t) => {
    const w = await world(t);
    const box = await w.addBox('one', w.a.sites[0]);
    await w.sign(11);
    await w.step();
    await w.applies(box);
    w.clock.advance(24 * DAY_MS);
    w.meanwhile(() => w.sign(12));
    await w.renew();
    t.deepEqual(await w.states(box), ['2 applied', '3 held']);
    await w.step();
    t.is(dayOf(w.retained.get(box)!), '12');
    await w.applies(box);

    w.clock.advance(24 * DAY_MS);
    w.meanwhile(() => w.renew(w.open().engine));
    await w.renew();
    t.deepEqual(await w.states(box), ['2 applied', '3 applied', '4 due'], 'two processes sign once');
    await w.step();
    await w.applies(box);

    const last = await w.sign(13);
    await w.step();
    w.clock.advance(24 * DAY_MS);
    w.meanwhile(() => w.policies.rollouts.cancel(w.a.scope, last, 'sara'));
    await w.renew();
    await w.step();
    t.deepEqual((await w.states(box)).at(-1), '5 cancelled');
    t.false(w.retained.has(box));
  });

  test(
    name('a renewed policy that its box has not answered is still of its rollout, which holds it and takes it back'),
    async (t) => {
      const w = await world(t);
      const box = await w.addBox('one', w.a.sites[0]);
      const rollout = await w.sign(11);
      await w.step();
      w.clock.advance(24 * DAY_MS);
      await w.renew();
      t.deepEqual(await w.states(box), ['2 renewed', '3 due']);
      await w.policies.rollouts.halt(w.a.scope, rollout, 'sara');
      await w.step();
      t.is(payloadOf(w.retained.get(box)!).version, 2);
      await w.policies.rollouts.cancel(w.a.scope, rollout, 'sara');
      await w.step();
      t.false(w.retained.has(box), 'also what was sent before');
      t.is(await w.policies.engine.wanted(box), null);
    },
  );

  test(name('of a rollout that is over, a box that was away gets it renewed'), async (t) => {
    const w = await world(t);
    const there = await w.addBox('there', w.a.sites[0]);
    const away = await w.addBox('away', w.a.sites[0]);
    await w.store(w.message('away', presence({ is: 'offline' })));
    const rollout = await w.sign(11);
    await w.step();
    await w.applies(there);
    await w.step();
    t.is((await w.policies.rollouts.one(w.a.scope, rollout)).state, 'done');
    w.clock.advance(24 * DAY_MS);
    await w.renew();
    await w.step();
    t.is(payloadOf(w.retained.get(away)!).version, 3);
  });

  test(name('boxes that cannot be renewed hold no others up, and end the round'), async (t) => {
    const w = await world(t);
    const box = await w.addBox('one', w.a.sites[0]);
    await w.sign(11);
    await w.step();
    await w.applies(box);
    // As many as are renewed at a time, which have told nothing any more.
    const silent = Array.from({ length: SEND_BATCH }, (_, at) => `0${String(at).padStart(31, '0')}`);
    const [like, signed, standing] = await Promise.all([
      w.db.selectFrom('boxes').selectAll().executeTakeFirstOrThrow(),
      w.db.selectFrom('policy_signed').selectAll().executeTakeFirstOrThrow(),
      w.db.selectFrom('policy_standing').selectAll().executeTakeFirstOrThrow(),
    ]);
    await w.db
      .insertInto('boxes')
      .values(silent.map((id) => ({ ...like, id, name: id, name_key: id })))
      .execute();
    for (const row of [signed, { ...signed, version: 3, state: 'rejected' as const, why: 'policy_expired' }])
      await w.db
        .insertInto('policy_signed')
        .values(silent.map((id) => ({ ...row, box: id })))
        .execute();
    const stand = (version: number) =>
      w.db
        .insertInto('policy_standing')
        .values(silent.map((id) => ({ ...standing, box: id, version })))
        .onConflict((on) => on.column('box').doUpdateSet({ version }))
        .execute();
    t.true(silent.every((id) => id < box));
    await stand(2);
    w.clock.advance(24 * DAY_MS);
    await w.renew();
    t.deepEqual(await w.states(box), ['2 applied', '3 due']);
    await w.step();
    await w.refuses(box, 'policy_out_of_order', signed.hash);
    await w.db.updateTable('policy_signed').set({ previous: w.own.hash }).where('box', '=', box).execute();
    await stand(3);
    await w.renew();
    t.is((await w.states(box)).at(-1), '4 due', 'nor do those that were refused');
  });

  test(name('an MSP whose key is not here is told by name, and the others are renewed'), async (t) => {
    const keys = memoryKeys();
    const w = await world(t, keys);
    const { a, b } = w;
    const theirs = await w.addBox('theirs', a.sites[0]);
    const ours = await w.addBox('ours', b.sites[0], b.scope);
    await w.policies.documents.bring(b.scope, w.own.envelope, 'bram');
    await w.policies.levels.write(b.scope, { kind: 'msp', of: b.scope.msp }, 0, holiday(11), 'bram');
    await w.sign(11);
    await w.signAll(b.scope);
    await w.step();
    for (const box of [theirs, ours]) await w.applies(box);
    w.clock.advance(24 * DAY_MS);
    const { engine } = w.open({ ...keys, key: (file) => (file.startsWith(a.scope.msp) ? null : keys.key(file)) });
    const failed: string[] = [];
    const told: RenewOptions['failed'] = (msp, error) => failed.push(`${msp} ${(error as Problem).code}`);
    await engine.renew({ goesOn: () => true, failed: told });
    t.deepEqual(failed, [`${a.scope.msp} policy_key_elsewhere`]);
    t.deepEqual(await w.states(theirs), ['2 applied']);
    t.deepEqual(await w.states(ours), ['2 applied', '3 due']);
  });
}
