/** A box and a real broker with certificates: wires are cut, brokers and boxes go down, and everything arrives, and nothing is done twice. */
import { setTimeout as delay } from 'node:timers/promises';
import { seededChance } from '@belkluis/shared/base/chance';
import { newUlid } from '@belkluis/shared/base/ulid';
import { broadcast } from '@belkluis/shared/contract/broadcast';
import { type Command, command } from '@belkluis/shared/contract/command';
import type { Cosignature } from '@belkluis/shared/contract/cosignature';
import { cosignature } from '@belkluis/shared/contract/cosignature';
import { desired } from '@belkluis/shared/contract/desired';
import type { Health } from '@belkluis/shared/contract/health';
import type { Presence } from '@belkluis/shared/contract/presence';
import type { Reported } from '@belkluis/shared/contract/reported';
import type { Response } from '@belkluis/shared/contract/response';
import test, { type ExecutionContext } from 'ava';
import { AUDIT_EVERY_MS } from './limits.ts';
import { START, startBox, until } from './testing/box.ts';
import { startFleet, type TestFleet } from './testing/fleet.ts';
import { type Authority, newAuthority } from './testing/pki.ts';
import { BOX, reportedSample } from './testing/sample.ts';
import type { UplinkOptions } from './uplink.ts';

const chance = seededChance('uplink');

let authority: Authority;
let stranger: Authority;
test.before(async () => {
  [authority, stranger] = await Promise.all([newAuthority('Fleet'), newAuthority('Stranger')]);
});

const newBox = (t: ExecutionContext, fleet: TestFleet, more: Partial<UplinkOptions> = {}) =>
  startBox(t, { authority, fleet, more });

async function newFleet(t: ExecutionContext, options?: { webSocket: boolean }) {
  const fleet = await startFleet(authority, options);
  t.teardown(() => fleet.stop());
  return fleet;
}

const about = () => ({ id: newUlid(START, chance), ts: START, seq: 1 });
const policy = (letter: string) =>
  desired.format({
    ...about(),
    body: {
      payloadType: 'application/vnd.belkluis.policy+json;version=2',
      payload: Buffer.alloc(300, letter).toString('base64'),
      signatures: [{ keyid: 'a'.repeat(64), sig: Buffer.alloc(64).toString('base64') }],
    },
  });
const bodies = <Body>(fleet: TestFleet, kind: Parameters<TestFleet['of']>[0]) =>
  fleet.of(kind).map(({ body }) => body as Body);
/** Once each, as a fleet counts. */
const seqs = (fleet: TestFleet) => [
  ...new Set(
    fleet.heard
      .filter(({ kind }) => ['health', 'event', 'response', 'csr'].includes(kind))
      .map(({ message }) => message.seq),
  ),
];

test('a box says hello, what it is and how it is; cut off, its will says so by the same connection; and it comes back', async (t) => {
  const fleet = await newFleet(t);
  const box = await newBox(t, fleet);
  t.is(box.uplink.status().lastAt, null);
  await box.settled();
  await until(t, () => fleet.of('reported').length === 1, 'reported');
  const [hello] = bodies<Presence>(fleet, 'presence');
  t.like(hello, { is: 'online', conn: 1, software: 'v0.4.0', policyVersion: 3, reads: 1 });
  t.deepEqual(bodies<Reported>(fleet, 'reported'), [reportedSample]);
  t.like(bodies<Health>(fleet, 'health')[0], { samples: 1, gauges: { cpu_percent: 7 } });
  t.deepEqual(
    fleet.heard.filter(({ retain }) => retain).map(({ kind }) => kind),
    ['presence', 'reported'],
  );
  fleet.cut();
  await until(t, () => fleet.of('presence').length === 2, 'the will');
  t.deepEqual(bodies<Presence>(fleet, 'presence')[1], { ...hello!, is: 'offline' });
  await box.again();
  await until(t, () => fleet.of('reported').length === 2, 'reported again');
  t.like(bodies<Presence>(fleet, 'presence').at(-1), { is: 'online', conn: 2, boot: hello!.boot });
});

