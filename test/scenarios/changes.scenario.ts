/** What changes in the middle of a call, said word for word by SIPp with ffmpeg's sound: the other side hears it, and the recording holds it. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { type ScenarioBox, scenarioBox } from '../peers/box.ts';
import { stereo } from '../peers/ffmpeg.ts';
import { payloadsOf } from '../peers/payloads.ts';
import { asWritten, mediaPorts, sippPhones } from '../peers/sipp-phones.ts';
import { faxSdp, SippScript as Script, type SippScript, sdp } from '../peers/sipp-script.ts';
import { lengthOf, type Stretch, tonesIn } from '../peers/tones.ts';
import { tone } from '../peers/wav.ts';

const CALLEE_HZ = 900;

let box: ScenarioBox;
/** Below those of boxes and phones. */
const mediaPort = mediaPorts(8000 + (process.pid % 90) * 40);

test.before(async () => {
  const plain = ['holder', 'changer', 'faxes', 'takes-fax'].map((user) => ({ user, plain: true }));
  box = await scenarioBox({ phones: [...plain, { user: 'held' }, { user: 'changed' }] });
});
test.after.always(() => box?.end());

const { calls, isCalled } = sippPhones(() => box);

/** Packets of a tone, for a phone of ours. */
async function saying(hertz: number): Promise<(n: number) => Buffer> {
  const voice = await payloadsOf('PCMA', { rate: 8000, samples: tone(hertz, 10, 8000) });
  return (n) => voice[n % voice.length]!;
}

/** What ffmpeg says in a phase that lasts PHASE_MS: it takes a moment to start, and must have ended with the phase. */
const PHASE_MS = 1600;
const SAID_S = 1.2;
/** What of that must be there, ms. */
const ENOUGH_MS = 800;

test('hold in four shapes: one recording, with each phase of talk whatever source and port it came from, and of no hold anything from either side', async (t) => {
  const [first, second] = [mediaPort(), mediaPort()];
  const before = { sendonly: 400, inactive: 600, nowhere: 1100, moved: 1300 };
  const [MUSIC, ASIDE, LAST] = [500, 1400, 1700];
  let version = 1;
  const offer = (more: Partial<Parameters<typeof sdp>[0]> = {}) => sdp({ port: first, version: ++version, ...more });
  let ssrc = 100;
  const phase = (script: SippScript, hz: number, from = first) =>
    // A source of its own each time, as phones begin one after a hold.
    script.says({ hz, seconds: SAID_S, from, ssrc: ++ssrc }).pause(PHASE_MS);
  const script = new Script('caller').calls(sdp({ port: first, version }));
  // The announcement, and the recording's beginning.
  script.says({ hz: 2300, seconds: 1.5, from: first, ssrc }).pause(2500);
  phase(script, before.sendonly);
  script.offers(offer({ attributes: ['sendonly'] }), 'a=recvonly');
  phase(script, MUSIC);
  phase(script.offers(offer()), before.inactive);
  script.offers(offer({ attributes: ['inactive'] }), 'a=inactive');
  phase(script, ASIDE);
  phase(script.offers(offer()), before.nowhere);
  script.offers(offer({ address: '0.0.0.0' }));
  script.pause(500);
  phase(script.offers(offer()), before.moved);
  script.offers(offer({ port: second }));
  phase(script, LAST, second).hangsUp();

  const held = await box.phone('held');
  const caller = await calls('holder', 'held', script);
  const call = await held.nextCall();
  call.line.speak(await saying(CALLEE_HZ));
  await asWritten(t, caller);
  await call.ended;
  const recording = await box.recordingOf('holder', 'held');
  t.like(recording.end, { reason: 'finished' });
  const { files } = await box.open(recording.id);
  t.is(files.length, 1);
  const known = [...Object.values(before), MUSIC, ASIDE, LAST, CALLEE_HZ, 2300];
  const [left, right] = (await stereo(files[0]!)).map(({ samples, rate }) => tonesIn(samples, known, rate)) as [
    Stretch[],
    Stretch[],
  ];
  const heard = left.filter(({ fromMs, toMs }) => toMs - fromMs > 300).map((stretch) => stretch.tone);
  t.deepEqual(
    heard.filter((hz) => hz !== 2300),
    [before.sendonly, before.inactive, before.nowhere, before.moved, LAST],
    JSON.stringify(left),
  );
  for (const hz of new Set(heard)) if (hz !== 2300) t.true(lengthOf(left, hz) > ENOUGH_MS, JSON.stringify(left));
  // A busy machine starts an encoder late, and it ends a moment after the hold.
  for (const hz of [MUSIC, ASIDE])
    t.true(lengthOf(left, hz) < 200, 'neither music nor what is said on hold is recorded');
  t.deepEqual([...new Set(right.map((stretch) => stretch.tone))], [CALLEE_HZ]);
  // The other side spoke all the time: it is missing as long as the holds lasted, and at no other time.
  const holes = right.slice(1).map(({ fromMs }, at) => fromMs - right[at]!.toMs);
  t.is(holes.filter((ms) => ms > PHASE_MS - 100).length, 2, JSON.stringify(right));
  t.is(holes.filter((ms) => ms > 300).length, 3, JSON.stringify(right));
});

/** The tones of one side in all parts of a recording, in order. */
async function tonesOf(files: readonly Buffer[], side: 0 | 1, known: readonly number[]): Promise<number[]> {
  const sounds = await Promise.all(files.map(stereo));
  const stretches = sounds.flatMap((sound) => tonesIn(sound[side].samples, known, sound[side].rate));
  const long = stretches.filter(({ fromMs, toMs }) => toMs - fromMs > 300).map((stretch) => stretch.tone);
  return long.filter((hz, at) => hz !== long[at - 1]);
}

