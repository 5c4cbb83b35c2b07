/** Real phones call each other: what people hear, and what is left of it in the recording. */
import { setTimeout as delay } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import type { Baresip } from '../peers/baresip.ts';
import { ANNOUNCEMENT_HZ, type ScenarioBox, scenarioBox } from '../peers/box.ts';
import { stereo } from '../peers/ffmpeg.ts';
import { payloadsOf } from '../peers/payloads.ts';
import { Refused } from '../peers/phone.ts';
import { lengthOf, type Stretch, tonesIn } from '../peers/tones.ts';
import { type Pcm, readWav, tone } from '../peers/wav.ts';

const CALLER_HZ = 500;
const CALLEE_HZ = 900;
const ASIDE_HZ = 1400;
const known = [CALLER_HZ, CALLEE_HZ, ASIDE_HZ, ANNOUNCEMENT_HZ];

/** How long the two talk once the recording runs, ms. */
const TALK_MS = 2500;
/** What of that must be there, ms: codecs need a moment, windows are cut at both ends. */
const ENOUGH_MS = 1800;

interface Kind {
  readonly name: string;
  readonly transport: 'tls' | 'tcp' | 'udp';
  readonly codecs: string;
  /** Default: SRTP over TLS, none over the others. */
  readonly mediaEncryption?: 'srtp';
  readonly rate: number;
  readonly hangsUp: 'caller' | 'callee';
}

const kinds: readonly Kind[] = [
  { name: 'pcma', transport: 'tls', codecs: 'PCMA', rate: 8000, hangsUp: 'caller' },
  { name: 'pcmu', transport: 'tls', codecs: 'PCMU', rate: 8000, hangsUp: 'callee' },
  { name: 'g722', transport: 'tls', codecs: 'G722/16000/1', rate: 16_000, hangsUp: 'caller' },
  { name: 'opus', transport: 'tls', codecs: 'opus/48000/2', rate: 48_000, hangsUp: 'callee' },
  // RTP/AVP with a key (RFC 8643), which an account that must have SRTP is answered with SRTP.
  { name: 'optional', transport: 'tls', codecs: 'PCMA', mediaEncryption: 'srtp', rate: 8000, hangsUp: 'caller' },
  { name: 'tcp', transport: 'tcp', codecs: 'PCMA', rate: 8000, hangsUp: 'callee' },
  { name: 'udp', transport: 'udp', codecs: 'PCMU', rate: 8000, hangsUp: 'caller' },
];

const caller = ({ name }: Kind) => `${name}-1`;
const callee = ({ name }: Kind) => `${name}-2`;

let box: ScenarioBox;

test.before(async () => {
  const pairs = kinds.flatMap((kind) =>
    [caller(kind), callee(kind)].map((user) => ({ user, plain: kind.transport !== 'tls' })),
  );
  const others = [
    'holder',
    'held',
    'giver-up',
    'let-ring',
    'busy',
    'wanting',
    'many',
    'one',
    'quitter',
    'patient',
    'absent',
    'presser',
    'pressed',
  ];
  // The shortest that a configuration may say: one test waits for its end.
  box = await scenarioBox({ ringSeconds: 10, phones: [...pairs, ...others.map((user) => ({ user }))] });
});
test.after.always(() => box?.end());

const tones = ({ samples, rate }: Pcm): Stretch[] => tonesIn(samples, known, rate);

/** What a phone heard: the announcement to its end, then nothing but the other one. */
function heardProperly(t: ExecutionContext, phone: Baresip, own: number, other: number): void {
  const [file] = phone.sounds('dec');
  const heard = tones(readWav(file!));
  const said = heard.map((stretch) => stretch.tone);
  const who = phone.options.user;
  t.true(said.includes(ANNOUNCEMENT_HZ), `${who} was not told: ${JSON.stringify(heard)}`);
  const toldAt = heard.findLast((stretch) => stretch.tone === ANNOUNCEMENT_HZ)!.toMs;
  t.true(lengthOf(heard, ANNOUNCEMENT_HZ) > 800, `${who} was told half of it`);
  const after = heard.filter(({ fromMs }) => fromMs >= toldAt - 40);
  t.true(lengthOf(after, other) > ENOUGH_MS, `${who} heard the other one: ${JSON.stringify(heard)}`);
  t.false(said.includes(own), `${who} heard itself`);
}