test('stopped in order a box sleeps, and nobody is told that it was cut off', async (t) => {
  const fleet = await newFleet(t);
  const box = await newBox(t, fleet);
  await box.settled();
  await box.uplink.stop();
  await delay(100);
  t.deepEqual(
    bodies<Presence>(fleet, 'presence').map(({ is }) => is),
    ['online', 'sleep'],
  );
  await box.start();
  await box.settled();
  const [first, , third] = bodies<Presence>(fleet, 'presence');
  t.is(third!.conn, 2);
  t.not(third!.boot, first!.boot);
});

test('whatever breaks and whenever, what happened arrives: wires cut before and after, the broker and the box gone', async (t) => {
  const fleet = await newFleet(t);
  const box = await newBox(t, fleet);
  await box.settled();
  const codes = ['disk_low', 'trunk_down', 'backup_late', 'purge_overdue', 'pbx_down', 'uplink_down'] as const;
  const come = async (at: number) => {
    box.findings = [{ code: codes[at]!, level: 'bad', times: 1 }];
    await box.uplink.sample();
  };
  fleet.be('cuts before');
  await come(0);
  await until(t, () => box.uplink.status().state === 'waiting', 'cut before');
  t.is(fleet.of('event').length, 0);
  fleet.be('cuts after');
  await come(1);
  // Each hello is taken, and the wire cut before the box knows.
  await box.again().catch(() => {});
  await until(t, () => box.uplink.status().state === 'waiting', 'cut after');
  await fleet.stop();
  await come(2);
  box.hurry();
  await until(t, () => box.uplink.status().state === 'waiting', 'nobody there');
  await box.uplink.stop();
  await box.start();
  await come(3);
  fleet.be('well');
  await fleet.start();
  await until(t, () => box.uplink.status().state !== 'connecting', 'tried');
  box.hurry();
  await box.online();
  await come(4);
  await box.uplink.stop();
  await box.start();
  await come(5);
  await box.settled();
  // Eleven: each code came, and all but the last went. Healthy samples: one at each start, and the six.
  const events = new Map(
    fleet.of('event').map((message) => [message.id, message.body as { code: string; on: boolean }]),
  );
  t.deepEqual(
    [...events.values()].filter(({ on }) => on).map(({ code }) => code),
    [...codes],
  );
  t.is(events.size, 11);
  const numbers = seqs(fleet).sort((a, b) => a - b);
  t.deepEqual(
    numbers,
    numbers.map((_, at) => at + 1),
  );
});

test('a message whose wire was cut after it was taken comes again under its id', async (t) => {
  const fleet = await newFleet(t);
  const box = await newBox(t, fleet);
  await box.settled();
  fleet.be('cuts after');
  const id = box.uplink.requestCertificate(`MI${'A'.repeat(298)}`);
  await until(t, () => box.uplink.status().state === 'waiting', 'cut');
  t.is(box.uplink.status().queued, 1);
  fleet.be('well');
  await box.again();
  await box.settled();
  t.deepEqual(
    fleet.of('csr').map((message) => message.id),
    [id, id],
  );
  t.is(new Set(fleet.of('csr').map(({ seq }) => seq)).size, 1);
});

test('two hours without a fleet arrive whole when it is back: coarser the older they are', async (t) => {
  const fleet = await newFleet(t);
  const box = await newBox(t, fleet);
  await box.settled();
  await fleet.stop();
  await until(t, () => box.uplink.status().state !== 'online', 'gone');
  for (let minute = 0; minute < 120; minute++) {
    box.clock.advance(60_000);
    await box.uplink.sample();
  }
  t.is(box.uplink.status().lastAt, START);
  await fleet.start();
  await until(t, () => box.uplink.status().state !== 'connecting', 'tried');
  if (box.uplink.status().state === 'waiting') box.hurry();
  await box.online();
  await box.settled();
  const samples = bodies<Health>(fleet, 'health');
  t.true(samples.reduce((sum, one) => sum + one.samples, 0) >= 121);
  t.true(samples.length < 60, String(samples.length));
});

