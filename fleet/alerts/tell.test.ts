import test, { type ExecutionContext } from 'ava';
import { both } from '../db/testing/databases.ts';
import { finding, health } from '../inventory/testing/boxes.ts';
import type { Scope } from '../tenants/scope.ts';
import { BACKOFF_MS, DAY_MS, DIGEST_EVERY_MS, FORMER_SECRET_MS, GONE_AFTER_MS, LEASE_MS } from './limits.ts';
import { view } from './parts.ts';
import { alertsOfTwo, byMail, byWebhook, migrations } from './testing/world.ts';

const HOUR_MS = 3_600_000;

for (const database of both) {
  const open = async (t: ExecutionContext) => {
    const { kysely } = await database.fresh(t, migrations);
    const world = await alertsOfTwo(kysely);
    const { a, b, room, webhooks, store, says } = world;
    const names = ['one', 'two', 'three'] as const;
    const ids: string[] = [];
    for (const [at, name] of names.entries()) ids.push(await world.addBox(name, a.sites[at]!));
    const other = await world.addBox('other', b.sites[0], b.scope);
    const look = () => room.watch.lookAtBoxes([...ids, other]);
    /** What was told since the last time, of each message. */
    const told = () =>
      webhooks.splice(0).map(({ data }) => data.alerts.map(({ change, code, level }) => `${change} ${level} ${code}`));
    const is = async (name: string, level: 'warn' | 'bad' | null) => {
      await store(says(name, finding('disk_low', level ?? 'warn', level !== null)));
      await look();
    };
    return { ...world, kysely, ids, look, told, is };
  };

  test(`${database.name}: many alerts are one message, told once however many processes tell`, async (t) => {
    const { room, another, a, told, is, clock, webhooks } = await open(t);
    await room.channels.add(a.scope, byWebhook(), 'anna');
    for (const name of ['one', 'two', 'three']) await is(name, 'warn');
    const processes = [room, another(), another()];
    const all = async () => {
      for (const step of ['gather', 'pack', 'send'] as const)
        await Promise.all(processes.map(({ tell }) => tell[step]()));
    };
    await all();
    t.deepEqual(told(), [], 'it waits a moment for others');
    clock.advance(11_000);
    await all();
    t.is(webhooks.length, 1);
    t.deepEqual(told(), [Array.from({ length: 3 }, () => 'opened warn disk_low')]);
    await is('one', 'bad');
    clock.advance(11_000);
    await all();
    t.deepEqual(told(), [], 'not again within a minute');
    clock.advance(DIGEST_EVERY_MS);
    await all();
    t.deepEqual(told(), [['worse bad disk_low']]);
  });

  test(`${database.name}: what went before it was told is not told, nor what was away for a moment`, async (t) => {
    const { room, a, told, is, clock, wait, tellNow } = await open(t);
    const { id } = await room.channels.add(a.scope, byWebhook(), 'anna');
    await is('one', 'warn');
    await tellNow();
    await is('one', null);
    await wait(GONE_AFTER_MS * 3);
    t.deepEqual(told(), []);
    t.deepEqual(await room.channels.deliveries(a.scope, id), []);
    await is('two', 'warn');
    await wait(2 * DIGEST_EVERY_MS);
    t.deepEqual(told(), [['opened warn disk_low']]);
    await is('two', null);
    clock.advance(GONE_AFTER_MS - 1000);
    await tellNow();
    await is('two', 'warn');
    await wait(2 * DIGEST_EVERY_MS);
    t.deepEqual(told(), []);
    await is('two', null);
    await wait(GONE_AFTER_MS + 2 * DIGEST_EVERY_MS);
    t.deepEqual(told(), [['cleared warn disk_low']]);
  });

  test(`${database.name}: muted, acknowledged or in maintenance nobody is told; what stands afterwards, or is worse, is told`, async (t) => {
    const { room, a, told, is, clock, wait } = await open(t);
    await room.channels.add(a.scope, byWebhook(), 'anna');
    clock.setWall(Date.parse('2026-06-03T10:00:00Z'));
    const window = {
      ...{ zone: 'Europe/Amsterdam', days: null, fromDate: '2026-06-03', fromTime: '11:00' },
      ...{ untilDate: '2026-06-03', untilTime: '13:00' },
    };
    await room.windows.plan(a.scope, { of: 'site', site: a.sites[0] }, window, 'Move', 'anna');
    for (const name of ['one', 'two', 'three']) await is(name, 'warn');
    const rowOf = async (name: string) => (await room.list.list(a.scope)).rows.find(({ box }) => box?.name === name)!;
    await room.list.mute(a.scope, (await rowOf('two')).id, clock.now() + 30 * 60_000, '', 'anna');
    await room.list.acknowledge(a.scope, [(await rowOf('three')).id], '', 'anna');
    await wait(10 * 60_000, 60_000);
    t.deepEqual(told(), []);
    await wait(30 * 60_000, 60_000);
    t.deepEqual(told(), [['opened warn disk_low']], 'the mute is over');
    await wait(30 * 60_000, 60_000);
    t.deepEqual(told(), [['opened warn disk_low']], 'the maintenance is over');
    await is('three', 'bad');
    await wait(2 * DIGEST_EVERY_MS);
    t.deepEqual(told(), [['worse bad disk_low']], 'than what was acknowledged');
    t.is((await rowOf('three')).acknowledged, null);
  });

  test(`${database.name}: a channel is told what it asked for, of its own MSP alone`, async (t) => {
    const { room, a, b, told, is, wait, look, store, says, clock, mails } = await open(t);
    await room.channels.add(b.scope, byWebhook(), 'bea');
    await room.channels.add(a.scope, byWebhook({ level: 'bad' }), 'anna');
    const within = { customers: [a.customers[1]], sites: [] };
    await room.channels.add(a.scope, byMail({ within, codes: ['disk_low'], language: 'nl' }), 'anna');
    await is('one', 'warn');
    await store(says('three', health(clock.now(), { disk_low: 'warn', cpu_busy: 'warn', trunk_down: 'bad' })));
    await look();
    await wait(2 * DIGEST_EVERY_MS);
    t.deepEqual(told(), [['opened bad trunk_down']]);
    t.is(mails.length, 1);
    t.is(mails[0]!.subject, 'A: 1 nieuw');
    t.regex(mails[0]!.text, /Garage De Vries · Utrecht · three/);
    t.notRegex(mails[0]!.text, /Jansen|one|trunk/);
    await is('other', 'warn');
    await wait(2 * DIGEST_EVERY_MS);
    t.deepEqual(told(), [['opened warn disk_low']], 'B is told of its own');
  });

  test(`${database.name}: a receiver that fails is tried again, seldomer each time, then given up, and can be tried anew`, async (t) => {
    const { room, a, told, is, wait, fail } = await open(t);
    const { channels } = room;
    const { id } = await channels.add(a.scope, byWebhook(), 'anna');
    fail('webhook_refused');
    await is('one', 'warn');
    await wait(2 * DIGEST_EVERY_MS);
    await is('two', 'warn');
    const deliveries = () => channels.deliveries(a.scope, id);
    await wait(10 * 60_000, 60_000);
    const [first, ...more] = await deliveries();
    t.deepEqual(more, [], 'what came meanwhile waits for it');
    t.like(first, { state: 'waiting', problem: 'webhook_refused', alerts: 1 });
    t.true(first!.tries >= 3 && first!.tries <= 5, `${first!.tries}`);
    t.like((await channels.list(a.scope))[0], { waiting: 1, dead: 0, succeededAt: null });
    t.not((await channels.list(a.scope))[0]!.failingSince, null);
    const all = BACKOFF_MS.reduce((sum, ms) => sum + ms, 0);
    await wait(all * 1.3, 10 * 60_000);
    const dead = (await deliveries()).find(({ state }) => state === 'dead');
    t.like(dead, { id: first!.id, tries: BACKOFF_MS.length + 1, dueAt: null });
    t.like((await channels.list(a.scope))[0], { waiting: 1, dead: 1 });
    fail(null);
    await t.throwsAsync(channels.retry(a.scope, id, 'nothing', 'anna'), { code: 'delivery_unknown' });
    await channels.retry(a.scope, id, dead!.id, 'anna');
    await wait(DAY_MS, HOUR_MS);
    t.is(told().flat().length, 2);
    t.true((await deliveries()).every(({ state }) => state === 'done'));
    t.like((await channels.list(a.scope))[0], { waiting: 0, dead: 0, failingSince: null });
  });

  test(`${database.name}: a process that dies with a message in its hands: another sends it, under the same id`, async (t) => {
    const { room, another, a, is, clock, webhooks, kysely } = await open(t);
    const { id } = await room.channels.add(a.scope, byWebhook(), 'anna');
    await is('one', 'warn');
    clock.advance(11_000);
    await room.tell.gather();
    clock.advance(11_000);
    await room.tell.pack();
    // It took the message, and was never heard of again.
    const db = view(kysely);
    await db
      .updateTable('alert_deliveries')
      .set({ lease_until: clock.now() + LEASE_MS, tries: 1 })
      .execute();
    const [held] = await room.channels.deliveries(a.scope, id);
    await another().tell.send();
    t.deepEqual(webhooks, []);
    clock.advance(LEASE_MS);
    await another().tell.send();
    t.deepEqual(
      webhooks.map((one) => one.id),
      [held!.id],
    );
  });

  test(`${database.name}: a receiver that says it has gone is asked no more`, async (t) => {
    const { room, a, is, wait, fail, told } = await open(t);
    const { id } = await room.channels.add(a.scope, byWebhook(), 'anna');
    fail('webhook_gone');
    await is('one', 'warn');
    await wait(2 * DIGEST_EVERY_MS);
    t.like((await room.channels.list(a.scope))[0], { state: 'gone', dead: 1 });
    fail(null);
    await is('two', 'warn');
    await wait(2 * DIGEST_EVERY_MS);
    t.deepEqual(told(), []);
    await room.channels.change(a.scope, id, byWebhook(), 'anna');
    await is('three', 'warn');
    await wait(2 * DIGEST_EVERY_MS);
    t.deepEqual(told(), [['opened warn disk_low']]);
  });

  test(`${database.name}: channels are of an MSP, hold no secret that is shown twice, and go nowhere but by HTTPS`, async (t) => {
    const { room, a, b, logged, clock, webhooks, wait, is } = await open(t);
    const { channels } = room;
    const { id, secret } = await channels.add(a.scope, byWebhook(), 'anna');
    t.regex(secret!, /^whsec_[A-Za-z0-9+/]{43}=$/);
    t.false(JSON.stringify(await channels.list(a.scope)).includes('whsec'));
    const part: Scope = { msp: a.scope.msp, within: { customers: [a.customers[0]], sites: [] } };
    await t.throwsAsync(channels.list(part), { code: 'scope_too_small' });
    await t.throwsAsync(channels.add(part, byWebhook(), 'eve'), { code: 'scope_too_small' });
    for (const act of [
      () => channels.change(b.scope, id, byWebhook(), 'eve'),
      () => channels.remove(b.scope, id, 'eve'),
      () => channels.newSecret(b.scope, id, 'eve'),
      () => channels.test(b.scope, id, 'eve'),
      () => channels.deliveries(b.scope, id),
    ])
      await t.throwsAsync(act(), { code: 'channel_unknown' });
    for (const wrong of [
      byWebhook({ url: 'http://receiver.example' }),
      byWebhook({ url: 'https://user:password@receiver.example' }),
      byWebhook({ url: 'file:///etc/passwd' }),
      byWebhook({ codes: ['anything'] as never }),
      byMail({ addresses: ['noc@msp.example\r\nBcc: eve@example.org'] }),
      byMail({ addresses: [] }),
      byMail({ name: 'a\nb' }),
    ])
      await t.throwsAsync(channels.add(a.scope, wrong, 'anna'), { code: 'channel_invalid' });
    const within = { customers: [b.customers[0]], sites: [] };
    await t.throwsAsync(channels.add(a.scope, byWebhook({ within }), 'anna'), { code: 'target_unknown' });
    await t.throwsAsync(channels.add(a.scope, byWebhook({ country: 'US' }), 'anna'), { message: 'region_locked' });
    t.like(await room.places(), [{ msp: a.scope.msp, host: 'receiver.example', port: 443, country: 'NL' }] as never);
    await channels.test(a.scope, id, 'anna');
    t.like(webhooks.splice(0), [{ secrets: [secret], type: 'alerts.test' }] as never);
    await t.throwsAsync(channels.test(a.scope, id, 'anna'), { code: 'test_wait' });
    const next = await channels.newSecret(a.scope, id, 'anna');
    await is('one', 'warn');
    await wait(2 * DIGEST_EVERY_MS);
    t.deepEqual(webhooks.splice(0)[0]!.secrets, [next, secret], 'for a day with both');
    clock.advance(FORMER_SECRET_MS);
    await is('two', 'warn');
    await wait(2 * DIGEST_EVERY_MS);
    t.deepEqual(webhooks.splice(0)[0]!.secrets, [next]);
    await channels.remove(a.scope, id, 'anna');
    t.deepEqual(await channels.list(a.scope), []);
    t.false(JSON.stringify(logged).includes('whsec'));
    t.deepEqual(
      logged.filter(({ kind }) => kind.startsWith('channel_')).map(({ kind }) => kind),
      ['channel_added', 'channel_tested', 'channel_secret_made', 'channel_removed'],
    );
  });
}