test('another codec by re-INVITE, then another by nothing but its packets: each part of the recording decodes', async (t) => {
  const port = mediaPort();
  const tones = [500, 700, 1100, 1300];
  const script = new Script('caller')
    .calls(sdp({ port, version: 1, codecs: ['PCMA'] }))
    .says({ hz: 2300, seconds: 1.5, from: port, ssrc: 1 })
    .pause(2500)
    .says({ hz: 500, seconds: SAID_S, from: port, ssrc: 1 })
    .pause(PHASE_MS)
    .offers(sdp({ port, version: 2, codecs: ['PCMU'] }), 'RTP/AVP 0')
    .says({ hz: 700, seconds: SAID_S, from: port, ssrc: 2, codec: 'PCMU' })
    .pause(PHASE_MS)
    .offers(sdp({ port, version: 3, codecs: ['PCMU', 'PCMA'] }), 'RTP/AVP 0 8')
    .says({ hz: 1100, seconds: SAID_S, from: port, ssrc: 3, codec: 'PCMA' })
    .pause(PHASE_MS)
    .says({ hz: 1300, seconds: SAID_S, from: port, ssrc: 3, codec: 'PCMU' })
    .pause(PHASE_MS)
    .hangsUp();
  const changed = await box.baresip('changed', { codecs: 'PCMA,PCMU', rate: 8000, tone: CALLEE_HZ });
  await asWritten(t, await calls('changer', 'changed', script));
  await changed.event('CALL_CLOSED');
  await changed.stop();
  const recording = await box.recordingOf('changer', 'changed');
  t.is(recording.end?.reason, 'finished');
  const { files } = await box.open(recording.id);
  t.true(files.length > 1, 'a codec of its own is a part of its own');
  const known = [...tones, CALLEE_HZ, 2300];
  t.deepEqual(
    (await tonesOf(files, 0, known)).filter((hz) => hz !== 2300),
    tones,
  );
  t.deepEqual(await tonesOf(files, 1, known), [CALLEE_HZ]);
});

/** A fax machine beside SIPp, which says the rest: sends its page to the port that SIPp writes down, and keeps what it gets. */
async function faxMachine(t: ExecutionContext, port: number, page: string): Promise<ReadonlySet<string>> {
  const socket = createSocket('udp4').bind(port, '127.0.0.1');
  await once(socket, 'listening');
  const pages = new Set<string>();
  socket.on('message', (bytes) => pages.add(bytes.toString()));
  const path = join(box.folder, 'sipp', page);
  // Again and again, for UDPTL has no other way to be sure.
  const sending = setInterval(() => {
    if (existsSync(path)) socket.send(page, Number(readFileSync(path, 'utf8')), '127.0.0.1');
  }, 100);
  t.teardown(() => {
    clearInterval(sending);
    socket.close();
  });
  return pages;
}

test('a fax in the middle of a call passes as it is and unrecorded, and what is said after it is recorded again', async (t) => {
  const [voice, fax] = [
    [mediaPort(), mediaPort()],
    [mediaPort(), mediaPort()],
  ] as const;
  const machine = (side: 0 | 1, page: string) => faxMachine(t, fax[side], page);
  const [ofCaller, ofCallee] = await Promise.all([machine(0, 'callers-page'), machine(1, 'callees-page')]);
  const says = (hz: number, side: 0 | 1) => ({ hz, seconds: SAID_S, from: voice[side], ssrc: side + 1 });
  const caller = new Script('caller')
    .calls(sdp({ port: voice[0], version: 1 }))
    .says({ ...says(2300, 0), seconds: 1.5 })
    .pause(2500)
    .says(says(500, 0))
    .pause(PHASE_MS)
    .offers(faxSdp({ port: fax[0], version: 2 }), 'm=image [0-9]+ udptl t38')
    .runs('echo [$port] > callers-page')
    .says(says(1400, 0))
    .pause(PHASE_MS)
    .offers(sdp({ port: voice[0], version: 3 }), 'm=audio [0-9]+ RTP/AVP 8')
    .says(says(700, 0))
    .pause(PHASE_MS)
    .hangsUp();
  const callee = new Script('callee')
    .isCalled(sdp({ port: voice[1], version: 1 }))
    .says({ ...says(2300, 1), seconds: 1.5 })
    .answers(faxSdp({ port: fax[1], version: 2 }), 'm=image [0-9]+ udptl t38')
    .runs('echo [$port] > callees-page')
    .answers(sdp({ port: voice[1], version: 3 }), 'm=audio')
    .says(says(CALLEE_HZ, 1))
    .isHungUp();
  const called = await isCalled('takes-fax', callee);
  await Promise.all([asWritten(t, await calls('faxes', 'takes-fax', caller)), asWritten(t, called)]);
  t.true(ofCallee.has('callers-page'));
  t.true(ofCaller.has('callees-page'));

  const recording = await box.recordingOf('faxes', 'takes-fax');
  t.is(recording.end?.reason, 'finished');
  const { files, segments } = await box.open(recording.id);
  const known = [500, 700, 1400, CALLEE_HZ, 2300];
  t.deepEqual(
    (await tonesOf(files, 0, known)).filter((hz) => hz !== 2300),
    [500, 700],
  );
  t.false(
    segments.some(({ plain }) => Buffer.from(plain).includes('s-page')),
    'nothing of a page',
  );
  const { events } = box.audit();
  t.true(
    events.some(
      (one) => one.kind === 'recording_gap' && one.facts.recording === recording.id && one.facts.why === 'fax',
    ),
  );
});