const order = (op: Command['op'] = 'test_call') => {
  const envelope = { ...about(), body: { op, expiresAt: START + 86_400_000 } };
  return { topic: command.topic(BOX, envelope.id), bytes: command.format(envelope), id: envelope.id };
};

test('a command that comes twice, and again after a restart, is done once and answered each time', async (t) => {
  const fleet = await newFleet(t);
  const box = await newBox(t, fleet);
  await until(t, () => fleet.of('reported').length === 1, 'subscribed');
  const { topic, bytes } = order();
  await fleet.say(topic, bytes);
  await until(t, () => bodies<Response>(fleet, 'response').some(({ state }) => state === 'done'), 'done');
  await fleet.say(topic, bytes);
  await until(t, () => fleet.of('response').length === 3, 'answered again');
  await box.uplink.stop();
  // Said while the box is away, it waits in the broker.
  await fleet.say(topic, bytes);
  await box.start();
  await until(t, () => fleet.of('response').length === 4, 'answered after the restart');
  t.deepEqual(box.done, ['test_call']);
  t.deepEqual(
    bodies<Response>(fleet, 'response').map(({ state }) => state),
    ['accepted', 'done', 'done', 'done'],
  );
  t.true(fleet.heard.filter(({ kind }) => kind === 'response').every((one) => one.topic.endsWith(topic.slice(-26))));
});

test('what was said to a box while it was away is heard when it is back', async (t) => {
  const fleet = await newFleet(t);
  const box = await newBox(t, fleet);
  await until(t, () => fleet.of('reported').length === 1, 'subscribed');
  fleet.cut();
  await until(t, () => box.uplink.status().state === 'waiting', 'waiting');
  const orders = [order(), order('renew'), order('sync')];
  for (const { topic, bytes } of orders) await fleet.say(topic, bytes);
  await box.again();
  await until(
    t,
    () => bodies<Response>(fleet, 'response').filter(({ state }) => state === 'done').length === 3,
    'done',
  );
  t.deepEqual([...box.done].sort(), ['renew', 'test_call']);
});

test('a command in which the box goes down is not done again, and is told as broken off', async (t) => {
  const fleet = await newFleet(t);
  const box = await newBox(t, fleet);
  await until(t, () => fleet.of('reported').length === 1, 'subscribed');
  box.obey = () => new Promise(() => {});
  const { topic, bytes } = order();
  await fleet.say(topic, bytes);
  await until(t, () => fleet.of('response').length === 1, 'accepted');
  await box.uplink.stop();
  await box.start();
  await until(t, () => fleet.of('response').length === 2, 'told');
  t.deepEqual(bodies<Response>(fleet, 'response')[1], { state: 'failed', why: 'interrupted' });
  t.is(box.done.length, 1);
});

test('a policy is handed on once, however often the broker tells it, and a new one at once', async (t) => {
  const fleet = await newFleet(t);
  const box = await newBox(t, fleet);
  await until(t, () => fleet.of('reported').length === 1, 'subscribed');
  const topic = desired.topic(BOX);
  await fleet.say(topic, policy('a'), true);
  await until(t, () => box.wanted.length === 1, 'the first');
  fleet.cut();
  await box.again();
  await box.uplink.stop();
  await box.start();
  await box.settled();
  await fleet.say(topic, policy('b'), true);
  await until(t, () => box.wanted.length === 2, 'the second');
  await fleet.say(topic, Buffer.alloc(0), true);
  t.deepEqual(
    box.wanted.map((payload) => Buffer.from(payload, 'base64').toString()[0]),
    ['a', 'b'],
  );
});

