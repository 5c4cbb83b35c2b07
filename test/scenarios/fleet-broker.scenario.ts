/** One suite for both brokers: aedes in the process and a real Mosquitto. What a box, a hostile box and the fleet may expect of either. */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '@belkluis/shared/base/clock';
import { Counters } from '@belkluis/shared/base/counters';
import { silentLog } from '@belkluis/shared/base/log';
import { MAX_MESSAGE_BYTES } from '@belkluis/shared/contract/limits';
import { BROADCAST_TOPIC, downFilter, downTopic, UP_FILTER, upTopic } from '@belkluis/shared/contract/topics';
import test from 'ava';
import fc from 'fast-check';
import type { Arrival, Broker } from '../../fleet/broker/broker.ts';
import { openEmbedded } from '../../fleet/broker/embedded/embedded.ts';
import { openExternal } from '../../fleet/broker/external/external.ts';
import { MAX_IN_HAND } from '../../fleet/broker/limits.ts';
import { testAuthority } from '../../fleet/broker/testing/certificates.ts';
import { Mosquitto } from '../peers/mosquitto.ts';
import {
  type MqttBox,
  mqttBox,
  publishes,
  rawPublish,
  rawSubscribe,
  subscribes,
  type Where,
} from '../peers/mqtt-box.ts';

const boxes = await testAuthority('Boxes');
const fleet = await testAuthority('Fleet');
const strangers = await testAuthority('Strangers');
const server = await fleet.server();
const fleetKey = await fleet.box('_fleet');

/** How long nothing has to happen for a test to believe that nothing does, ms. */
const QUIET_MS = 300;

const newId = () => randomBytes(16).toString('hex');

interface Bench {
  readonly broker: Broker;
  readonly where: Where;
  /** What reached the fleet. */
  readonly arrived: Arrival[];
  /** What a message waits for before it is taken; by payload. */
  readonly gates: Map<string, () => Promise<void>>;
  close(): Promise<void>;
}

async function bench(
  open: () => Promise<{ broker: Broker; url: () => string; close: () => Promise<void> }>,
): Promise<Bench> {
  const { broker, url, close } = await open();
  const arrived: Arrival[] = [];
  const gates = new Map<string, () => Promise<void>>();
  broker.onMessage(UP_FILTER, async (arrival) => {
    await gates.get(arrival.payload.toString())?.();
    arrived.push(arrival);
  });
  await broker.start();
  return { broker, arrived, gates, close, where: { url: url(), authority: fleet.certificate } };
}

const kinds = {
  aedes: () =>
    bench(async () => {
      const broker = await openEmbedded({
        clock: systemClock,
        counters: new Counters(),
        identity: { ...server, boxAuthority: boxes.certificate },
        listen: { host: '127.0.0.1', port: 0 },
        webSocket: null,
        mayConnect: () => true,
        notice: () => {},
      });
      return { broker, url: () => `mqtts://localhost:${broker.ports.tls}`, close: () => broker.close() };
    }),
  mosquitto: () =>
    bench(async () => {
      const peer = await Mosquitto.start({ boxes, fleet, server, fleets: ['_fleet'] });
      const broker = openExternal({
        url: `mqtts://localhost:${peer.fleetPort}`,
        identity: { ...fleetKey, authority: fleet.certificate },
        counters: new Counters(),
        log: silentLog,
      });
      return {
        broker,
        url: () => `mqtts://localhost:${peer.boxPort}`,
        async close() {
          await broker.close();
          await peer.remove();
        },
      };
    }),
};

const arrival = async (bench: Bench, wanted: (one: Arrival) => boolean): Promise<Arrival> => {
  for (;;) {
    const found = bench.arrived.find(wanted);
    if (found) return found;
    await delay(5);
  }
};

