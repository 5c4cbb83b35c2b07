import test from 'ava';
import { both } from '../db/testing/databases.ts';
import { ASKED_MS, BACKOFF_MS, DAY_MS, GATHER_MS } from './limits.ts';
import type { Notice } from './notices.ts';
import { view } from './parts.ts';
import { alertsOfTwo, byMail, byWebhook, migrations } from './testing/world.ts';

const text = { en: 'DRILL: names', nl: 'OEFENING: namen', de: 'ÜBUNG: Namen', fr: 'EXERCICE : noms' };

for (const database of both) {
  const open = async (t: Parameters<(typeof database)['fresh']>[0]) => {
    const { kysely } = await database.fresh(t, migrations);
    const world = await alertsOfTwo(kysely);
    const { a, b, room } = world;
    const drill = (customer: string, msp = a.scope.msp): Notice => ({
      is: 'incident',
      msp,
      customer,
      drill: true,
      edition: 'one',
      text,
    });
    /** As the job does: asks for each customer. */
    const ask = async () => {
      const all = [...a.customers.map((one) => drill(one)), ...b.customers.map((one) => drill(one, b.scope.msp))];
      return await Promise.all(all.map((one) => room.notices.tell(one)));
    };
    return { ...world, kysely, drill, ask };
  };

  test(`${database.name}: a notice reaches every channel of each MSP once, in its language, whatever alerts that is for`, async (t) => {
    const { a, b, room, another, ask, clock, mails, webhooks, tellNow } = await open(t);
    await room.channels.add(a.scope, byMail({ language: 'nl', level: 'bad', codes: ['offline'] }), 'anna');
    await room.channels.add(a.scope, byWebhook(), 'anna');
    await room.channels.add(a.scope, byMail({ name: 'Off', on: false }), 'anna');
    await room.channels.add(b.scope, byMail({ addresses: ['b@other.example'], language: 'de' }), 'bea');
    t.deepEqual(await ask(), [null, null, null, null]);
    await tellNow();
    t.is(mails.length, 0, 'it waits for the other customers');
    clock.advance(GATHER_MS);
    const at = clock.now();
    const processes = [room, another()];
    await Promise.all(processes.map(({ notices }) => notices.pack()));
    await Promise.all(processes.map(({ tell }) => tell.send()));
    t.deepEqual(mails.map(({ addresses }) => addresses[0]).sort(), ['b@other.example', 'noc@msp.example']);
    const [dutch] = mails.filter(({ text }) => text.includes('OEFENING: namen'));
    t.regex(dutch!.subject, /: Oefening: Incident$/);
    t.is(dutch!.text.match(/^ {2}- /gm)?.length, 2, 'both customers, in one mail');
    t.like(webhooks[0], { data: { notice: { about: 'incident', drill: true, text: text.en } } });
    clock.advance(60_000);
    t.deepEqual(await ask(), [at, at, at, at], 'when it was taken, not when somebody asked');
    await tellNow();
    t.deepEqual([mails.length, webhooks.length], [2, 1]);
    const [channel] = await room.channels.list(a.scope);
    t.like((await room.channels.deliveries(a.scope, channel!.id))[0], { state: 'done', notice: true });
  });

  test(`${database.name}: what nobody takes is tried again, and by a channel that is new; alerts go on meanwhile`, async (t) => {
    const { a, room, drill, clock, mails, fail, tellNow, addBox, wait } = await open(t);
    const [customer] = a.customers;
    const told = () => room.notices.tell(drill(customer!));
    t.is(await told(), null);
    clock.advance(DAY_MS);
    await tellNow();
    t.is(await told(), null, 'there is no channel');
    const { id } = await room.channels.add(a.scope, byMail(), 'anna');
    fail('mail_failed');
    await tellNow();
    t.is(await told(), null);
    t.like((await room.channels.deliveries(a.scope, id))[0], { state: 'waiting', tries: 1, problem: 'mail_failed' });
    fail(null);
    await room.watch.raise({ box: await addBox('one', a.sites[0]!) }, 'flooded');
    await wait(GATHER_MS + 5000, 5000);
    t.is(mails.length, 1, 'the alert does not wait behind it');
    await wait(BACKOFF_MS[0]! * 2);
    t.is(mails.length, 2);
    t.truthy(await told());
    clock.advance(40 * DAY_MS);
    await room.notices.forget();
    t.is(await told(), null, 'the same words next year are told again');
  });
  test(`${database.name}: an incident is never given up; it is brought when the channel is mended, a reminder of then is not`, async (t) => {
    const { a, room, drill, clock, mails, webhooks, fail, tellNow, wait } = await open(t);
    const [customer] = a.customers;
    const reminder: Notice = { ...drill(customer), is: 'agreement_ends', drill: false, text: { ...text, en: 'ends' } };
    const { id } = await room.channels.add(a.scope, byMail(), 'anna');
    const hook = await room.channels.add(a.scope, byWebhook(), 'anna');
    const ask = () => room.notices.tell(drill(customer));
    await Promise.all([ask(), room.notices.tell(reminder)]);
    fail('mail_failed');
    const all = BACKOFF_MS.reduce((sum, ms) => sum + ms, 0);
    for (let gone = 0; gone < all * 1.5; gone += 60 * 60_000) {
      await wait(60 * 60_000, 30 * 60_000);
      await ask();
    }
    const of = async (channel: string) => {
      const rows = await room.channels.deliveries(a.scope, channel);
      return rows.map(({ state, problem }) => `${state} ${problem}`).sort();
    };
    t.deepEqual(await of(id), ['dead notice_past', 'waiting mail_failed'], 'nobody asks for the reminder any more');
    fail('webhook_gone');
    await room.channels.change(a.scope, hook.id, byWebhook(), 'anna');
    await tellNow();
    t.deepEqual(await of(hook.id), ['dead notice_past', 'dead webhook_gone']);
    t.deepEqual([mails.length, webhooks.length], [0, 0]);
    // Both work again, and somebody says so.
    fail(null);
    await room.channels.test(a.scope, id, 'anna');
    await room.channels.change(a.scope, hook.id, byWebhook(), 'anna');
    await tellNow();
    t.deepEqual(
      mails.map(({ text: said }) => /DRILL|ends/.exec(said)?.[0] ?? 'test'),
      ['test', 'DRILL'],
    );
    t.is(webhooks.length, 1, 'the other channel is told, too');
    t.is(await ask(), clock.now());
    await room.channels.retry(
      a.scope,
      id,
      (await room.channels.deliveries(a.scope, id)).find(({ state }) => state === 'dead')!.id,
      'anna',
    );
    await tellNow();
    t.deepEqual(await of(id), ['dead notice_past', 'done null'], 'not even when somebody tries it anew');
    await room.channels.add(a.scope, byMail({ name: 'New' }), 'anna');
    await wait(GATHER_MS);
    t.is(mails.length, 2);
  });

  test(`${database.name}: what reached one channel reaches another that is mended weeks later, if it is an incident`, async (t) => {
    const { a, room, drill, clock, mails, webhooks, fail, tellNow } = await open(t);
    const [customer] = a.customers;
    const reminder: Notice = { ...drill(customer), is: 'agreement_ends', drill: false, text: { ...text, en: 'ends' } };
    const ask = () => Promise.all([room.notices.tell(drill(customer)), room.notices.tell(reminder)]);
    const hook = await room.channels.add(a.scope, byWebhook(), 'anna');
    await ask();
    fail('webhook_gone');
    clock.advance(GATHER_MS);
    await tellNow();
    await tellNow();
    fail(null);
    await room.channels.add(a.scope, byMail(), 'anna');
    await tellNow();
    t.is(mails.length, 2);
    t.deepEqual(await ask(), [clock.now(), clock.now()]);
    clock.advance(20 * DAY_MS);
    await room.channels.change(a.scope, hook.id, byWebhook(), 'anna');
    await tellNow();
    t.deepEqual(
      webhooks.map(({ data }) => (data as unknown as { notice: { about: string } }).notice.about),
      ['incident'],
    );
  });

  test(`${database.name}: a channel that takes one message is tried with what waits long; what is asked for again is not past`, async (t) => {
    const { a, room, drill, clock, mails, fail, wait, tellNow, addBox } = await open(t);
    const [customer] = a.customers;
    await room.channels.add(a.scope, byMail(), 'anna');
    await room.notices.tell(drill(customer));
    fail('mail_failed');
    // After the sixth try, and more than an hour before the seventh.
    for (let minutes = 0; minutes < 300; minutes += 50) {
      await wait(50 * 60_000, 3 * 60_000);
      await room.notices.tell(drill(customer));
    }
    fail(null);
    t.deepEqual(mails, []);
    await room.watch.raise({ box: await addBox('one', a.sites[0]) }, 'flooded');
    await wait(GATHER_MS + 60_000, 5000);
    t.deepEqual(
      mails.map(({ text: said }) => said.includes('DRILL')),
      [false, true],
      'the alert, and at once the incident',
    );

    // The fleet stood still for longer than anybody waits; then it asks again, after its messages were looked at.
    fail('mail_failed');
    const later = { ...drill(customer), edition: 'two' };
    await room.notices.tell(later);
    clock.advance(GATHER_MS);
    await tellNow();
    clock.advance(ASKED_MS);
    fail(null);
    await tellNow();
    t.is(mails.length, 2);
    t.is(await room.notices.tell(later), null);
    await tellNow();
    t.is(mails.length, 3);
  });

  test(`${database.name}: a message that cannot be made is noted as failed, and holds up no other`, async (t) => {
    const { kysely, a, b, room, drill, clock, mails, tellNow } = await open(t);
    const { id } = await room.channels.add(a.scope, byMail(), 'anna');
    await room.channels.add(b.scope, byMail(), 'bea');
    await room.notices.tell(drill(a.customers[0]));
    await room.notices.tell(drill(b.customers[0], b.scope.msp));
    clock.advance(GATHER_MS);
    await room.notices.pack();
    await view(kysely).updateTable('alert_notices').set({ text: '{' }).where('msp', '=', a.scope.msp).execute();
    await t.notThrowsAsync(tellNow());
    t.is(mails.length, 1);
    const [failed] = await room.channels.deliveries(a.scope, id);
    t.like(failed, { state: 'waiting', tries: 1, problem: 'send_failed' });
    t.true(failed!.dueAt! > clock.now());
  });
}
