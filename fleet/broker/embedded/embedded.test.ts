import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Counters } from '@belkluis/shared/base/counters';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import { downFilter, downTopic, UP_FILTER, upTopic } from '@belkluis/shared/contract/topics';
import test from 'ava';
import { mqttBox, publishes, rawPublish, rawSubscribe, subscribes } from '../../../test/peers/mqtt-box.ts';
import type { Arrival, BrokerNotice } from '../broker.ts';
import { CLONE_TAKEOVERS, CLONE_WINDOW_MS, MAX_WAITING, PACKET_BURST, PACKETS_PER_SECOND } from '../limits.ts';
import { testAuthority } from '../testing/certificates.ts';
import { type EmbeddedOptions, openEmbedded } from './embedded.ts';

const boxes = await testAuthority();
const server = await boxes.server();
const loopback = { host: '127.0.0.1', port: 0 };
const newId = () => randomBytes(16).toString('hex');

async function opened(options: Partial<EmbeddedOptions> = {}) {
  const clock = new ManualClock(Date.now());
  const counters = new Counters();
  const notices: BrokerNotice[] = [];
  const arrived: Arrival[] = [];
  const broker = await openEmbedded({
    clock,
    counters,
    identity: { ...server, boxAuthority: boxes.certificate },
    listen: loopback,
    webSocket: null,
    mayConnect: () => true,
    notice: (notice) => notices.push(notice),
    ...options,
  });
  broker.onMessage(UP_FILTER, (arrival) => void arrived.push(arrival));
  await broker.start();
  const url = `mqtts://localhost:${broker.ports.tls}`;
  const enter = async (id: string, more = {}) =>
    mqttBox({ url, authority: boxes.certificate }, id, await boxes.box(id), more);
  const codesOf = (box: string) => notices.filter((notice) => notice.box === box).map(({ code }) => code);
  return { broker, clock, counters, notices, arrived, enter, codesOf };
}

/** One for all who are not in each other's way. */
const shared = await opened();
test.after.always(() => shared.broker.close());

test('a megabyte disconnects the box that sends it, before it is all there; others are heard', async (t) => {
  const { enter, codesOf, arrived } = shared;
  const [large, other] = [newId(), newId()];
  const [sender, bystander] = [await enter(large), await enter(other)];
  const whole = rawPublish(upTopic('audit', large), randomBytes(1_000_000), 1);
  sender.client.stream.write(whole.subarray(0, 20_000));
  await sender.closed;
  t.deepEqual(codesOf(large), ['packet_large']);
  t.true(await publishes(bystander, upTopic('health', other), 'still here'));
  t.false(arrived.some(({ topic }) => topic.includes(large)));
  bystander.client.end();
});

test('a flood disconnects the box that sends it, and coming back gives no more; others are heard', async (t) => {
  const { enter, codesOf, clock, arrived } = shared;
  const [id, other] = [newId(), newId()];
  const bystander = await enter(other);
  const flooding = await enter(id);
  const one = rawPublish(upTopic('health', id), 'x', 0);
  flooding.client.stream.write(Buffer.concat(Array.from({ length: PACKET_BURST + 100 }, () => one)));
  await flooding.closed;
  t.deepEqual(codesOf(id), ['flood']);
  const heard = arrived.filter(({ topic }) => topic.includes(id)).length;
  t.true(heard <= PACKET_BURST, `${heard}`);
  t.true(await publishes(bystander, upTopic('health', other), 'still here'));
  // It is let in by its certificate, and has nothing left to say CONNECT with.
  await t.throwsAsync(enter(id));
  clock.advance((100 / PACKETS_PER_SECOND) * 1000);
  const calm = await enter(id);
  t.true(await publishes(calm, upTopic('health', id), 'calm'));
  for (const box of [calm, bystander]) box.client.end();
});

test('what is no MQTT ends the connection that it came over', async (t) => {
  const { enter, codesOf } = shared;
  const id = newId();
  const box = await enter(id);
  box.client.stream.write(Buffer.from([0x30, 255, 255, 255, 255, 1]));
  await box.closed;
  t.deepEqual(codesOf(id), ['packet_malformed']);
});

test('two who push each other out are told as a clone, once; a box that came back once is not', async (t) => {
  const { enter, codesOf, clock } = shared;
  const [id, calm] = [newId(), newId()];
  const last = [];
  for (let n = 0; n <= CLONE_TAKEOVERS; n++) last.push(await enter(id));
  t.deepEqual(codesOf(id), ['clone_suspected']);
  for (let n = 0; n <= CLONE_TAKEOVERS; n++) {
    last.push(await enter(calm));
    clock.advance(CLONE_WINDOW_MS / 2);
  }
  t.deepEqual(codesOf(calm), []);
  for (const box of last) box.client.end(true);
});