for (const kind of kinds) {
  test(`${kind.codecs} over ${kind.transport}${kind.mediaEncryption ? ' with SRTP that need not be' : ''}: told first, then heard, then sealed`, async (t) => {
    const { transport, codecs, rate, mediaEncryption } = kind;
    const options = { transport, codecs, rate, ...(mediaEncryption && { mediaEncryption }) };
    const [anna, bram] = await Promise.all([
      box.baresip(caller(kind), { ...options, tone: CALLER_HZ }),
      box.baresip(callee(kind), { ...options, tone: CALLEE_HZ }),
    ]);
    await anna.dial(callee(kind));
    await Promise.all([anna.event('CALL_ESTABLISHED'), bram.event('CALL_ESTABLISHED')]);
    const id = await box.until(
      ({ calls }) => calls.find(({ from }) => from === caller(kind))?.recording,
      `${kind.name} being recorded`,
    );
    await delay(TALK_MS);
    const [first, second] = kind.hangsUp === 'caller' ? [anna, bram] : [bram, anna];
    await first.command('hangup');
    await second.event('CALL_CLOSED');
    await Promise.all([anna.stop(), bram.stop()]);

    heardProperly(t, anna, CALLER_HZ, CALLEE_HZ);
    heardProperly(t, bram, CALLEE_HZ, CALLER_HZ);

    const recording = await box.recordingOf(caller(kind), callee(kind));
    t.is(recording.id, id);
    t.like(recording.end, { reason: 'finished', gaps: 0 });
    const { files } = await box.open(id);
    t.is(files.length, 1);
    const [left, right] = (await stereo(files[0]!)).map(tones) as [Stretch[], Stretch[]];
    t.true(lengthOf(left, CALLER_HZ) > ENOUGH_MS, JSON.stringify(left));
    t.true(lengthOf(right, CALLEE_HZ) > ENOUGH_MS, JSON.stringify(right));
    t.deepEqual([...new Set(left.map((stretch) => stretch.tone))], [CALLER_HZ], 'the caller alone on its side');
    t.deepEqual([...new Set(right.map((stretch) => stretch.tone))], [CALLEE_HZ], 'the callee alone on its side');
  });
}

test('what is said while on hold is neither heard nor recorded; after it the same call and recording go on', async (t) => {
  const [holder, held] = await Promise.all([
    box.baresip('holder', { codecs: 'PCMA', rate: 8000, tone: CALLER_HZ }),
    box.phone('held'),
  ]);
  const [aloud, aside] = await Promise.all(
    [CALLEE_HZ, ASIDE_HZ].map((hertz) => payloadsOf('PCMA', { rate: 8000, samples: tone(hertz, 10, 8000) })),
  );
  const saying = (voice: readonly Buffer[]) => (n: number) => voice[n % voice.length]!;
  await holder.dial('held');
  const call = await held.nextCall();
  const { line } = call;
  line.speak(saying(aloud!));
  await box.until(({ calls }) => calls.find(({ to }) => to === 'held')?.recording, 'recording');
  await line.until((heard) => heard.length > 120);

  await holder.command('hold');
  t.regex(await call.nextOffer(), /^a=(sendonly|inactive)/m, 'the other side is told of the hold');
  // A phone should fall silent now; this one goes on, and says what is not meant for the holder.
  const dropped = (more: number) =>
    box.until(
      ({ counters }) => (counters['media.on_hold'] ?? 0) > more && counters['media.on_hold'],
      'packets dropped',
    );
  const first = await dropped(0);
  line.speak(saying(aside!));
  await dropped(Number(first) + 50);
  line.speak(saying(aloud!));
  await holder.command('resume');
  t.notRegex(await call.nextOffer(), /^a=(sendonly|recvonly|inactive)/m);
  const resumedWith = line.heard.length;
  await line.until((heard) => heard.length > resumedWith + 75);
  await holder.command('hangup');
  await call.ended;
  await holder.stop();

  const recording = await box.recordingOf('holder', 'held');
  t.is(recording.end?.reason, 'finished');
  const { files } = await box.open(recording.id);
  t.is(files.length, 1);
  const [left, right] = (await stereo(files[0]!)).map(tones) as [Stretch[], Stretch[]];
  t.true(lengthOf(left, CALLER_HZ) > 1200, JSON.stringify(left));
  const stretches = right.filter(({ tone: hertz, fromMs, toMs }) => hertz === CALLEE_HZ && toMs - fromMs > 400);
  t.true(stretches.length >= 2, `before and after: ${JSON.stringify(right)}`);
  t.is(lengthOf(right, ASIDE_HZ), 0, 'nothing of what was said aside');
  const [file] = holder.sounds('dec');
  const heardByHolder = tones(readWav(file!));
  t.true(lengthOf(heardByHolder, CALLEE_HZ) > 1000);
  t.is(lengthOf(heardByHolder, ASIDE_HZ), 0);
});

