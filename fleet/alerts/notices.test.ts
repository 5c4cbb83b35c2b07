import test from 'ava';
import { both } from '../db/testing/databases.ts';
import { BACKOFF_MS, DAY_MS, GATHER_MS } from './limits.ts';
import type { Notice } from './notices.ts';
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
      text,
    });
    /** As the job does: asks for each customer. */
    const ask = async () => {
      const all = [...a.customers.map((one) => drill(one)), ...b.customers.map((one) => drill(one, b.scope.msp))];
      return await Promise.all(all.map((one) => room.notices.tell(one)));
    };
    return { ...world, drill, ask };
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
}
