import { type Presence, presenceAfter } from '@belkluis/shared/contract/presence';
import { fc } from '@fast-check/ava';
import test from 'ava';
import { both } from '../db/testing/databases.ts';
import { OFFLINE_GRACE_MS } from './limits.ts';
import { presumeGone, settleGone } from './store.ts';
import { boxesOfTwo, finding, health, migrations, presence, reported } from './testing/boxes.ts';

const boot = (digit: number) => String(digit).repeat(32);

for (const database of both) {
  const open = async (t: Parameters<typeof database.fresh>[0]) => {
    const { kysely } = await database.fresh(t, migrations);
    const world = await boxesOfTwo(kysely);
    const box = await world.addBox('one', world.a.sites[0]);
    return { ...world, kysely, box, get: () => world.boxes.get(world.a.scope, box) };
  };

  test(`${database.name}: the late goodbye of an old connection does not count; one of the present does, after the grace`, async (t) => {
    const { clock, kysely, says, store, get } = await open(t);
    const settle = () => settleGone(kysely, clock.now() - OFFLINE_GRACE_MS);
    await store(says('one', presence({ boot: boot(1), conn: 4 })));
    await store(says('one', presence({ boot: boot(1), conn: 5 })));
    await store(says('one', presence({ is: 'offline', boot: boot(1), conn: 4 })));
    t.is((await get()).presence?.is, 'online');
    clock.advance(1000);
    const leftAt = clock.now();
    await store(says('one', presence({ is: 'offline', boot: boot(1), conn: 5 })));
    t.deepEqual((await get()).presence, { is: 'offline', since: leftAt, gone: false });
    clock.advance(OFFLINE_GRACE_MS - 1);
    t.deepEqual(await settle(), []);
    t.is((await get()).urgency, 'ok');
    clock.advance(1);
    t.like((await settle())[0], { before: 'ok', after: 'gone' });
    t.deepEqual(await settle(), [], 'said once');
    t.like(await get(), { urgency: 'gone', presence: { is: 'offline', since: leftAt, gone: true } });
    // The same goodbye again, and one of before.
    await store(
      says('one', presence({ is: 'offline', boot: boot(1), conn: 5 })),
      says('one', presence({ is: 'offline', boot: boot(1), conn: 4 })),
    );
    t.like(await get(), { urgency: 'gone', presence: { since: leftAt } });
    const { changes } = await store(says('one', presence({ boot: boot(2), conn: 6, software: 'v0.6.0' })));
    t.like(changes[0], { before: 'gone', after: 'ok' });
    t.like(await get(), { urgency: 'ok', software: 'v0.6.0', presence: { is: 'online', gone: false } });
    // The broker was down: nobody's will is told.
    await presumeGone(kysely, clock.now());
    clock.advance(OFFLINE_GRACE_MS);
    t.is((await settle()).length, 1);
  });

  test(`${database.name}: what is kept of presence is what the contract's rule says, for any order of words`, async (t) => {
    const { says, store, get } = await open(t);
    const words = fc.array(
      fc.record({
        is: fc.constantFrom('online', 'offline', 'sleep'),
        boot: fc.constantFrom(boot(1), boot(2)),
        conn: fc.nat(2),
      }),
      { minLength: 1, maxLength: 8 },
    );
    let known: Presence | null = null;
    for (const batch of fc.sample(words, { numRuns: 25, seed: 7 })) {
      const heard = batch.map((word) => says('one', presence(word as Partial<Presence>)));
      for (const { said } of heard) if (said.kind === 'presence') known = presenceAfter(known, said.body);
      await store(...heard);
      t.is((await get()).presence?.is, known!.is);
    }
  });

  test(`${database.name}: a report that was overtaken does not come back; the list knows software and state of the policy`, async (t) => {
    const { clock, says, store, get, boxes, a } = await open(t);
    const old = says('one', reported({ applied: null }, 'v0.4.0'));
    clock.advance(10);
    const now = says('one', reported({ pending: pending(clock.now()) }, 'v0.5.0'));
    await store(now);
    await store(old);
    t.like(await get(), { software: 'v0.5.0', policyState: 'pending', policyVersion: 3 });
    t.like((await get()).reported, { recipients: { custodians: 2 }, software: { version: 'v0.5.0' } });
    // A box whose clock was set back counts on; one that was set up anew has a later clock.
    await store(
      says('one', reported({ rejected: { version: 4, hash: 'b'.repeat(64), why: 'policy_out_of_bounds' } }), {
        ts: clock.now() - 9e6,
      }),
    );
    t.is((await get()).policyState, 'rejected');
    clock.advance(10);
    await store(says('one', reported({ applied: null }), { seq: 1 }));
    t.is((await get()).policyState, 'none');
    t.deepEqual(
      (await boxes.list(a.scope, { policyState: 'none' })).rows.map(({ name }) => name),
      ['one'],
    );
    t.deepEqual((await boxes.list(a.scope, { policyState: 'pending' })).rows, []);
  });

  test(`${database.name}: findings come and go by sample and by event, once each, and set the urgency`, async (t) => {
    const { clock, says, store, get, overview, a, box } = await open(t);
    const open_ = async () =>
      (await overview.findings(a.scope, { box })).rows.map(({ code, level }) => `${code} ${level}`);
    const first = await store(says('one', health(clock.now(), { disk_low: 'warn', time_ok: 'ok' })));
    t.like(first.changes[0], { before: 'pending', after: 'warn', raised: ['disk_low'], cleared: [] });
    t.deepEqual((await store(says('one', health(clock.now() + 1, { disk_low: 'warn' })))).changes, []);
    clock.advance(10);
    const raise = says('one', finding('trunk_down', 'bad'));
    t.like((await store(raise)).changes[0], { after: 'bad', raised: ['trunk_down'] });
    t.deepEqual(await open_(), ['trunk_down bad', 'disk_low warn']);
    clock.advance(10);
    t.like((await store(says('one', health(clock.now(), {})))).changes[0], { after: 'ok' });
    // The same event again, and an old sample that waited in the box, bring nothing back.
    t.deepEqual((await store(raise, says('one', health(clock.now() - 5000, { purge_overdue: 'bad' })))).changes, []);
    t.deepEqual(await open_(), []);
    t.is((await get()).urgency, 'ok');
    clock.advance(10);
    await store(says('one', finding('trunk_down', 'bad')), says('one', finding('trunk_down', 'bad', false)));
    t.is((await get()).urgency, 'ok');
    const again = says('one', finding('disk_low', 'warn'));
    await store(again, says('one', finding('disk_low', 'warn', false)));
    t.deepEqual((await store(again)).changes, [], 'sent twice, it came once');
    t.deepEqual(
      (await overview.timeline(a.scope, box)).rows.map(({ event }) => event.is === 'finding' && event.on),
      [false, true, false, true, true],
    );
  });

  test(`${database.name}: a sample out of the future does not stop the clock; what cannot be is kept under when it came`, async (t) => {
    const { clock, says, store, get, overview, a, box } = await open(t);
    const now = clock.now();
    const ahead = now + 400 * 86_400_000;
    await store(says('one', health(ahead, { disk_low: 'warn' }, { cpu_percent: 1 }), { ts: ahead }));
    clock.advance(60_000);
    await store(says('one', health(clock.now(), {}, { cpu_percent: 2 })));
    t.is((await get()).urgency, 'ok');
    const { points } = await overview.health(a.scope, box, { from: now - 1000, until: clock.now() });
    t.deepEqual(
      points.map(({ at, gauges }) => [at, gauges.cpu_percent]),
      [
        [now, 1],
        [now + 60_000, 2],
      ],
    );
  });

  test(`${database.name}: what comes twice counts once, in one batch or later; another under its id or number is told apart`, async (t) => {
    const { clock, says, store, get, identities, box } = await open(t);
    const first = says('one', finding('trunk_down', 'bad'), { seq: 1, skewMs: 90_000 });
    t.deepEqual((await store(first, first)).fates, ['stored', 'seen']);
    t.deepEqual((await store(first, { ...first, digest: 'other', said: finding('trunk_down', 'bad', false) })).fates, [
      'seen',
      'changed',
    ]);
    t.is((await get()).urgency, 'bad');
    clock.advance(10);
    t.deepEqual((await store(says('one', { kind: 'other' }, { seq: 1 }))).fates, ['number_taken']);
    clock.advance(10);
    t.deepEqual(
      (await store(says('one', presence(), { seq: 1, numbered: false }))).fates,
      ['stored'],
      'what is told anew repeats the number',
    );
    t.is((await get()).restarts, 1);
    t.is(await identities.skewOf(box), 90_000);
  });

  test(`${database.name}: what is missing is known, and messages of strangers, pending and revoked boxes are not taken`, async (t) => {
    const { clock, says, store, get, boxes, identities, a, box } = await open(t);
    for (const seq of [1, 2, 5]) {
      clock.advance(10);
      await store(says('one', { kind: 'other' }, { seq }));
    }
    t.is((await get()).missing, 2);
    await store(says('one', health(clock.now()), { seq: 3, ts: 1 }));
    t.is((await get()).missing, 1);
    await boxes.add(a.scope, { id: 'f'.repeat(32), site: a.sites[0], name: 'waits' }, 'anna');
    const strangers = [says('nobody', presence()), { ...says('one', presence()), box: 'f'.repeat(32) }];
    t.is((await store(...strangers)).fates.filter((fate) => fate === 'unknown').length, strangers.length);
    t.is((await boxes.get(a.scope, 'f'.repeat(32))).presence, null);
    await boxes.revoke(a.scope, box, 'anna');
    t.is((await identities.place(box))?.state, 'revoked');
    t.deepEqual((await store(says('one', presence()))).fates, ['unknown']);
    t.is((await get()).urgency, 'revoked');
  });
}

const pending = (now: number) => ({
  version: 4,
  hash: 'c'.repeat(64),
  weakens: [],
  destroys: [],
  approved: false,
  waitsUntil: null,
  expiresAt: now,
});
