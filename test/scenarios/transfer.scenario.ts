/** Transfers with real phones: who hears whom, who is told, and that each recording holds the two whose it is and nobody else. */
import { setTimeout as delay } from 'node:timers/promises';
import type { AuditEvent } from '@belkluis/shared/audit/event';
import test, { type ExecutionContext } from 'ava';
import { decodePcma } from '../../appliance/media/prompts/g711.ts';
import { replacesOf } from '../../appliance/sip/dialog/replaces.ts';
import type { Recording } from '../../appliance/vault/catalogue.ts';
import { ANNOUNCEMENT_HZ, eventually, type ScenarioBox, scenarioBox } from '../peers/box.ts';
import { belkluis } from '../peers/cli.ts';
import { stereo } from '../peers/ffmpeg.ts';
import { payloadsOf } from '../peers/payloads.ts';
import type { Phone, PhoneCall } from '../peers/phone.ts';
import { lengthOf, type Stretch, tonesIn } from '../peers/tones.ts';
import { type Pcm, readWav, tone } from '../peers/wav.ts';

const FIRST_HZ = 500;
const SECOND_HZ = 900;
const THIRD_HZ = 1400;
const RING_BACK_HZ = 425;
const known = [FIRST_HZ, SECOND_HZ, THIRD_HZ, ANNOUNCEMENT_HZ, RING_BACK_HZ];

/** How long two talk once their recording runs, ms, and what of that must be there: codecs need a moment. */
const TALK_MS = 2500;
const ENOUGH_MS = 1500;

let box: ScenarioBox;

test.before(async () => {
  const users = ['anna', 'bram', 'carla', 'dora', 'emil', 'frits', 'gina', 'hugo', 'ida', 'jan', 'kees', 'lies'];
  box = await scenarioBox({ phones: users.map((user) => ({ user })) });
});
test.after.always(() => box?.end());

const tones = ({ samples, rate }: Pcm): Stretch[] => tonesIn(samples, known, rate);
const recorded = (from: string, to: string) =>
  box.until(({ calls }) => calls.find((call) => call.from === from && call.to === to)?.recording, `${from} and ${to}`);

const voices = () =>
  Promise.all(
    [FIRST_HZ, SECOND_HZ, THIRD_HZ].map((hertz) => payloadsOf('PCMA', { rate: 8000, samples: tone(hertz, 10, 8000) })),
  );
const speak = ({ line }: PhoneCall, voice: readonly Buffer[]) => line.speak((n) => voice[n % voice.length]!);
const call = async (from: Phone, to: Phone) => {
  const { answered } = await from.dial(to.user);
  return Promise.all([answered, to.nextCall()]);
};

/** The recording of two holds each on its own side, and nobody else. */
async function holdsOnly(
  t: ExecutionContext,
  [caller, callerHz]: [string, number],
  [callee, calleeHz]: [string, number],
) {
  const recording = await box.recordingOf(caller, callee);
  t.like(recording.end, { reason: 'finished', gaps: 0 }, `${caller} and ${callee}`);
  const { files } = await box.open(recording.id);
  const heard: [Stretch[], Stretch[]] = [[], []];
  for (const file of files) {
    const [left, right] = (await stereo(file)).map(tones) as [Stretch[], Stretch[]];
    heard[0].push(...left);
    heard[1].push(...right);
  }
  for (const [side, hertz] of [callerHz, calleeHz].entries()) {
    const what = `${caller} and ${callee}: ${JSON.stringify(heard[side])}`;
    t.true(lengthOf(heard[side]!, hertz) > ENOUGH_MS, what);
    t.deepEqual([...new Set(heard[side]!.map((stretch) => stretch.tone))], [hertz], what);
  }
  return recording;
}

/** What the audit log says of transfers in one call. */
const toldOf = (wanted: AuditEvent['kind'], of: string) =>
  box.audit().events.flatMap(({ kind, facts }) => {
    if (kind !== wanted || !('call' in facts) || facts.call !== of) return [];
    const { call: _, ...rest } = facts;
    return [rest];
  });