test('whether a box may connect is asked each time, with its certificate; who cannot be asked about is told to come back', async (t) => {
  let answer: () => boolean = () => true;
  const asked: string[] = [];
  const mayConnect = (box: string, serial: string) => {
    asked.push(`${box} ${serial}`);
    return answer();
  };
  const letIn: string[] = [];
  const connected = (box: string, serial: string) => letIn.push(`${box} ${serial}`);
  const { broker, enter, counters } = await opened({ mayConnect, connected });
  const id = newId();
  const box = await enter(id);
  t.regex(asked[0]!, new RegExp(`^${id} [0-9a-f]{8,40}$`));
  t.deepEqual(letIn, asked);
  t.deepEqual([...broker.connected()], [id]);
  answer = () => false;
  await broker.kick(id);
  await box.closed;
  t.deepEqual([...broker.connected()], []);
  t.like(await t.throwsAsync(enter(id)), { code: 5 });
  answer = () => {
    throw new Error('no database');
  };
  t.like(await t.throwsAsync(enter(id)), { code: 3 });
  t.is(counters.get('broker.not_admitted'), 1);
  t.is(counters.get('broker.admission_unknown'), 1);
  await broker.close();
});

test('a last will is a box’s own presence, or the box is not let in', async (t) => {
  const { enter, codesOf } = shared;
  const [id, victim] = [newId(), newId()];
  const will = (topic: string, payload = 'gone') => ({
    will: { topic, payload: Buffer.from(payload), qos: 1, retain: true },
  });
  for (const topic of [upTopic('presence', victim), upTopic('health', id), downTopic('desired', id), '$SYS/x'])
    t.like(await t.throwsAsync(enter(id, will(topic))), { code: 5 }, topic);
  await t.throwsAsync(enter(id, will(upTopic('presence', id), 'x'.repeat(10_000))));
  t.deepEqual(codesOf(id), ['will_foreign']);
  (await enter(id, will(upTopic('presence', id)))).client.end();
});

test('over WebSocket the same holds: a certificate, and no more than may be sent', async (t) => {
  const { broker, codesOf, arrived } = await opened({ webSocket: loopback });
  const id = newId();
  const where = { url: `wss://localhost:${broker.ports.webSocket}/mqtt`, authority: boxes.certificate };
  const tls = (issued: { key: string; certificate: string }) => ({
    wsOptions: { ca: boxes.certificate, key: issued.key, cert: issued.certificate },
  });
  await t.throwsAsync(mqttBox(where, id, null, { wsOptions: { ca: boxes.certificate } }));
  const issued = await boxes.box(id);
  const box = await mqttBox(where, id, issued, tls(issued));
  await subscribes(box, downFilter(id));
  const large = 'x'.repeat(65_536);
  t.true(await publishes(box, upTopic('audit', id), large));
  t.is(arrived[0]!.payload.toString(), large);
  await broker.publish(downTopic('desired', id), Buffer.from(large), { qos: 1, retain: false });
  t.is((await box.hears(() => true)).text, large);
  box.client.publish(upTopic('audit', id), 'x'.repeat(1_000_000));
  await box.closed;
  t.true(codesOf(id).includes('packet_large') || broker.connected().size === 0);
  await broker.close();
});

test('what waits for a box that is away has an end, and a foreign filter beside its own keeps nothing', async (t) => {
  const { broker, enter, counters } = shared;
  const [id, victim] = [newId(), newId()];
  const box = await enter(id, { clean: false });
  box.client.stream.write(rawSubscribe(downFilter(victim), downFilter(id)));
  await delay(50);
  await box.client.endAsync();
  for (let n = 0; n < 10; n++)
    await broker.publish(downTopic('certificate', victim), Buffer.from('secret'), { qos: 1, retain: false });
  for (let n = 0; n < MAX_WAITING + 10; n++)
    await broker.publish(downTopic('certificate', id), Buffer.from(`${n}`), { qos: 1, retain: false });
  // Had those for the victim waited, fewer of its own would have had room.
  t.is(counters.get('broker.session_full'), 10);
  const back = await enter(id, { clean: false });
  await back.hears(({ text }) => text === `${MAX_WAITING - 1}`);
  await delay(50);
  t.is(back.told.length, MAX_WAITING);
  back.client.end();
});

test('closing acknowledges what is being kept, and tells no wills: the boxes did not leave', async (t) => {
  const { broker, enter, arrived } = await opened();
  let kept = () => {};
  let begun = () => {};
  const beginning = new Promise<void>((resolve) => {
    begun = resolve;
  });
  broker.onMessage(UP_FILTER, () => {
    begun();
    return new Promise<void>((resolve) => {
      kept = resolve;
    });
  });
  const id = newId();
  const box = await enter(id, {
    will: { topic: upTopic('presence', id), payload: Buffer.from('gone'), qos: 1, retain: true },
  });
  const published = publishes(box, upTopic('audit', id), 'the last');
  await beginning;
  const closed = broker.close();
  await delay(20);
  t.true(box.client.connected);
  kept();
  await closed;
  await box.closed;
  await published;
  t.deepEqual(
    arrived.map(({ payload }) => payload.toString()),
    ['the last'],
  );
});

test('the fleet publishes to boxes and nowhere else, and says when its port is taken', async (t) => {
  const { broker } = shared;
  const quick = { qos: 1, retain: false } as const;
  for (const topic of [upTopic('health', newId()), '$SYS/x', 'f1/+/dn/desired', `f1/${newId()}/dn/#`])
    t.like(await t.throwsAsync(broker.publish(topic, Buffer.from('x'), quick)), { code: 'topic_foreign' });
  const large = broker.publish(downTopic('desired', newId()), Buffer.alloc(65_537), quick);
  t.like(await t.throwsAsync(large), { code: 'message_large' });
  const second = opened({ listen: { host: '127.0.0.1', port: broker.ports.tls } });
  t.like(await t.throwsAsync(second), { code: 'port_taken' });
});