test('what the box could not take is not acknowledged, and comes again', async (t) => {
  const fleet = await newFleet(t);
  const box = await newBox(t, fleet);
  await until(t, () => fleet.of('reported').length === 1, 'subscribed');
  box.cosign = () => {
    throw new Error('the disk is full');
  };
  const body: Cosignature = { outcome: 'unsigned', answers: about().id };
  await fleet.say(cosignature.topic(BOX), cosignature.format({ ...about(), body }));
  await until(t, () => box.uplink.status().state === 'waiting', 'cut');
  t.deepEqual(box.cosigned, []);
  box.cosign = () => {};
  await box.again();
  await until(t, () => box.cosigned.length > 0, 'again');
  t.deepEqual(box.cosigned[0], body);
});

test('bytes that are no message, and messages under a topic that is not theirs, are counted and do nothing', async (t) => {
  const fleet = await newFleet(t);
  const box = await newBox(t, fleet);
  await until(t, () => fleet.of('reported').length === 1, 'subscribed');
  const { bytes } = order();
  await fleet.say(command.topic(BOX, about().id), bytes);
  await fleet.say(desired.topic(BOX), Buffer.from('{"v":1'));
  await fleet.say(`f1/${BOX}/dn/nothing`, bytes);
  await fleet.say(`f1/${BOX}/dn/cosig`, bytes);
  // Whoever took the fleet over would have the box fetch a program of theirs.
  const told = { v: 1, ...about(), body: { op: 'update', expiresAt: START + 60_000 } };
  await fleet.say(command.topic(BOX, told.id), Buffer.from(JSON.stringify(told)));
  await until(t, () => box.uplink.status().refused === 5, 'counted');
  const good = order();
  await fleet.say(good.topic, good.bytes);
  await until(t, () => box.done.length === 1, 'the good one');
  t.deepEqual(box.wanted, []);
  t.is(box.uplink.status().state, 'online');
});

test('a report that may not be told keeps nothing else from being told', async (t) => {
  const fleet = await newFleet(t);
  const box = await newBox(t, fleet);
  await until(t, () => fleet.of('reported').length === 1, 'reported');
  box.report = { ...reportedSample, caller: '0201234567' } as Reported;
  fleet.cut();
  await box.again();
  const { topic, bytes } = order();
  await fleet.say(topic, bytes);
  await until(t, () => box.done.length === 1, 'heard');
  await box.uplink.sample();
  await box.settled();
  t.is(box.uplink.status().state, 'online');
  t.is(fleet.of('reported').length, 1);
  box.report = { ...reportedSample, uplink: 'wss' };
  box.uplink.changed();
  await until(t, () => fleet.of('reported').length === 2, 'reported again');
});

test('what changed is reported, what stayed is not', async (t) => {
  const fleet = await newFleet(t);
  const box = await newBox(t, fleet);
  await until(t, () => fleet.of('reported').length === 1, 'reported');
  await box.uplink.sample();
  box.report = {
    ...reportedSample,
    policy: { ...reportedSample.policy, applied: { version: 4, hash: 'c'.repeat(64) } },
  };
  box.policy = 4;
  box.uplink.changed();
  await until(t, () => fleet.of('reported').length === 2, 'changed');
  await box.uplink.sample();
  await box.settled();
  t.deepEqual(bodies<Reported>(fleet, 'reported'), [reportedSample, box.report]);
  t.like(bodies<Presence>(fleet, 'presence').at(-1), { is: 'online', policyVersion: 4 });
});