/** The calls that a recording's own is linked to, oldest first: way, how, whose doing, and their recordings. */
async function linked(t: ExecutionContext, { call }: Recording, expected: readonly (readonly (string | null)[])[]) {
  const links = () => box.vault(({ catalogue }) => catalogue.linksOf(call));
  await eventually(async () => links().length === expected.length, 'records of all calls');
  t.deepEqual(
    links().map(({ way, how, side, recording }) => [way, how, side, recording]),
    expected.map((one) => [...one]),
  );
}

test('a blind transfer by a real phone: two recordings, each of its own two; who comes is told, who stays was told already', async (t) => {
  const [anna, bram, carla] = await Promise.all([
    box.baresip('anna', { codecs: 'PCMA', rate: 8000, tone: FIRST_HZ }),
    box.baresip('bram', { codecs: 'PCMA', rate: 8000, tone: SECOND_HZ }),
    box.baresip('carla', { codecs: 'PCMA', rate: 8000, tone: THIRD_HZ }),
  ]);
  await anna.dial('bram');
  await recorded('anna', 'bram');
  await delay(TALK_MS);
  await bram.command('transfer', `sip:carla@${box.config.domain}`);
  await Promise.all([bram.event('CALL_CLOSED'), carla.event('CALL_ESTABLISHED')]);
  await recorded('anna', 'carla');
  await delay(TALK_MS);
  await anna.command('hangup');
  await carla.event('CALL_CLOSED');
  await Promise.all([anna.stop(), bram.stop(), carla.stop()]);

  const first = await holdsOnly(t, ['anna', FIRST_HZ], ['bram', SECOND_HZ]);
  const second = await holdsOnly(t, ['anna', FIRST_HZ], ['carla', THIRD_HZ]);
  t.not(first.call, second.call);
  t.true(second.startedAt >= first.startedAt + first.end!.durationMs, 'one after the other');
  await linked(t, second, [['from', 'transferred', 'callee', first.id]]);
  await linked(t, first, [['to', 'transferred', 'callee', second.id]]);
  t.deepEqual(toldOf('call_transferred', first.call), [{ how: 'transferred', side: 'callee', recording: first.id }]);
  const heardBy = (phone: typeof anna) => phone.sounds('dec').flatMap((file) => tones(readWav(file)));
  const announced = (phone: typeof anna) => lengthOf(heardBy(phone), ANNOUNCEMENT_HZ);
  t.true(announced(carla) > 800 && announced(carla) < 1300, JSON.stringify(heardBy(carla)));
  t.true(announced(anna) > 800 && announced(anna) < 1300, JSON.stringify(heardBy(anna)));
  t.true(lengthOf(heardBy(anna), SECOND_HZ) > ENOUGH_MS && lengthOf(heardBy(anna), THIRD_HZ) > ENOUGH_MS);
  t.is(lengthOf(heardBy(bram), THIRD_HZ), 0, 'the transferor hears nothing of the target');
  t.is(lengthOf(heardBy(carla), SECOND_HZ), 0);
});

