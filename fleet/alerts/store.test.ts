import test, { type ExecutionContext } from 'ava';
import { both } from '../db/testing/databases.ts';
import { settleGone } from '../inventory/store.ts';
import { finding, health, presence, reported } from '../inventory/testing/boxes.ts';
import type { Scope } from '../tenants/scope.ts';
import { DAY_MS, QUIET_MS, SAME_AGAIN_MS } from './limits.ts';
import { alertsOfTwo, migrations } from './testing/world.ts';
import type { When } from './when.ts';

const HOUR_MS = 3_600_000;

for (const database of both) {
  const open = async (t: ExecutionContext) => {
    const { kysely } = await database.fresh(t, migrations);
    const world = await alertsOfTwo(kysely);
    const { a, b, room } = world;
    const [one, two] = [await world.addBox('one', a.sites[0]), await world.addBox('two', a.sites[2])];
    const other = await world.addBox('other', b.sites[0], b.scope);
    const codes = async (scope: Scope = a.scope) => (await room.list.list(scope)).rows.map(({ code }) => code);
    const look = () => room.watch.lookAtBoxes([one, two, other]);
    return { ...world, kysely, one, two, other, codes, look };
  };

  test(`${database.name}: what a box finds, and that it is gone, stands once and goes with its cause`, async (t) => {
    const { store, says, kysely, clock, room, a, one, codes, look } = await open(t);
    await store(says('one', presence()), says('one', health(clock.now(), { disk_low: 'warn', trunk_down: 'bad' })));
    await look();
    t.is(await look(), 0, 'twice is once');
    t.deepEqual(await codes(), ['trunk_down', 'disk_low']);
    await store(says('one', presence({ is: 'offline' })), says('one', finding('trunk_down', 'bad', false)));
    clock.advance(100_000);
    await settleGone(kysely, clock.now() - 90_000);
    await look();
    t.deepEqual(await codes(), ['offline', 'disk_low']);
    t.like((await room.list.list(a.scope)).rows[0], { box: { id: one, name: 'one' }, site: { name: 'Utrecht' } });
    await store(says('one', presence({ conn: 2 })), says('one', health(clock.now(), { disk_low: 'bad' })));
    await look();
    t.like((await room.list.list(a.scope)).rows, [{ code: 'disk_low', level: 'bad' }] as never);
  });

  test(`${database.name}: what nobody told is found by looking at all; a revoked box has no alerts, a moved one takes them along`, async (t) => {
    const { store, says, room, boxes, a, one, codes, clock } = await open(t);
    await store(says('one', health(clock.now(), { disk_low: 'warn' }), { skewMs: 200_000 }));
    t.is(await room.watch.lookAtAll(''), null);
    t.deepEqual((await codes()).sort(), ['clock_skew', 'disk_low']);
    await room.watch.raise({ box: one }, 'certificate_cloned');
    await boxes.move(a.scope, one, a.sites[2], 'anna');
    t.is((await room.list.list(a.scope, { customer: a.customers[1] })).rows.length, 3);
    t.is((await room.list.list({ msp: a.scope.msp, within: { customers: [], sites: [a.sites[0]] } })).rows.length, 0);
    await boxes.revoke(a.scope, one, 'anna');
    await room.watch.lookAtAll('');
    t.deepEqual(await codes(), []);
    t.false(await room.watch.raise({ box: one }, 'flooded'), 'nor can any be raised of it');
    await boxes.remove(a.scope, one, 'anna');
  });

  test(`${database.name}: a policy that waits for long, or was refused; a code that is none of ours is nobody's alert`, async (t) => {
    const { store, says, clock, codes, look } = await open(t);
    const pending = {
      ...{ version: 4, hash: 'b'.repeat(64), weakens: [], destroys: [], approved: false, waitsUntil: null },
      expiresAt: clock.now() + 14 * DAY_MS,
    };
    await store(says('one', reported({ pending })), says('one', finding('audit_well' as never, 'bad')));
    await look();
    t.deepEqual(await codes(), []);
    clock.advance(8 * DAY_MS);
    await look();
    t.deepEqual(await codes(), ['policy_pending_long']);
    await store(
      says('one', reported({ rejected: { version: 4, hash: pending.hash, why: 'policy_expired' as never } })),
    );
    await look();
    t.deepEqual(await codes(), ['policy_refused']);
  });

  test(`${database.name}: what others raise ends when they say so, when it is quiet, or when a person closes it`, async (t) => {
    const { room, a, b, one, other, codes, clock } = await open(t);
    const { watch, list } = room;
    t.true(await watch.raise({ box: one }, 'audit_silent'));
    t.true(await watch.raise({ box: one }, 'flooded'));
    t.true(await watch.raise({ box: one }, 'audit_fork'));
    t.false(await watch.raise({ box: one }, 'audit_fork'));
    t.true(await watch.raise({ msp: b.scope.msp }, 'enrolment_locked'));
    await watch.lookAtBoxes([one, other]);
    t.is((await codes()).length, 3, 'what is stored says nothing of them');
    await watch.clear({ box: one }, 'audit_silent');
    clock.advance(QUIET_MS / 2);
    await watch.raise({ box: one }, 'flooded');
    clock.advance(QUIET_MS / 2 + 1);
    await watch.expire();
    t.deepEqual((await codes()).sort(), ['audit_fork', 'flooded'], 'it was raised again');
    clock.advance(QUIET_MS);
    await watch.expire();
    const [fork] = (await list.list(a.scope)).rows;
    t.like(fork, { code: 'audit_fork', closable: true });
    await t.throwsAsync(list.close(b.scope, [fork!.id], 'eve'), { code: 'alert_unknown' });
    await list.close(a.scope, [fork!.id], 'anna');
    t.deepEqual(await codes(), []);
    t.deepEqual(await codes(b.scope), [], 'quiet, too');
    await watch.raise({ box: one }, 'flooded');
    const [flooded] = (await list.list(a.scope)).rows;
    await t.throwsAsync(list.close(a.scope, [flooded!.id], 'anna'), { code: 'alert_not_closable' });
  });

  test(`${database.name}: what comes back at once is the same alert; later it is another`, async (t) => {
    const { store, says, room, a, look, clock } = await open(t);
    const is = async (on: boolean) => {
      await store(says('one', finding('disk_low', 'warn', on)));
      await look();
      return (await room.list.list(a.scope)).rows[0];
    };
    const first = await is(true);
    await room.list.acknowledge(a.scope, [first!.id], 'Ordered a disk', 'anna');
    t.is(await is(false), undefined);
    clock.advance(SAME_AGAIN_MS - 1000);
    t.like(await is(true), { id: first!.id, acknowledged: { by: 'anna', note: 'Ordered a disk' } });
    await is(false);
    clock.advance(SAME_AGAIN_MS);
    const later = await is(true);
    t.not(later!.id, first!.id);
    t.is(later!.acknowledged, null);
  });

  test(`${database.name}: somebody acknowledges, assigns and mutes; worse, it comes back; each act is in the log`, async (t) => {
    const { store, says, room, a, b, look, logged, clock, person, one } = await open(t);
    const { list } = room;
    await store(says('one', finding('disk_low', 'warn')));
    await look();
    const id = (await list.list(a.scope)).rows[0]!.id;
    const get = () => list.get(a.scope, id);
    await list.acknowledge(a.scope, [id], 'Seen', 'anna');
    t.like(await get(), { acknowledged: { by: 'anna', at: clock.now(), note: 'Seen' } });
    t.deepEqual(await list.counts(a.scope), { bad: 0, warn: 0, acknowledged: 1, muted: 0, maintenance: 0 });
    await person('anna', a.scope.msp);
    await person('eve', b.scope.msp);
    await t.throwsAsync(list.assign(a.scope, [id], 'eve', 'anna'), { code: 'person_unknown' });
    await list.assign(a.scope, [id], 'anna', 'anna');
    t.is((await list.list(a.scope, { assignedTo: 'anna' })).rows.length, 1);
    const mute = await list.mute(a.scope, id, null, 'Until the new disk', 'anna');
    t.like((await get()).muted, { id: mute, until: null, box: one, note: 'Until the new disk' });
    t.is((await list.counts(a.scope)).muted, 1);
    await store(says('one', finding('disk_low', 'bad')));
    await look();
    t.like(await get(), { level: 'bad', acknowledged: null, muted: null, assignedTo: 'anna' });
    t.deepEqual(await list.counts(a.scope), { bad: 1, warn: 0, acknowledged: 0, muted: 0, maintenance: 0 });
    await list.unmute(a.scope, mute, 'anna');
    await t.throwsAsync(list.unmute(a.scope, mute, 'anna'), { code: 'mute_unknown' });
    const kinds = ['alert_acknowledged', 'alert_assigned', 'alert_muted', 'alert_unmuted'];
    for (const kind of kinds)
      t.true(
        logged.some((event) => event.kind === kind && event.actor === 'anna'),
        kind,
      );
    t.false(JSON.stringify(logged).includes('disk"'), 'no note is in the log');
  });

  test(`${database.name}: another tenant's alert is not there, for whoever sees it, acts on it or guesses its place`, async (t) => {
    const { store, says, room, a, b, look } = await open(t);
    const { list } = room;
    await store(says('one', finding('disk_low', 'warn')));
    await look();
    const id = (await list.list(a.scope)).rows[0]!.id;
    const mute = await list.mute(a.scope, id, null, '', 'anna');
    const part = (scope: Scope, within: Exclude<Scope['within'], 'all'>): Scope => ({ msp: scope.msp, within });
    const strangers = [
      b.scope,
      part(a.scope, { customers: [a.customers[1]], sites: [a.sites[1]] }),
      part(b.scope, { customers: [a.customers[0]], sites: [a.sites[0]] }),
    ];
    for (const scope of strangers) {
      t.deepEqual((await list.list(scope)).rows, []);
      t.deepEqual(await list.groups(scope), []);
      t.deepEqual(await list.mutes(scope), []);
      t.is((await list.counts(scope)).muted, 0);
      const refused = { code: 'alert_unknown' };
      await t.throwsAsync(list.get(scope, id), refused);
      await t.throwsAsync(list.acknowledge(scope, [id], '', 'eve'), refused);
      await t.throwsAsync(list.unacknowledge(scope, [id], 'eve'), refused);
      await t.throwsAsync(list.assign(scope, [id], null, 'eve'), refused);
      await t.throwsAsync(list.mute(scope, id, null, '', 'eve'), refused);
      await t.throwsAsync(list.unmute(scope, mute, 'eve'), { code: 'mute_unknown' });
      const what = { code: 'disk_low', level: 'bad', until: null, note: '' } as const;
      await t.throwsAsync(list.muteCode(scope, { of: 'site', site: a.sites[0] }, what, 'eve'), {
        code: 'target_unknown',
      });
    }
    t.like((await list.list(part(a.scope, { customers: [], sites: [a.sites[0]] }))).rows, [{ id }] as never);
    t.is((await list.get(a.scope, id)).acknowledged, null);
  });

  test(`${database.name}: one code at a site or customer is muted up to a level, also where it comes later, until then`, async (t) => {
    const { store, says, room, a, look, clock } = await open(t);
    const { list } = room;
    const until = clock.now() + HOUR_MS;
    const what = { code: 'disk_low', level: 'warn', until, note: 'New disks on Friday' } as const;
    await list.muteCode(a.scope, { of: 'customer', customer: a.customers[0] }, what, 'anna');
    await store(says('one', finding('disk_low', 'warn')), says('two', finding('disk_low', 'warn')));
    await look();
    t.like(await list.counts(a.scope), { warn: 1, muted: 1 });
    t.is((await list.list(a.scope, { muted: true })).rows.length, 1);
    t.like((await list.list(a.scope, { muted: false })).rows, [{ box: { name: 'two' } }] as never);
    clock.advance(HOUR_MS);
    t.like(await list.counts(a.scope), { warn: 2, muted: 0 });
    for (const wrong of [clock.now(), clock.now() + 400 * DAY_MS, Number.NaN])
      await t.throwsAsync(list.muteCode(a.scope, { of: 'msp' }, { ...what, until: wrong }, 'anna'), {
        code: 'mute_invalid',
      });
    const part: Scope = { msp: a.scope.msp, within: { customers: [a.customers[0]], sites: [] } };
    await t.throwsAsync(list.muteCode(part, { of: 'msp' }, { ...what, until: null }, 'anna'), {
      code: 'scope_too_small',
    });
  });

  test(`${database.name}: in a maintenance window alerts are there and said to be in it; who sees a part sees its windows`, async (t) => {
    const { store, says, room, a, b, look, clock, one, two } = await open(t);
    const { list, windows } = room;
    await store(says('one', finding('disk_low', 'warn')), says('two', finding('disk_low', 'warn')));
    await look();
    clock.setWall(Date.parse('2026-06-03T10:00:00Z'));
    const when: When = {
      ...{ zone: 'Europe/Amsterdam', days: null, fromDate: '2026-06-03', fromTime: '11:30' },
      ...{ untilDate: '2026-06-03', untilTime: '13:00' },
    };
    const until = Date.parse('2026-06-03T11:00:00Z');
    const id = await windows.plan(a.scope, { of: 'site', site: a.sites[0] }, when, 'New switch', 'anna');
    t.like(await list.counts(a.scope), { warn: 1, maintenance: 1 });
    const held = (await list.list(a.scope, { maintenance: true })).rows;
    t.like(held, [{ box: { id: one }, maintenance: { window: id, until } }] as never);
    t.like((await list.list(a.scope, { maintenance: false })).rows, [{ box: { id: two } }] as never);
    const nightly: When = {
      ...when,
      days: [1, 2, 3, 4, 5, 6, 7],
      fromTime: '02:00',
      untilDate: null,
      untilTime: '03:00',
    };
    await windows.plan(a.scope, { of: 'boxes', boxes: [two] }, nightly, 'Backups', 'anna');
    t.like(await windows.nowAndNext(a.scope), {
      now: [{ id, reason: 'New switch' }],
      next: [{ reason: 'Backups' }],
    } as never);
    const part: Scope = { msp: a.scope.msp, within: { customers: [], sites: [a.sites[0]] } };
    t.deepEqual(
      (await windows.list(part)).map(({ reason }) => reason),
      ['New switch'],
    );
    t.deepEqual(await windows.list(b.scope), []);
    await t.throwsAsync(windows.remove(b.scope, id, 'eve'), { code: 'window_unknown' });
    for (const target of [{ of: 'msp' }, { of: 'site', site: a.sites[2] }, { of: 'boxes', boxes: [one, two] }] as const)
      await t.throwsAsync(windows.plan(part, target, nightly, 'No', 'eve'), {
        code: target.of === 'msp' ? 'scope_too_small' : 'target_unknown',
      });
    for (const wrong of [
      { untilTime: '11:00' },
      { untilDate: '2026-06-02' },
      { fromDate: '2026-02-30' },
      { untilDate: null },
      { days: [] },
      { fromTime: '24:00' },
    ])
      await t.throwsAsync(windows.plan(a.scope, { of: 'msp' }, { ...when, ...wrong }, 'No', 'anna'), {
        code: 'window_invalid',
      });
    await t.throwsAsync(windows.plan(a.scope, { of: 'msp' }, { ...when, zone: 'Mars/Base' }, 'No', 'anna'), {
      code: 'time_zone_invalid',
    });
    await t.throwsAsync(windows.plan(a.scope, { of: 'msp' }, when, ' ', 'anna'), { code: 'reason_missing' });
    await windows.remove(a.scope, id, 'anna');
    t.like(await list.counts(a.scope), { warn: 2, maintenance: 0 });
  });

  test(`${database.name}: an agreement that ends is its customer's alert, for who sees all of the customer`, async (t) => {
    const { room, a, clock, codes } = await open(t);
    const { msp } = a.scope;
    const ends = (until: number) => [{ msp, customer: a.customers[0], until }];
    const end = clock.now() + 31 * DAY_MS;
    await room.watch.lookAtAgreements(ends(end));
    t.deepEqual(await codes(), []);
    clock.advance(2 * DAY_MS);
    await room.watch.lookAtAgreements(ends(end));
    t.deepEqual(await codes(), ['agreement_ending']);
    t.deepEqual(await codes({ msp, within: { customers: [], sites: [a.sites[0]] } }), []);
    t.deepEqual(await codes({ msp, within: { customers: [a.customers[0]], sites: [] } }), ['agreement_ending']);
    clock.advance(30 * DAY_MS);
    await room.watch.lookAtAgreements(ends(end));
    t.like((await room.list.list(a.scope)).rows, [
      { code: 'agreement_ended', customer: { name: 'Notaris Jansen' }, box: null },
    ] as never);
    await room.watch.lookAtAgreements(ends(clock.now() + 300 * DAY_MS));
    t.deepEqual(await codes(), []);
    clock.advance(280 * DAY_MS);
    await room.watch.lookAtAgreements(ends(clock.now() + DAY_MS));
    t.deepEqual(await codes(), ['agreement_ending']);
    // Without an end, or with nobody there any more.
    await room.watch.lookAtAgreements([]);
    t.deepEqual(await codes(), []);
  });

  test(`${database.name}: lists go in pages, worst first; groups are by code`, async (t) => {
    const { store, says, room, a, look, clock } = await open(t);
    const found = { disk_low: 'warn', cpu_busy: 'warn', trunk_down: 'bad', memory_low: 'warn' } as const;
    await store(says('one', health(clock.now(), found)), says('two', health(clock.now(), { disk_low: 'bad' })));
    await look();
    const seen: string[] = [];
    for (let after: string | null | undefined; after !== null; ) {
      const page = await room.list.list(a.scope, { after, limit: 2 });
      seen.push(...page.rows.map(({ code, level }) => `${level} ${code}`));
      after = page.next;
    }
    t.is(new Set(seen).size, 5);
    t.deepEqual(
      seen.map((one) => one.split(' ')[0]),
      ['bad', 'bad', 'warn', 'warn', 'warn'],
    );
    t.like(await room.list.groups(a.scope), [
      { code: 'disk_low', level: 'bad', alerts: 2, open: 2 },
      { code: 'trunk_down', level: 'bad', alerts: 1 },
      { code: 'cpu_busy', level: 'warn' },
      { code: 'memory_low', level: 'warn' },
    ] as never);
    t.is((await room.list.list(a.scope, { level: 'warn', customer: a.customers[0] })).rows.length, 3);
  });
}
