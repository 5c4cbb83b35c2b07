/**
 * Transfers and pick-ups of phones behind a real PBX (kamailio, which only proxies: phones make their transfers themselves), by names that
 * go through the box twice; with the box in the phones' Contacts and with Path (RFC 3327).
 */
import { setTimeout as delay } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { places } from '../../appliance/config.ts';
import { linesSchema } from '../../appliance/lines/schema.ts';
import { saveLines } from '../../appliance/lines/store.ts';
import { formatReplaces, replacesOf } from '../../appliance/sip/dialog/replaces.ts';
import type { Recording } from '../../appliance/vault/catalogue.ts';
import { eventually, type ScenarioBox, scenarioBox } from '../peers/box.ts';
import { belkluis } from '../peers/cli.ts';
import { stereo } from '../peers/ffmpeg.ts';
import { Kamailio, ownAddress } from '../peers/kamailio.ts';
import { payloadsOf } from '../peers/payloads.ts';
import { openPhone, type Phone, type PhoneCall } from '../peers/phone.ts';
import { tonesIn } from '../peers/tones.ts';
import { tone } from '../peers/wav.ts';

const DOMAIN = 'pbx.test';
const ADDRESS = ownAddress(1);
const VOICES: Readonly<Record<string, number>> = { 201: 500, 202: 900, 203: 1400 };
const USERS = ['201', '202', '203', '300'];
const secretOf = (user: string) => `secret-of-${user}`;
/** How long two talk once their recording runs, ms. */
const TALK_MS = 1500;

let pbx: Kamailio;
let box: ScenarioBox;

const tell = (path: string, wayBack: 'contact' | 'path') => {
  const told = { host: ADDRESS, domain: DOMAIN, transport: 'tls', ca: pbx.ca, optionsSeconds: 2, wayBack };
  saveLines(path, linesSchema.parse({ schemaVersion: 1, pbx: told }), () => {});
};

test.before(async () => {
  const users = Object.fromEntries(USERS.map((user) => [user, secretOf(user)]));
  const parameters = 'modparam("registrar","use_path",1)\nmodparam("registrar","path_mode",1)';
  pbx = await Kamailio.start({ domain: DOMAIN, address: ADDRESS, users, authenticateCalls: true, parameters });
  box = await scenarioBox({
    ringSeconds: 20,
    phones: [],
    staff: USERS,
    policy: (draft) => ({ ...draft, rules: [{ id: 'all', purpose: 'complaints', start: 'automatic' }] }),
    beforeStart: ({ config }) => tell(places(config.data).lines, 'contact'),
  });
});
test.after.always(async () => {
  await box?.end();
  await pbx?.stop();
});

/** Another PBX, as far as the box is concerned: phones have to register anew. */
async function through(wayBack: 'contact' | 'path'): Promise<Record<201 | 202 | 203, Phone>> {
  const told = () => box.log().split('lines_in_force').length;
  const before = told();
  tell(box.at.lines, wayBack);
  await Promise.race([eventually(async () => told() > before, 'new lines'), delay(2000)]);
  const phoneOf = (user: string) =>
    box.phone(user, 'TLS', { domain: DOMAIN, secret: secretOf(user), obeysRefer: true });
  const [a, b, c] = await Promise.all([phoneOf('201'), phoneOf('202'), phoneOf('203')]);
  await box.until(({ pbx: there }) => there?.registered === 3, 'three phones');
  return { 201: a, 202: b, 203: c };
}

/** The PBX forgets them, and so does whoever calls them next. */
async function leave(...phones: Phone[]): Promise<void> {
  for (const phone of phones) await phone.register(0);
  await Promise.all(phones.map((phone) => phone.close()));
}

async function speak({ line }: PhoneCall, user: string): Promise<void> {
  const voice = await payloadsOf('PCMA', { rate: 8000, samples: tone(VOICES[user]!, 10, 8000) });
  line.speak((n) => voice[n % voice.length]!);
}
const recorded = (from: string, to: string) =>
  box.until(
    ({ calls }) => calls.find((call) => call.from === from && call.to === to && call.recording),
    `${from} ${to}`,
  );

/** Whose voices a recording holds, by side. */
async function voicesIn({ id }: Recording): Promise<number[][]> {
  const sides: Set<number>[] = [new Set(), new Set()];
  for (const file of (await box.open(id)).files)
    for (const [side, { samples, rate }] of (await stereo(file)).entries())
      for (const stretch of tonesIn(samples, Object.values(VOICES), rate)) sides[side]!.add(stretch.tone);
  return sides.map((side) => [...side]);
}
const heardFrom = (caller: string, callee: string) => [[VOICES[caller]!], [VOICES[callee]!]];
/** The recordings that one's call came out of: how, whose doing, of whom. */
const cameFrom = ({ call }: Recording) =>
  box
    .vault(({ catalogue }) => catalogue.linksOf(call))
    .filter(({ way }) => way === 'from')
    .map(({ how, side, recording }) => {
      const row = box.recordings().find(({ id }) => id === recording);
      return `${how} by the ${side} of ${row?.caller} ${row?.callee}`;
    })
    .sort();