for (const [kind, open] of Object.entries(kinds)) {
  let b: Bench;
  test.before(async () => {
    b = await open();
  });
  test.after.always(() => b?.close());
  const enter = async (id: string, options = {}): Promise<MqttBox> =>
    mqttBox(b.where, id, await boxes.box(id), options);

  test(`${kind}: a box gets in by its certificate, and by nothing else`, async (t) => {
    const id = newId();
    await t.throwsAsync(mqttBox(b.where, id, null), undefined, 'without a certificate');
    await t.throwsAsync(mqttBox(b.where, id, await strangers.box(id)), undefined, 'of another authority');
    await t.throwsAsync(mqttBox(b.where, id, await boxes.box(id, -1000)), undefined, 'expired');
    const box = await enter(id);
    t.true(await publishes(box, upTopic('health', id), 'in'));
    t.is((await arrival(b, ({ payload }) => payload.toString() === 'in')).topic, upTopic('health', id));
    box.client.end();
  });

  test(`${kind}: the largest message arrives as it was sent, in both directions; one byte more does not`, async (t) => {
    const id = newId();
    const box = await enter(id);
    const large = randomBytes(MAX_MESSAGE_BYTES / 2).toString('hex');
    await subscribes(box, downFilter(id));
    await b.broker.publish(downTopic('desired', id), Buffer.from(large), { qos: 1, retain: false });
    t.is((await box.hears(() => true)).text, large);
    t.true(await publishes(box, upTopic('audit', id), large));
    const got = await arrival(b, ({ topic }) => topic === upTopic('audit', id));
    t.is(got.payload.toString(), large);
    t.is(got.qos, 1);
    t.false(got.retained);
    await publishes(box, upTopic('audit', id), `${large}!`);
    await delay(QUIET_MS);
    t.is(b.arrived.filter(({ topic }) => topic === upTopic('audit', id)).length, 1);
    box.client.end();
  });

  test(`${kind}: what is retained is there for who comes later, by exact filter and by wildcard, until it is taken back`, async (t) => {
    const id = newId();
    const desired = downTopic('desired', id);
    await b.broker.publish(desired, Buffer.from('first'), { qos: 1, retain: true });
    await b.broker.publish(desired, Buffer.from('second'), { qos: 1, retain: true });
    for (const filter of [desired, downFilter(id)]) {
      const box = await enter(id);
      await subscribes(box, filter);
      t.deepEqual(await box.hears(() => true), { topic: desired, text: 'second', retained: true });
      await box.client.endAsync();
    }
    await b.broker.publish(desired, Buffer.alloc(0), { qos: 1, retain: true });
    const box = await enter(id);
    await subscribes(box, downFilter(id));
    await delay(QUIET_MS);
    t.deepEqual(box.told, []);
    box.client.end();
  });

  test(`${kind}: what is said to a box that is away waits for it, in order`, async (t) => {
    const id = newId();
    const before = await enter(id, { clean: false });
    await subscribes(before, downFilter(id));
    await before.client.endAsync();
    for (const text of ['one', 'two', 'three'])
      await b.broker.publish(downTopic('certificate', id), Buffer.from(text), { qos: 1, retain: false });
    const after = await enter(id, { clean: false });
    await after.hears(({ text }) => text === 'three');
    t.deepEqual(
      after.told.map(({ text }) => text),
      ['one', 'two', 'three'],
    );
    after.client.end();
  });

  test(`${kind}: of a box that vanishes its last will is told, of one that leaves it is not`, async (t) => {
    const will = (text: string, id: string) => ({
      will: { topic: upTopic('presence', id), payload: Buffer.from(text), qos: 1 as const, retain: true },
    });
    const leaves = newId();
    const left = await enter(leaves, will('left', leaves));
    await left.client.endAsync();
    const vanishes = newId();
    const vanished = await enter(vanishes, will('vanished', vanishes));
    vanished.cut();
    const told = await arrival(b, ({ payload }) => payload.toString() === 'vanished');
    t.is(told.topic, upTopic('presence', vanishes));
    t.false(b.arrived.some(({ payload }) => payload.toString() === 'left'));
  });

  test(`${kind}: a newer connection of a box ends the older, and is heard`, async (t) => {
    const id = newId();
    const older = await enter(id);
    const newer = await enter(id);
    await older.closed;
    await subscribes(newer, downFilter(id));
    await b.broker.publish(downTopic('certificate', id), Buffer.from('to the newer'), { qos: 1, retain: false });
    t.is((await newer.hears(() => true)).text, 'to the newer');
    newer.client.end();
  });

  test(`${kind}: under another box's id nobody takes its place, its messages or its voice`, async (t) => {
    const [victim, hostile] = [newId(), newId()];
    const there = await enter(victim, { clean: false });
    await subscribes(there, downFilter(victim));
    const other = await mqttBox(b.where, victim, await boxes.box(hostile), { clean: false }).catch(() => null);
    await delay(QUIET_MS);
    t.true(there.client.connected);
    await b.broker.publish(downTopic('certificate', victim), Buffer.from('for the victim'), { qos: 1, retain: false });
    await there.hears(({ text }) => text === 'for the victim');
    if (other) await publishes(other, upTopic('health', victim), 'forged');
    await delay(QUIET_MS);
    t.deepEqual(other?.told ?? [], []);
    t.false(b.arrived.some(({ payload }) => payload.toString() === 'forged'));
    other?.client.end(true);
    there.client.end();
  });

  test(`${kind}: a box that is kicked is out, and what waited for it is forgotten`, async (t) => {
    const id = newId();
    const box = await enter(id, { clean: false });
    await subscribes(box, downFilter(id));
    await b.broker.kick(id);
    await box.closed;
    await b.broker.publish(downTopic('certificate', id), Buffer.from('late'), { qos: 1, retain: false });
    const back = await enter(id, { clean: false });
    await delay(QUIET_MS);
    t.deepEqual(back.told, []);
    back.client.end();
  });

  test(`${kind}: nothing is acknowledged before it is kept; what could not be kept comes again`, async (t) => {
    const id = newId();
    let open_ = () => {};
    let tries = 0;
    const held = new Promise<void>((resolve) => {
      open_ = resolve;
    });
    b.gates.set(`slow ${id}`, () => held);
    b.gates.set(`fails ${id}`, async () => {
      // Late enough for an acknowledgement that does not wait to have gone.
      await delay(50);
      if (tries++ === 0) throw new Error('the disk is full');
    });
    const box = await enter(id, { clean: false, reconnectPeriod: 50 });
    let acknowledged = false;
    const slow = box.client.publishAsync(upTopic('audit', id), `slow ${id}`, { qos: 1 }).then(() => {
      acknowledged = true;
    });
    // Another message is not kept waiting by the first.
    await arrival({ ...b }, () => true);
    const quick = box.client.publishAsync(upTopic('health', id), `quick ${id}`, { qos: 1 });
    await arrival(b, ({ payload }) => payload.toString() === `quick ${id}`);
    await delay(QUIET_MS);
    // Mosquitto answers for the fleet: what it acknowledges it keeps until the fleet has it.
    t.is(acknowledged, kind === 'mosquitto');
    open_();
    await Promise.all([slow, quick]);
    await box.client.publishAsync(upTopic('event', id), `fails ${id}`, { qos: 1 });
    await arrival(b, ({ payload }) => payload.toString() === `fails ${id}`);
    t.true(tries >= 2);
    for (const word of ['slow', 'quick', 'fails'])
      t.is(b.arrived.filter(({ payload }) => payload.toString() === `${word} ${id}`).length, 1, word);
    box.client.end(true);
  });

  test(`${kind}: whatever a hostile box publishes or asks for, nothing crosses to another`, async (t) => {
    const victim = newId();
    const there = await enter(victim);
    await subscribes(there, downFilter(victim), BROADCAST_TOPIC);
    const heard = new Set<string>();
    const hostiles: string[] = [];
    const enters = async (hostile: string): Promise<MqttBox> => {
      const box = await enter(hostile, { clean: false, resubscribe: false });
      box.client.on('message', (topic) => heard.add(topic));
      return box;
    };
    for (const [round, attempts] of roundsOf(victim)) {
      const hostile = newId();
      hostiles.push(hostile);
      let box: MqttBox | null = null;
      for (const attempt of attempts) {
        const topic = attempt.replaceAll('SELF', hostile);
        for (const bytes of [
          rawSubscribe(downFilter(hostile), topic),
          rawPublish(topic, `from ${hostile}`, round % 2 === 0 ? 0 : 1),
        ]) {
          if (!box?.client.connected) box = await enters(hostile);
          box.client.stream.write(bytes);
          await Promise.race([box.closed, delay(3)]);
        }
      }
      box?.client.end(true);
    }
    // While they are away: what is under a filter that was refused must not wait in their sessions either.
    await b.broker.publish(downTopic('desired', victim), Buffer.from('secret'), { qos: 1, retain: true });
    await b.broker.publish(downTopic('certificate', victim), Buffer.from('secret'), { qos: 1, retain: false });
    await there.hears(({ text }) => text === 'secret');
    t.true(await publishes(there, upTopic('reported', victim), 'secret'));
    const back = await Promise.all(hostiles.map(enters));
    await delay(QUIET_MS);
    t.deepEqual(
      [...heard].filter((topic) => topic.includes(victim)),
      [],
      'what the victim is told or says',
    );
    t.deepEqual(
      [...heard].filter((topic) => !hostiles.some((own) => topic.startsWith(`f1/${own}/dn/`))),
      [],
    );
    t.deepEqual(
      there.told.filter(({ text }) => text !== 'secret'),
      [],
      'what others sent to the victim',
    );
    const foreign = b.arrived.filter(
      ({ topic, payload }) => payload.includes('from ') && topic.split('/')[1] !== payload.toString().slice(5),
    );
    t.deepEqual(foreign, [], 'what was said in the name of another');
    await b.broker.publish(downTopic('desired', victim), Buffer.alloc(0), { qos: 1, retain: true });
    for (const box of [...back, there]) box.client.end(true);
  });
}

