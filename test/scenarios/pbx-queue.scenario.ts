/**
 * Calls that come in again from a PBX that takes Session-ID away. Through its queue, which answers and later calls an agent, not even the
 * descriptions show that two calls are one. The PBX is kamailio with a queue of ours behind it, the phones are baresip.
 */
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { places } from '../../appliance/config.ts';
import { linesSchema } from '../../appliance/lines/schema.ts';
import { saveLines } from '../../appliance/lines/store.ts';
import type { Recording } from '../../appliance/vault/catalogue.ts';
import type { Baresip } from '../peers/baresip.ts';
import { ANNOUNCEMENT_HZ, eventually, type ScenarioBox, scenarioBox } from '../peers/box.ts';
import { stereo } from '../peers/ffmpeg.ts';
import { Kamailio, ownAddress } from '../peers/kamailio.ts';
import { openPhone, type Phone, type PhoneCall } from '../peers/phone.ts';
import { connect, playTo } from '../peers/queue.ts';
import { lengthOf, tonesIn } from '../peers/tones.ts';
import { readWav } from '../peers/wav.ts';

const DOMAIN = 'pbx.test';
const ADDRESS = ownAddress(2);
const QUEUE = '400';
const [CALLER_HZ, AGENT_HZ, OTHER_HZ, MUSIC_HZ] = [500, 900, 1150, 1400];
const KNOWN = [CALLER_HZ, AGENT_HZ, OTHER_HZ, MUSIC_HZ, ANNOUNCEMENT_HZ];
const secretOf = (user: string) => `secret-of-${user}`;
/** How long two talk, ms, and what of it must be there. */
const TALK_MS = 4_000;
const ENOUGH_MS = 2_000;

let pbx: Kamailio;
let box: ScenarioBox;
let queue: Phone;
let other: Phone;
let caller: Baresip;
let agent: Baresip;

test.before(async () => {
  const users = Object.fromEntries(['201', '202', '203', '300', QUEUE].map((user) => [user, secretOf(user)]));
  const route = '  remove_hf("Session-ID");';
  pbx = await Kamailio.start({ domain: DOMAIN, address: ADDRESS, users, authenticateCalls: true, route });
  const told = { host: ADDRESS, domain: DOMAIN, transport: 'tls', ca: pbx.ca, optionsSeconds: 2 };
  box = await scenarioBox({
    ringSeconds: 20,
    phones: [],
    staff: ['201', '202', '203', '300', QUEUE],
    policy: (draft) => ({ ...draft, rules: [{ id: 'all', purpose: 'complaints', start: 'automatic' }] }),
    beforeStart: ({ config }) =>
      saveLines(places(config.data).lines, linesSchema.parse({ schemaVersion: 1, pbx: told }), () => {}),
  });
  const target = { transport: 'TLS' as const, address: ADDRESS, port: 5061, tls: { ca: pbx.ca } };
  const atPbx = async (user: string) => {
    const phone = await openPhone({ user, secret: secretOf(user), domain: DOMAIN, target });
    if ((await phone.register()) !== 200) throw new Error('the PBX takes no phone');
    return phone;
  };
  [queue, other] = await Promise.all([atPbx(QUEUE), atPbx('300')]);
  const atBox = (user: string, hz: number) =>
    box.baresip(user, { domain: DOMAIN, password: secretOf(user), tone: hz, rate: 8000, codecs: 'PCMA' });
  [caller, agent] = await Promise.all([atBox('201', CALLER_HZ), atBox('202', AGENT_HZ)]);
});
test.after.always(async () => {
  await Promise.all([queue?.close(), other?.close()]);
  await box?.end();
  await pbx?.stop();
});

/** 201 waits in the queue, hears music, and is recorded. */
async function waiting(): Promise<PhoneCall> {
  await caller.dial(QUEUE);
  const call = await queue.nextCall();
  await playTo(call, MUSIC_HZ);
  await box.until(({ calls }) => calls.find(({ to, recording }) => to === QUEUE && recording), 'a recording');
  await delay(500);
  return call;
}
/** The queue calls in the name of who waits, as PBXs do. */
async function calls(user: string): Promise<PhoneCall> {
  const { answered } = await queue.dial(user, undefined, [['P-Asserted-Identity', `<sip:201@${DOMAIN}>`]]);
  return answered;
}
async function over(...legs: PhoneCall[]): Promise<void> {
  await caller.command('hangup');
  for (const leg of legs) leg.hangUp();
  await agent.event('CALL_CLOSED');
  await box.until(({ calls: live }) => live.length === 0, 'an end of all calls');
}
const since = (moment: number) => box.recordings().filter(({ startedAt }) => startedAt > moment);
/** Milliseconds of each voice, by side. */
async function heardIn({ id }: Recording): Promise<((hz: number) => number)[]> {
  const [file] = (await box.open(id)).files;
  const sides = await stereo(file!);
  return sides.map(({ samples, rate }) => {
    const stretches = tonesIn(samples, KNOWN, rate);
    return (hz: number) => lengthOf(stretches, hz);
  });
}
/** Of what a phone heard in its latest call. */
function heardBy(phone: Baresip): (hz: number) => number {
  const { samples, rate } = readWav(phone.sounds('dec').at(-1)!);
  const stretches = tonesIn(samples, KNOWN, rate);
  return (hz) => lengthOf(stretches, hz);
}

