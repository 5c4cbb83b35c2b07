/**
 * A box in front of a PBX, which is a real one (kamailio with digest, lamps and waiting messages), with real phones behind it (baresip)
 * and some of ours. The PBX is on an address of its own, and spoken to over TLS.
 */
import { rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { places } from '../../appliance/config.ts';
import { ask } from '../../appliance/control/client.ts';
import { linesSchema } from '../../appliance/lines/schema.ts';
import { saveLines } from '../../appliance/lines/store.ts';
import type { Baresip } from '../peers/baresip.ts';
import { ANNOUNCEMENT_HZ, eventually, type ScenarioBox, scenarioBox } from '../peers/box.ts';
import { belkluis } from '../peers/cli.ts';
import { stereo } from '../peers/ffmpeg.ts';
import { Kamailio } from '../peers/kamailio.ts';
import { openPhone, type Phone } from '../peers/phone.ts';
import { presence } from '../peers/presence.ts';
import { openSubscriber } from '../peers/subscriber.ts';
import { heardBy, speak } from '../peers/talk.ts';
import { lengthOf, tonesIn } from '../peers/tones.ts';
import { readWav } from '../peers/wav.ts';

const DOMAIN = 'pbx.test';
const ADDRESS = '127.0.0.21';
const CALLER_HZ = 500;
const CALLEE_HZ = 900;
const known = [CALLER_HZ, CALLEE_HZ, ANNOUNCEMENT_HZ];
const users = Object.fromEntries(
  ['201', '202', '203', '204', '205', '206', '207', '300'].map((user) => [user, `secret-of-${user}`]),
);
/** How long the two talk once the recording runs, ms, and what of it must be there. */
const TALK_MS = 2500;
const ENOUGH_MS = 1800;

/** Tells the box of its PBX. */
const tell = (path: string, more: Record<string, unknown>) => {
  const told = { host: ADDRESS, domain: DOMAIN, optionsSeconds: 2, ...more };
  saveLines(path, linesSchema.parse({ schemaVersion: 1, pbx: told }), () => {});
};

let pbx: Kamailio;
let box: ScenarioBox;
let outside: Phone;
const { tables, ...modules } = presence(ADDRESS);

test.before(async () => {
  // To 206 it forgets the names of sessions, as some PBXs do with everybody.
  const route = `${modules.route}\n  if ($rU == "206") { remove_hf("Session-ID"); }`;
  pbx = await Kamailio.start({ domain: DOMAIN, address: ADDRESS, users, authenticateCalls: true, ...modules, route });
  box = await scenarioBox({
    ringSeconds: 20,
    // Opens UDP as well; nobody in these tests registers with the box itself.
    phones: [{ user: 'nobody', plain: true }],
    staff: Object.keys(users),
    policy: (draft) => {
      const [rule] = draft.rules;
      const of = (direction: 'internal' | 'inbound' | 'outbound') => ({ ...rule!, id: direction, direction });
      return { ...draft, rules: [of('internal'), of('inbound'), of('outbound')] };
    },
    beforeStart: ({ config }) => tell(places(config.data).lines, { transport: 'tls', ca: pbx.ca }),
  });
  const target = { transport: 'TLS' as const, address: ADDRESS, port: 5061, tls: { ca: pbx.ca } };
  outside = await openPhone({ user: '300', secret: users['300']!, domain: DOMAIN, target });
  if ((await outside.register()) !== 200) throw new Error('the PBX takes no phone');
});
test.after.always(async () => {
  await outside?.close();
  await box?.end();
  await pbx?.stop();
  rmSync(tables, { recursive: true, force: true });
});

const account = (user: string) => ({ domain: DOMAIN, secret: users[user]! });
const phoneOf = (user: string) => box.phone(user, 'TLS', account(user));
const subscriberOf = (user: string) => openSubscriber({ user, ...account(user), target: box.target('TLS') });
const recordingBy = (from: string) =>
  box.until(({ calls }) => calls.find((call) => call.from === from && call.recording), `a recording of ${from}`);
const tones = (of: Parameters<typeof tonesIn>[0], rate: number) => tonesIn(of, known, rate);

test.serial('phones register with the PBX’s own challenge; who is not registered reaches nobody', async (t) => {
  const phone = await phoneOf('204');
  t.is((await box.until(({ pbx }) => pbx, 'a PBX')).registered, 1);
  const wrong = await box.unregistered('205', 'TLS', { domain: DOMAIN, secret: 'wrong' });
  t.is(await wrong.register(), 401);
  await t.throwsAsync((await wrong.dial('204')).answered, { message: '403 Register First' });
  t.is(await phone.register(0), 200);
  await box.until(({ pbx }) => pbx?.registered === 0, 'nobody registered');
  await phone.close();
});

test.serial('at the command line: who is registered, why not, and what is wrong with the way to the PBX', async (t) => {
  const { data } = box.config;
  const phone = await phoneOf('204');
  const config = ['--config', box.configPath];
  const traced = async (user: string) => {
    const { json } = await belkluis(data, 'phones', 'trace', user);
    return (json.attempts as { outcome: string }[]).map(({ outcome }) => outcome);
  };
  t.is((await traced('204'))[0], 'ok');
  t.deepEqual(await traced('205'), ['wrong_secret'], 'the PBX said so');
  const refused = await box.unregistered('207', 'UDP', account('207'));
  t.is(await refused.register(), 403);
  t.is((await traced('207'))[0], 'plain');
  const shown = await belkluis(data, 'pbx', 'show');
  t.like((shown.json.pbx as { phones: object[] }).phones, [{ user: '204', transport: 'TLS' }]);
  const steps = async (...args: string[]) => {
    const { code, json } = await belkluis(data, ...args, ...config);
    const tested = json.tested as { steps: { code: string }[] }[];
    return [code, ...tested.flatMap(({ steps: some }) => some.map((step) => step.code.replace(/^clock_.*/, 'clock')))];
  };
  t.deepEqual(await steps('pbx', 'test'), [0, 'name_address', 'clock', 'connect_ok', 'tls_ends_soon', 'options_ok']);
  const inForce = async (more: Record<string, unknown>) => {
    const told = () => box.log().split('lines_in_force').length;
    const before = told();
    tell(box.at.lines, more);
    await eventually(async () => told() > before, 'new lines in force');
  };
  await inForce({ transport: 'tls' });
  t.deepEqual((await steps('pbx', 'test')).slice(0, 5), [1, 'name_address', 'clock', 'connect_ok', 'tls_self_signed']);
  await inForce({ transport: 'tls', ca: pbx.ca });
  await box.until(({ pbx: line }) => line?.up, 'the PBX as before');
  await phone.close();
});

/** The announcement once, then the other one. */
function heardProperly(t: ExecutionContext, phone: Baresip, other: number): void {
  const { samples, rate } = readWav(phone.sounds('dec')[0]!);
  const heard = tones(samples, rate);
  const told = lengthOf(heard, ANNOUNCEMENT_HZ);
  t.true(told > 800 && told < 1300, `${phone.options.user} was told for ${told} ms`);
  t.true(lengthOf(heard, other) > ENOUGH_MS, JSON.stringify(heard));
}

test.serial(
  'a call that goes out to the PBX and comes in again is heard as one, recorded once, and transferred',
  async (t) => {
    const [one, two] = await Promise.all(
      [CALLER_HZ, CALLEE_HZ].map((tone, at) => {
        const user = `20${at + 1}`;
        return box.baresip(user, { domain: DOMAIN, password: users[user]!, tone, rate: 8000, codecs: 'PCMA' });
      }),
    );
    await one!.dial('202');
    await recordingBy('201');
    await delay(TALK_MS);
    t.is((await box.status())?.calls.filter(({ recording }) => recording !== null).length, 1);
    // A program that asks for either phone is told the call that is recorded, so that it pauses what both say.
    const recorded = (await box.status())!.calls.find(({ recording }) => recording !== null)!.id;
    const ofPhone = (user: string) => ask(box.at.controlSocket, { ask: 'calls of phone', user });
    for (const user of ['201', '202']) {
      const found = (await ofPhone(user))!;
      t.deepEqual([found.length, found[0]?.call, found[0]?.recording], [1, recorded, 'on'], user);
    }
    // The PBX’s phones transfer by themselves: the REFER goes through the box, the PBX and the box to the other phone.
    await two!.command('transfer', `sip:300@${DOMAIN}`);
    const onward = await outside.nextCall();
    onward.line.speak();
    await box.until(({ calls }) => calls.find(({ to, recording }) => to === '300' && recording), 'the next recording');
    await two!.event('CALL_CLOSED');
    await eventually(async () => (await ofPhone('202'))!.length === 0, 'nothing more of who transferred');
    t.is((await ofPhone('201'))!.filter(({ recording }) => recording === 'on').length, 1);
    await one!.command('hangup');
    await onward.ended;
    t.is((await box.recordingOf('201', '300')).direction, 'outbound');
    await Promise.all([one!.stop(), two!.stop()]);
    const recording = await box.recordingOf('201', '202');
    t.like(recording, { direction: 'internal', end: { reason: 'finished', gaps: 0 } });
    const { files } = await box.open(recording.id);
    const [left, right] = (await stereo(files[0]!)).map(({ samples, rate }) => tones(samples, rate));
    t.true(lengthOf(left!, CALLER_HZ) > ENOUGH_MS, JSON.stringify(left));
    t.true(lengthOf(right!, CALLEE_HZ) > ENOUGH_MS, JSON.stringify(right));
    heardProperly(t, one!, CALLEE_HZ);
    heardProperly(t, two!, CALLER_HZ);
    const again = await box.unrecorded('201', '202');
    t.like(again, { notRecorded: 'recorded_elsewhere', direction: 'internal' });
    const linked = (call: string) =>
      box
        .vault(({ catalogue }) => catalogue.linksOf(call))
        .map(({ way, how, side, recording }) => [way, how, side, recording]);
    t.deepEqual(
      linked(again.id),
      [['from', 'returned', 'caller', recording.id]],
      'a person finds where it is recorded',
    );
    const { id: onwardId } = await box.recordingOf('201', '300');
    t.deepEqual(
      linked(recording.call).filter(([, how]) => how === 'transferred'),
      [['to', 'transferred', 'callee', onwardId]],
    );
    const told = box.audit().events.filter(({ kind }) => kind === 'call_transferred');
    t.true(told.some(({ facts }) => 'call' in facts && facts.call === recording.call));
    t.is(box.recordings().length, 2);
  },
);

test.serial('calls with the world outside are recorded both ways; a refusal comes as the PBX says it', async (t) => {
  const phone = await phoneOf('203');
  const talk = async (from: Phone, to: Phone) => {
    const { answered } = await from.dial(to.user);
    const [ours, theirs] = await Promise.all([answered, to.nextCall()]);
    ours.line.speak();
    theirs.line.speak();
    await recordingBy(from.user);
    const { heard } = ours.line;
    await ours.line.until(() => heard.length > 50);
    theirs.hangUp();
    await ours.ended;
    return box.recordingOf(from.user, to.user);
  };
  t.is((await talk(phone, outside)).direction, 'outbound');
  t.is((await talk(outside, phone)).direction, 'inbound');
  await t.throwsAsync((await phone.dial('999')).answered, { message: '404 Not Found' });
  outside.onRing(486);
  await t.throwsAsync((await phone.dial('300')).answered, { message: /^486/ });
  outside.onRing('answer');
  await phone.close();
});

test.serial(
  'a number dialled behind the private prefix reaches the PBX without it, and neither call of it is recorded',
  async (t) => {
    const [phone, colleague] = await Promise.all([phoneOf('203'), phoneOf('204')]);
    const before = box.recordings().length;
    const talk = async (to: Phone) => {
      const { answered } = await phone.dial(`*8${to.user}`);
      const [ours, theirs] = await Promise.all([answered, to.nextCall()]);
      for (const { line } of [ours, theirs]) await speak({ line }, CALLER_HZ);
      await ours.line.until((heard) => heard.length > 150);
      theirs.hangUp();
      await ours.ended;
      for (const { line } of [ours, theirs]) t.is(lengthOf(heardBy(line), ANNOUNCEMENT_HZ), 0, 'nothing is announced');
      const calls = () =>
        box
          .vault(({ catalogue }) => catalogue.unrecordedCalls(1000))
          .filter(({ caller, callee, talkMs }) => caller === '203' && callee === to.user && talkMs !== null);
      return { calls };
    };
    const out = await talk(outside);
    await eventually(async () => out.calls().length === 1, 'the record of the call to the outside');
    t.like(out.calls()[0], { notRecorded: 'private', direction: 'outbound' });
    // This one goes out to the PBX and comes in again.
    const back = await talk(colleague);
    await eventually(async () => back.calls().length === 2, 'the records of both');
    t.deepEqual(
      back.calls().map(({ notRecorded, direction }) => [notRecorded, direction]),
      [
        ['private', 'internal'],
        ['private', 'internal'],
      ],
    );
    t.is(box.recordings().length, before);
    await Promise.all([phone.close(), colleague.close()]);
  },
);

test.serial('messages, lamps and waiting messages pass as they are', async (t) => {
  const [watcher, watched] = await Promise.all([subscriberOf('205'), subscriberOf('206')]);
  t.is((await watcher.register()).status, 200);
  const { headers } = await watched.register();
  t.regex(headers.get('Contact')!, /^<sip:206@127\.0\.0\.1:\d+;transport=tls>;/, 'it finds its own Contact');
  const arrives = (method: string, saying: RegExp) =>
    eventually(
      async () => watcher.received.find((one) => one.method === method && saying.test(one.body.toString())),
      `${method} ${saying}`,
    );

  const words = Buffer.from('caf\xe9 <b>\x00', 'latin1');
  t.is(
    (
      await watched.send(
        'MESSAGE',
        '205',
        [
          ['Content-Type', 'text/x-odd'],
          ['X-Odd', 'a;;b=",'],
        ],
        words,
      )
    ).status,
    200,
  );
  const message = await arrives('MESSAGE', /caf/);
  t.deepEqual(message.body, words);
  t.is(message.headers.get('X-Odd'), 'a;;b=",');

  const lamp = await watcher.subscribe('206', [
    ['Event', 'dialog'],
    ['Accept', 'application/dialog-info+xml'],
  ]);
  t.true(lamp.response.status === 200 || lamp.response.status === 202, String(lamp.response.status));
  const info = (state: string) =>
    Buffer.from(
      `<?xml version="1.0"?><dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="1" state="full" entity="sip:206@${DOMAIN}"><dialog id="1" call-id="c1" direction="initiator"><state>${state}</state></dialog></dialog-info>`,
    );
  const publish = (state: string) =>
    watched.send(
      'PUBLISH',
      '206',
      [
        ['Event', 'dialog'],
        ['Expires', '60'],
        ['Content-Type', 'application/dialog-info+xml'],
      ],
      info(state),
    );
  t.is((await publish('confirmed')).status, 200);
  const first = await arrives('NOTIFY', /<state>confirmed/);
  t.true((await lamp.refresh(300)) < 300, 'a refresh finds its dialog');
  t.is((await publish('terminated')).status, 200);
  t.is((await arrives('NOTIFY', /<state>terminated/)).headers.get('Call-ID'), first.headers.get('Call-ID'));
  t.true((await lamp.refresh(0)) < 300);

  const letters = await watcher.subscribe('205', [['Event', 'message-summary']]);
  t.true(letters.response.status < 300);
  const summary = Buffer.from('Messages-Waiting: yes\r\nVoice-Message: 2/8 (0/2)\r\n');
  const stored = await watcher.send(
    'PUBLISH',
    '205',
    [
      ['Event', 'message-summary'],
      ['Content-Type', 'application/simple-message-summary'],
    ],
    summary,
  );
  t.is(stored.status, 200);
  t.deepEqual((await arrives('NOTIFY', /Messages-Waiting: yes/)).body, summary);
  await Promise.all([watcher.close(), watched.close()]);
});

test.serial(
  'the PBX dies in a call: the call goes on, phones call each other, and with the PBX all is as before',
  async (t) => {
    const [one, two, three] = await Promise.all([phoneOf('206'), phoneOf('207'), phoneOf('204')]);
    const talk = async (from: Phone, to: Phone) => {
      const { answered } = await from.dial(to.user);
      const [ours, theirs] = await Promise.all([answered, to.nextCall()]);
      ours.line.speak();
      theirs.line.speak();
      await recordingBy(from.user);
      return { ours, theirs };
    };
    const standing = await talk(one, outside);
    await pbx.kill();
    await box.until(({ pbx }) => pbx?.up === false, 'the PBX gone');
    const before = standing.ours.line.heard.length;
    await standing.ours.line.until((heard) => heard.length > before + 50);
    standing.ours.hangUp();
    t.like(await box.recordingOf('206', '300'), { end: { reason: 'finished' } });

    t.is(await two.register(), 503, 'a refresh under another Call-ID is somebody new');
    const local = await talk(two, three);
    t.is((await box.status())?.calls.length, 1, 'from phone to phone, without the PBX');
    local.ours.hangUp();
    t.like(await box.recordingOf('207', '204'), { direction: 'internal' });
    await t.throwsAsync((await two.dial('300')).answered, { message: /^503/ });

    await pbx.start();
    await box.until(({ pbx }) => pbx?.up, 'the PBX back');
    t.is(await three.register(), 200);
    t.is(await two.register(), 200);
    const again = await talk(two, three);
    t.is((await box.status())?.calls.length, 2, 'over the PBX and back');
    again.ours.hangUp();
    await Promise.all([one.close(), two.close(), three.close()]);
  },
);

test.serial(
  'another PBX is followed without a restart; over UDP the exceptions decide, for the PBX and for each phone',
  async (t) => {
    const plain = async (user: string) => box.unregistered(user, 'UDP', { ...account(user), plainAudio: true });
    const [allowed, other] = await Promise.all([plain('201'), plain('202')]);
    t.is(await allowed.register(), 403, 'no phone may do without TLS');
    const until = new Date(Date.now() + 3600_000).toISOString();
    tell(box.at.lines, { transport: 'udp', plainUntil: until, plainPhones: [{ user: '201', until }] });
    await eventually(async () => (await allowed.register()) === 200, 'the phone registered');
    t.is(await other.register(), 403);
    const target = { transport: 'TLS' as const, address: ADDRESS, port: 5061, tls: { ca: pbx.ca } };
    const there = await openPhone({ user: '203', ...account('203'), target, plainAudio: true });
    t.is(await there.register(), 200);
    const { answered } = await allowed.dial('203');
    const [ours, theirs] = await Promise.all([answered, there.nextCall()]);
    ours.line.speak();
    theirs.line.speak();
    await recordingBy('201');
    t.notRegex(ours.said[0]!, /crypto/);
    theirs.hangUp();
    await ours.ended;
    await Promise.all([allowed.close(), other.close(), there.close()]);
  },
);