test('digits and reports reach the other side, and a digit is no sound of the recording', async (t) => {
  const [presser, pressed] = await Promise.all([
    box.baresip('presser', { codecs: 'PCMA', rate: 8000, tone: CALLER_HZ }),
    box.baresip('pressed', { codecs: 'PCMA', rate: 8000, tone: CALLEE_HZ }),
  ]);
  await presser.dial('pressed');
  await box.until(({ calls }) => calls.find(({ from }) => from === 'presser')?.recording, 'recording');
  await delay(1000);
  await presser.command('sndcode', '7');
  t.is((await pressed.event('CALL_DTMF_START')).param, '7');
  // Of the other side, through the box: each of the two sends one in five seconds.
  await Promise.all([presser.event('CALL_RTCP'), pressed.event('CALL_RTCP')]);
  await presser.command('hangup');
  await pressed.event('CALL_CLOSED');
  await Promise.all([presser.stop(), pressed.stop()]);
  const recording = await box.recordingOf('presser', 'pressed');
  const { files } = await box.open(recording.id);
  t.is(files.length, 1);
  const [left] = (await stereo(files[0]!)).map(tones) as [Stretch[], Stretch[]];
  t.deepEqual([...new Set(left.map((stretch) => stretch.tone))], [CALLER_HZ]);
});

test('a caller who gives up stops the ringing, and nothing is recorded', async (t) => {
  const [giverUp, letRing] = await Promise.all([box.phone('giver-up'), box.phone('let-ring')]);
  letRing.onRing('ring');
  const { answered, progress, cancel } = await giverUp.dial('let-ring');
  await letRing.rings();
  await box.until(({ calls }) => calls.some(({ from }) => from === 'giver-up'), 'ringing');
  cancel();
  const refusal = await t.throwsAsync(answered, { instanceOf: Refused });
  t.is(refusal?.status, 487);
  t.true(progress.includes(180), 'the caller heard it ring');
  await box.until(({ calls }) => calls.every(({ from }) => from !== 'giver-up'), 'end of the call');
  t.is(letRing.ringing, 0);
  t.false(box.recordings().some((row) => row.caller === 'giver-up'));
});

test('a call that nobody answers ends by itself, and the phone stops ringing', async (t) => {
  const [patient, absent] = await Promise.all([box.phone('patient'), box.phone('absent')]);
  absent.onRing('ring');
  const { answered } = await patient.dial('absent');
  await absent.rings();
  const refusal = await t.throwsAsync(answered, { instanceOf: Refused });
  t.is(refusal?.status, 408);
  await box.until(({ calls }) => calls.every(({ from }) => from !== 'patient'), 'end of the call');
  t.is(absent.ringing, 0);
  t.false(box.recordings().some((row) => row.caller === 'patient'));
});

test('a phone that rejects makes the caller hear busy', async (t) => {
  const [wanting, busy] = await Promise.all([
    box.phone('wanting'),
    box.baresip('busy', { codecs: 'PCMA', rate: 8000, tone: CALLEE_HZ, answer: 'manual' }),
  ]);
  const { answered } = await wanting.dial('busy');
  await busy.event('CALL_INCOMING');
  await busy.command('hangup');
  const refusal = await t.throwsAsync(answered, { instanceOf: Refused });
  t.is(refusal?.status, 486);
});

test('of two phones of one person both ring, one answers, the other one stops', async (t) => {
  const [one, desk, mobile] = await Promise.all([box.phone('one'), box.phone('many'), box.phone('many')]);
  desk.onRing('ring');
  mobile.onRing('ring');
  const { answered } = await one.dial('many');
  await Promise.all([desk.rings(), mobile.rings()]);
  await mobile.pickUp();
  const [ours, theirs] = await Promise.all([answered, mobile.nextCall()]);
  await box.until(() => desk.ringing === 0, 'the desk phone silent');
  theirs.line.speak((n) => Buffer.alloc(160, n));
  await ours.line.until((heard) => heard.length > 60);
  t.pass('they hear each other');
  ours.hangUp();
  await theirs.ended;
});

test('calling somebody who is not there, and somebody who does not exist', async (t) => {
  const quitter = await box.phone('quitter');
  await quitter.register(0);
  const wanting = await box.phone('one');
  const statusOf = async (user: string) => {
    const { answered } = await wanting.dial(user);
    return (await t.throwsAsync(answered, { instanceOf: Refused }))?.status;
  };
  t.is(await statusOf('quitter'), 480);
  t.is(await statusOf('nobody'), 404);
});