/** What hostile boxes try as topic and as filter; SELF is their own id. */
function roundsOf(victim: string): [number, string[]][] {
  const level = fc.oneof(
    fc.constantFrom('f1', 'up', 'dn', '+', '#', '$SYS', '$share', 'g', victim, 'SELF', '_fleet', 'bcast', 'health'),
    fc.constantFrom('', '+#', '..', `${victim}+`, 'presence', 'desired', 'cmd', 'SELF/up', '\u0000', 'é', '\ud800'),
  );
  const fuzzed = fc.array(level, { minLength: 1, maxLength: 6 }).map((levels) => levels.join('/'));
  const tries = [
    ...['#', '+/#', '+/+/#', 'f1/#', `f1/${victim}/#`, `f1/${victim}/dn/#`, 'f1/+/dn/#', 'f1/+/up/#', '$SYS/#'],
    ...[`$share/g/f1/${victim}/dn/#`, '$share/g/#', `f1/SELF/dn/../../${victim}/dn/#`, downTopic('desired', victim)],
    ...[upTopic('health', victim), upTopic('presence', victim), BROADCAST_TOPIC, 'f1/SELF/dn/desired', 'f1/SELF/dn/#'],
    ...['f1/SELF/up/health/more', 'f1/SELF/up/#', 'f1/SELF/up/unknown', '/f1/SELF/up/health', 'f1/SELF/up/+', ''],
    ...fc.sample(fuzzed, { numRuns: 64, seed: 20261126 }),
  ];
  const perRound = 8;
  const rounds: [number, string[]][] = [];
  for (let at = 0; at < tries.length; at += perRound) rounds.push([at / perRound, tries.slice(at, at + perRound)]);
  return rounds;
}

// One of its own: what others have in hand is in the same window. aedes takes one message of a box at a time.
test('mosquitto: as many messages as it sends at once may all wait for an answer of the broker', async (t) => {
  const b = await kinds.mosquitto();
  t.teardown(b.close);
  const id = newId();
  const box = await mqttBox(b.where, id, await boxes.box(id));
  const payloads = Array.from({ length: MAX_IN_HAND }, (_, at) => `${id} ${at}`);
  const all = Promise.withResolvers<void>();
  let here = 0;
  for (const payload of payloads)
    b.gates.set(payload, async () => {
      if (++here === MAX_IN_HAND) all.resolve();
      await all.promise;
      await b.broker.publish(downTopic('desired', id), Buffer.from(payload), { qos: 1, retain: false });
    });
  await Promise.all(payloads.map((payload) => publishes(box, upTopic('event', id), payload)));
  while (b.arrived.length < MAX_IN_HAND) await delay(5);
  t.is(here, MAX_IN_HAND, 'each once');
});