async function attended(t: ExecutionContext, wayBack: 'contact' | 'path'): Promise<void> {
  const { 201: a, 202: b, 203: c } = await through(wayBack);
  const since = Date.now();
  const call = async (from: Phone, to: Phone) => {
    const { answered } = await from.dial(to.user);
    const both = await Promise.all([answered, to.nextCall()]);
    await Promise.all([speak(both[0], from.user), speak(both[1], to.user)]);
    await recorded(from.user, to.user);
    await delay(TALK_MS);
    return both;
  };
  const [as, bs] = await call(a, b);
  const [aside, cs] = await call(b, c);
  const asked = await bs.session.refer(`sip:203@${DOMAIN}`, { replaces: replacesOf(aside.session.dialogId) });
  t.is(asked.ok && (await asked.outcome), 200);
  const [now, joined] = await Promise.all([a.nextCall(), c.nextCall()]);
  // Whoever was asked by name has hung up on the transferor, whose two calls end.
  await Promise.all([cs.ended, aside.ended]);
  bs.hangUp();
  await as.ended;
  await Promise.all([speak(now, '201'), speak(joined, '203')]);
  await recorded('201', '203');
  await delay(TALK_MS);
  now.hangUp();
  await joined.ended;
  const of = (from: string, to: string) =>
    eventually(
      async () =>
        box
          .recordings()
          .find(({ caller, callee, startedAt, end }) => caller === from && callee === to && startedAt > since && end),
      `recording of ${from} and ${to}`,
    );
  const last = await of('201', '203');
  t.deepEqual(await voicesIn(last), heardFrom('201', '203'));
  t.deepEqual(await voicesIn(await of('202', '203')), heardFrom('202', '203'));
  t.deepEqual(await voicesIn(await of('201', '202')), heardFrom('201', '202'));
  t.is(box.recordings().filter(({ startedAt }) => startedAt > since).length, 3, 'each conversation once');
  t.deepEqual(cameFrom(last), ['attended by the callee of 201 202', 'replaced by the caller of 202 203']);
  await leave(a, b, c);
}

async function pickedUp(t: ExecutionContext, wayBack: 'contact' | 'path'): Promise<void> {
  const { 201: a, 202: b, 203: c } = await through(wayBack);
  const since = Date.now();
  b.onRing('ring');
  const { answered } = await a.dial('202');
  const gone = t.throwsAsync(answered, { message: /^487/ });
  await b.rings();
  // RFC 4235: the lamp of 202 tells its own tag, and that of whom it talks to; who rings is asked to let somebody else answer.
  const { callId, localTag, remoteTag } = b.ringsAs;
  const replaces = formatReplaces({ callId, toTag: remoteTag, fromTag: localTag, earlyOnly: true });
  const picked = await c.dial('201', undefined, [
    ['Replaces', replaces],
    ['Require', 'replaces'],
  ]);
  const [cs, as] = await Promise.all([picked.answered, a.nextCall()]);
  await gone;
  await eventually(async () => b.ringing === 0, 'an end of the ringing');
  await Promise.all([speak(cs, '203'), speak(as, '201')]);
  await recorded('203', '201');
  await delay(TALK_MS);
  cs.hangUp();
  await as.ended;
  const row = await eventually(
    async () => box.recordings().find(({ caller, startedAt, end }) => caller === '203' && startedAt > since && end),
    'the recording',
  );
  t.deepEqual(await voicesIn(row), heardFrom('203', '201'));
  t.is(box.recordings().filter(({ startedAt }) => startedAt > since).length, 1);
  const links = box.vault(({ catalogue }) => catalogue.linksOf(row.call)).filter(({ way }) => way === 'from');
  t.like(links, [{ how: 'replaced', side: 'callee' }]);
  t.like(
    box.vault(({ catalogue }) => catalogue.call(links[0]!.call)),
    { caller: '201', callee: '202', status: 487 },
  );
  await leave(a, b, c);
}

for (const wayBack of ['contact', 'path'] as const) {
  test.serial(`an attended transfer, the box being known to the PBX by ${wayBack}: three recordings, linked`, (t) =>
    attended(t, wayBack),
  );
  test.serial(`a call that rings is picked up, the box being known to the PBX by ${wayBack}`, (t) =>
    pickedUp(t, wayBack),
  );
}

test.serial(
  'by Path the PBX knows the phone’s own Contact, and reaches it through the box alone (RFC 3327)',
  async (t) => {
    const { 201: a, 202: b, 203: c } = await through('path');
    const target = { transport: 'TLS' as const, address: ADDRESS, port: 5061, tls: { ca: pbx.ca } };
    const outside = await openPhone({ user: '300', secret: secretOf('300'), domain: DOMAIN, target });
    t.is(await outside.register(), 200);
    const { answered } = await outside.dial('201');
    const [theirs, ours] = await Promise.all([answered, a.nextCall()]);
    theirs.line.speak();
    await speak(ours, '201');
    const { id } = await recorded('300', '201');
    const { steps } = (await belkluis(box.config.data, 'calls', 'trace', id)).json as { steps: { text: string }[] };
    t.regex(steps[0]!.text, /\r\nRoute: <sip:[^>]*;lr>/i, 'the way back that the box named');
    await delay(TALK_MS);
    theirs.hangUp();
    await ours.ended;
    t.like(await box.recordingOf('300', '201'), { direction: 'inbound', end: { reason: 'finished', gaps: 0 } });
    await leave(a, b, c, outside);
  },
);