test('an attended transfer: three recordings, none of which holds what was said in another', async (t) => {
  const [dora, emil, frits] = await Promise.all([box.phone('dora'), box.phone('emil'), box.phone('frits')]);
  const [first, second, third] = await voices();
  const [doras, emils] = await call(dora, emil);
  speak(doras, first!);
  speak(emils, second!);
  await recorded('dora', 'emil');
  await delay(TALK_MS);
  const [aside, fritss] = await call(emil, frits);
  speak(aside, second!);
  speak(fritss, third!);
  await recorded('emil', 'frits');
  await delay(TALK_MS);
  const before = fritss.line.remote!.port;
  const moved = fritss.nextOffer();
  const asked = await emils.session.refer(`sip:frits@${box.config.domain}`, {
    replaces: replacesOf(aside.session.dialogId),
  });
  t.is(asked.ok && (await asked.outcome), 200);
  await Promise.all([emils.ended, aside.ended, moved]);
  t.not(fritss.line.remote!.port, before, 'his audio is taken at the call that he came into');
  await recorded('dora', 'frits');
  const [heardBefore, heardByFrits] = [doras.line.heard.length, fritss.line.heard.length];
  await doras.line.until((heard) => heard.length > heardBefore + 100);
  await fritss.line.until((heard) => heard.length > heardByFrits + 100);
  doras.hangUp();
  await fritss.ended;
  const ofDora = await holdsOnly(t, ['dora', FIRST_HZ], ['emil', SECOND_HZ]);
  const between = await holdsOnly(t, ['emil', SECOND_HZ], ['frits', THIRD_HZ]);
  const after = await holdsOnly(t, ['dora', FIRST_HZ], ['frits', THIRD_HZ]);
  await linked(t, after, [
    ['from', 'attended', 'callee', ofDora.id],
    ['from', 'attended', 'caller', between.id],
  ]);
  await Promise.all([dora.close(), emil.close(), frits.close()]);
});

test('a transferor who leaves at once: who waits hears it ring, and what is said meanwhile is in no recording', async (t) => {
  const [gina, hugo, ida] = await Promise.all([box.phone('gina'), box.phone('hugo'), box.phone('ida')]);
  ida.onRing('ring');
  const [first, second, third] = await voices();
  const [ginas, hugos] = await call(gina, hugo);
  speak(ginas, first!);
  speak(hugos, second!);
  await recorded('gina', 'hugo');
  await delay(TALK_MS);
  await hugos.session.refer(`sip:ida@${box.config.domain}`);
  hugos.hangUp();
  await Promise.all([ida.rings(), box.recordingOf('gina', 'hugo')]);
  const from = ginas.line.heard.length;
  speak(ginas, third!);
  await ginas.line.until((heard) => heard.length > from + 75);
  const sound = decodePcma(Buffer.concat(ginas.line.heard.slice(from).map(({ payload }) => payload)));
  t.true(lengthOf(tones({ samples: sound, rate: 8000 }), RING_BACK_HZ) > 600);
  speak(ginas, first!);
  await ida.pickUp();
  const idas = await ida.nextCall();
  speak(idas, second!);
  await recorded('gina', 'ida');
  await delay(TALK_MS);
  idas.hangUp();
  await ginas.ended;
  await holdsOnly(t, ['gina', FIRST_HZ], ['hugo', SECOND_HZ]);
  await holdsOnly(t, ['gina', FIRST_HZ], ['ida', SECOND_HZ]);
  await Promise.all([gina.close(), hugo.close(), ida.close()]);
});

test('transfers that come to nothing, by a real phone: the phone is told, and whoever looks sees why', async (t) => {
  const [jan, kees, lies] = await Promise.all([
    box.baresip('jan', { codecs: 'PCMA', rate: 8000, tone: FIRST_HZ }),
    box.baresip('kees', { codecs: 'PCMA', rate: 8000, tone: SECOND_HZ }),
    box.phone('lies'),
  ]);
  lies.onRing(486);
  for (const [user, status] of [
    ['lies', 486],
    ['nobody', 404],
  ] as const) {
    await jan.dial('kees');
    await recorded('jan', 'kees');
    const { id } = await box.until(({ calls }) => calls.find(({ from }) => from === 'jan'), 'the call');
    await kees.command('transfer', `sip:${user}@${box.config.domain}`);
    await kees.event('TRANSFER_FAILED');
    // This phone then hangs up by itself.
    await jan.event('CALL_CLOSED');
    t.deepEqual(toldOf('transfer_failed', id), [{ how: 'transferred', side: 'callee', recording: null, status }]);
    const { json } = await belkluis(box.config.data, 'calls', 'trace', id);
    t.like(json.call, { turns: [{ how: 'transferred', by: 'callee', status }] });
    t.notRegex(JSON.stringify(json.call), /lies|nobody/, 'numbers are masked');
  }
  await Promise.all([jan.stop(), kees.stop(), lies.close()]);
});