test('the audit log is shown on each connection and every quarter of an hour; hours are told again until the broker has them', async (t) => {
  const fleet = await newFleet(t);
  const box = await newBox(t, fleet);
  const line = `box/${BOX}/audit/1`;
  const root = Buffer.alloc(32).toString('base64');
  box.checkpoint = {
    old: 0,
    proof: [],
    note: `${line}\n5\n${root}\n\n— ${line} ${Buffer.alloc(68).toString('base64')}\n`,
    hours: [{ hour: START - 3_600_000, released: null, exported: null, erased: 9 }],
  };
  await until(t, () => box.told.length === 1, 'on the connection');
  fleet.be('cuts after');
  box.clock.advance(AUDIT_EVERY_MS);
  await until(t, () => box.uplink.status().state === 'waiting', 'cut');
  t.is(box.told.length, 1);
  fleet.be('well');
  await box.again();
  await until(t, () => box.told.length === 2, 'again');
  t.deepEqual(box.told[1], box.checkpoint);
});

test('to another authority’s fleet nothing is said, and another authority’s box is not let in', async (t) => {
  const fleet = await newFleet(t);
  const mine = await authority.box(BOX);
  const theirs = await stranger.box(BOX);
  const wary = await newBox(t, fleet, { credentials: () => ({ ...mine, authority: theirs.authority }) });
  await until(t, () => wary.uplink.status().state === 'waiting', 'not believed');
  t.is(wary.uplink.status().fault, 'untrusted');
  const unknown = await newBox(t, fleet, { credentials: () => ({ ...theirs, authority: mine.authority }) });
  await until(t, () => unknown.uplink.status().state === 'waiting', 'not let in');
  t.is(unknown.uplink.status().fault, 'refused');
  const named = await authority.box('0'.repeat(32));
  const other = await newBox(t, fleet, { credentials: () => named });
  await until(t, () => other.uplink.status().state === 'waiting', 'another box’s certificate');
  t.is(other.uplink.status().fault, 'refused');
  t.deepEqual(fleet.heard, []);
});

test('without a certificate that can be read the box goes on, and tries again', async (t) => {
  const fleet = await newFleet(t);
  const mine = await authority.box(BOX);
  let credentials = () => ({ ...mine, key: 'torn' });
  const box = await newBox(t, fleet, { credentials: () => credentials() });
  t.like(box.uplink.status(), { state: 'waiting', fault: 'unready' });
  credentials = () => {
    throw new Error('no such file');
  };
  box.hurry();
  t.like(box.uplink.status(), { state: 'waiting', fault: 'unready' });
  credentials = () => mine;
  await box.again();
  await box.settled();
});

test('a new certificate is shown after reconnecting, and nothing waits for a pause', async (t) => {
  const fleet = await newFleet(t);
  const box = await newBox(t, fleet);
  await box.settled();
  box.uplink.reconnect();
  await until(t, () => bodies<Presence>(fleet, 'presence').at(-1)?.conn === 2, 'second connection');
  await until(t, () => fleet.connections === 2 && box.uplink.status().state === 'online', 'stays');
  t.is(box.uplink.status().connections, 2);
  // The old one ended in order: no will of it is told, nor kept by the broker in place of the new hello.
  t.deepEqual(
    bodies<Presence>(fleet, 'presence').map(({ is }) => is),
    ['online', 'online'],
  );
});

test('where only 443 is open the same goes through a web socket', async (t) => {
  const fleet = await newFleet(t, { webSocket: true });
  const box = await newBox(t, fleet);
  await box.settled();
  const { topic, bytes } = order();
  await fleet.say(topic, bytes);
  await until(t, () => bodies<Response>(fleet, 'response').some(({ state }) => state === 'done'), 'done');
  const news = { reads: 1, trust: null, revoked: null };
  await fleet.say(broadcast.topic(), broadcast.format({ ...about(), body: news }), true);
  fleet.cut();
  await box.again();
  t.deepEqual(box.done, ['test_call']);
});

test('findings that were told are not told again after a restart', async (t) => {
  const fleet = await newFleet(t);
  const box = await newBox(t, fleet);
  box.findings = [{ code: 'disk_low', level: 'warn', times: 1 }];
  await box.uplink.sample();
  await box.settled();
  await box.uplink.stop();
  await box.start();
  await box.uplink.sample();
  await box.settled();
  t.is(fleet.of('event').length, 1);
});