test.serial(
  'a queue that passes on what it hears: recorded once, in the call of who waited, and the agent is told',
  async (t) => {
    const moment = Date.now();
    const leg = await waiting();
    const toAgent = await calls('202');
    connect(leg, toAgent, 'as they are');
    await delay(TALK_MS);
    t.is((await box.status())?.calls.filter(({ recording }) => recording !== null).length, 1);
    await over(toAgent);
    const recording = await box.recordingOf('201', QUEUE);
    t.like(recording.end, { reason: 'finished', gaps: 0 });
    t.is(since(moment).length, 1);
    const [left, right] = await heardIn(recording);
    t.true(left!(CALLER_HZ) > TALK_MS, 'who waited');
    t.true(right!(AGENT_HZ) > ENOUGH_MS, 'the agent');
    t.true(right!(MUSIC_HZ) > 300, 'and what was heard before');
    const told = heardBy(agent);
    t.true(told(ANNOUNCEMENT_HZ) > 800 && told(ANNOUNCEMENT_HZ) < 1300, `told for ${told(ANNOUNCEMENT_HZ)} ms`);
    t.true(told(CALLER_HZ) > ENOUGH_MS);
    const again = await box.unrecorded('201', '202');
    t.like(again, { notRecorded: 'recorded_elsewhere', direction: 'internal' });
    const links = box.vault(({ catalogue }) => catalogue.linksOf(again.id));
    t.like(links, [{ way: 'from', how: 'returned', side: 'caller', recording: recording.id }]);
  },
);

test.serial('a queue that mixes: nothing proves that the two are one, so both are recorded, soon', async (t) => {
  const moment = Date.now();
  const leg = await waiting();
  const toAgent = await calls('202');
  connect(leg, toAgent, 'anew');
  const live = await box.until(
    ({ calls: all }) => all.find(({ to, recording }) => to === '202' && recording),
    'a recording of the agent',
  );
  await delay(TALK_MS);
  await over(toAgent);
  const recording = await eventually(
    async () => since(moment).find(({ id, end }) => id === live.recording && end),
    'the recording of the agent',
  );
  const [left, right] = await heardIn(recording);
  t.true(left!(CALLER_HZ) > ENOUGH_MS);
  t.true(right!(AGENT_HZ) > ENOUGH_MS);
  t.is(since(moment).length, 2);
});

test.serial(
  'an agent whom the PBX connects with somebody else, while who waited hears music, is recorded from then on',
  async (t) => {
    const moment = Date.now();
    const leg = await waiting();
    const toAgent = await calls('202');
    connect(leg, toAgent, 'as they are');
    await delay(TALK_MS);
    t.is(since(moment).length, 1);
    const aside = await calls('300');
    const asked = await other.nextCall();
    await playTo(asked, OTHER_HZ);
    await playTo(leg, MUSIC_HZ);
    connect(aside, toAgent, 'as they are');
    const live = await box.until(
      ({ calls: all }) => all.find(({ to, recording }) => to === '202' && recording),
      'a recording of the agent',
    );
    await delay(TALK_MS);
    await over(toAgent, aside);
    const recording = await eventually(
      async () => since(moment).find(({ id, end }) => id === live.recording && end),
      'the recording of the agent',
    );
    const [left, right] = await heardIn(recording);
    t.true(left!(OTHER_HZ) > ENOUGH_MS);
    t.is(left!(CALLER_HZ), 0, 'not who waited');
    t.true(right!(AGENT_HZ) > ENOUGH_MS);
  },
);

test.serial(
  'a caller who withholds the number, through a PBX that passes descriptions on: recorded once',
  async (t) => {
    const moment = Date.now();
    const hidden = await box.phone('203', 'TLS', { domain: DOMAIN, secret: secretOf('203') });
    const { answered } = await hidden.dial('202', undefined, [['Privacy', 'id']]);
    const { line, hangUp } = await answered;
    line.speak();
    await box.until(
      ({ calls: live }) => live.find(({ from, recording }) => from === '203' && recording),
      'a recording',
    );
    await delay(TALK_MS);
    hangUp();
    await agent.event('CALL_CLOSED');
    const recording = await box.recordingOf('203', '202');
    t.is(since(moment).length, 1);
    const again = await box.unrecorded('anonymous', '202');
    t.is(again.notRecorded, 'recorded_elsewhere');
    const links = box.vault(({ catalogue }) => catalogue.linksOf(again.id));
    t.like(links, [{ way: 'from', how: 'returned', recording: recording.id }]);
  },
);
