/** What changes before a call is answered, said word for word by SIPp: both sides speak as they then agreed, and the recording holds it. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { type ScenarioBox, scenarioBox } from '../peers/box.ts';
import { stereo } from '../peers/ffmpeg.ts';
import { lineCodecs, rtpPacket } from '../peers/line.ts';
import { payloadsOf } from '../peers/payloads.ts';
import { asWritten, mediaPorts, sippPhones } from '../peers/sipp-phones.ts';
import { SippScript as Script, type SippScript, sdp } from '../peers/sipp-script.ts';
import { lengthOf, tonesIn } from '../peers/tones.ts';
import { tone } from '../peers/wav.ts';

const CALLER_HZ = 500;
const CALLEE_HZ = 900;

let box: ScenarioBox;
/** Below those of boxes and phones, and beside those of other files. */
const mediaPort = mediaPorts(12_100 + (process.pid % 30) * 20);

const users = [
  'changes',
  'calls',
  'is-changed',
  'asks',
  'also-changes',
  'plainly',
  'muted',
  'listens',
  'refuses',
  'wants',
];
test.before(async () => {
  box = await scenarioBox({ phones: users.map((user) => ({ user, plain: true })) });
});
test.after.always(() => box?.end());

const { calls, isCalled } = sippPhones(() => box);

/** How long both speak once the call is answered, ms. */
const TALK_MS = 4500;
/** Packets of the other one that each hears at least: a second and a half. */
const ENOUGH = 75;

const voiceOf = (hertz: number): Promise<readonly Buffer[]> =>
  payloadsOf('PCMU', { rate: 8000, samples: tone(hertz, 1, 8000) });

/** The sound of one SIPp, in µ-law: to the port that SIPp writes down once it speaks that. Counts what it hears of `other`. */
async function talker(t: ExecutionContext, port: number, name: string, hertz: number, other: number) {
  const socket = createSocket('udp4').bind(port, '127.0.0.1');
  await once(socket, 'listening');
  const [voice, known] = [await voiceOf(hertz), await voiceOf(other)];
  const codec = lineCodecs.PCMU;
  const heard = { right: 0, wrong: 0 };
  socket.on('message', (packet) => {
    const isIt = (packet[1]! & 0x7f) === codec.payloadType && known.some((said) => said.equals(packet.subarray(12)));
    heard[isIt ? 'right' : 'wrong']++;
  });
  const path = join(box.folder, 'sipp', name);
  let sequence = 1;
  const speaking = setInterval(() => {
    if (!existsSync(path)) return;
    const packet = rtpPacket(hertz, sequence, voice[sequence % voice.length]!, codec);
    sequence++;
    socket.send(packet, Number(readFileSync(path, 'utf8')), '127.0.0.1');
  }, 20);
  t.teardown(() => {
    clearInterval(speaking);
    socket.close();
  });
  return heard;
}

const speaks = (name: string) => `echo [$port] > ${name}`;

/** What both said in the end is in the recording, in this codec and no other. */
async function recordedIn(t: ExecutionContext, codec: string, caller: string, callee: string): Promise<void> {
  const recording = await box.recordingOf(caller, callee);
  t.deepEqual(recording.end?.codecs, [codec]);
  const { files } = await box.open(recording.id);
  for (const [side, hz] of [CALLER_HZ, CALLEE_HZ].entries()) {
    const { samples, rate } = (await stereo(files.at(-1)!))[side]!;
    const heard = tonesIn(samples, [CALLER_HZ, CALLEE_HZ], rate);
    t.true(lengthOf(heard, hz) > 1500, JSON.stringify(heard));
  }
}

interface Telephone {
  readonly user: string;
  readonly script: SippScript;
  /** Where its sound comes from and goes to. */
  readonly port: number;
}

/** Both go as written, hear each other, and are recorded, in µ-law alone. */
async function talkInMuLaw(t: ExecutionContext, caller: Telephone, callee: Telephone): Promise<void> {
  const [hears, isHeard] = await Promise.all([
    talker(t, caller.port, `${caller.user}-speaks`, CALLER_HZ, CALLEE_HZ),
    talker(t, callee.port, `${callee.user}-speaks`, CALLEE_HZ, CALLER_HZ),
  ]);
  const called = await isCalled(callee.user, callee.script);
  const calling = await calls(caller.user, callee.user, caller.script);
  await Promise.all([asWritten(t, calling), asWritten(t, called)]);
  t.true(hears.right > ENOUGH && isHeard.right > ENOUGH, JSON.stringify({ hears, isHeard }));
  await recordedIn(t, 'PCMU', caller.user, callee.user);
}

const MU_LAW = 'm=audio [0-9]+ RTP/AVP 0';

test('who is called takes another codec by UPDATE before it answers: the caller is asked likewise, and both are heard', async (t) => {
  const [ours, theirs] = [mediaPort(), mediaPort()];
  const caller = new Script('caller')
    .callsReliably(sdp({ port: ours, version: 1, codecs: ['PCMA', 'PCMU'] }), 'RTP/AVP 8')
    .isUpdated(sdp({ port: ours, version: 2, codecs: ['PCMU'] }), MU_LAW)
    .isPickedUp()
    .runs(speaks('calls-speaks'))
    .pause(TALK_MS)
    .hangsUp();
  const callee = new Script('callee')
    .ringsReliably(sdp({ port: theirs, version: 1, codecs: ['PCMA'] }))
    .pause(500)
    .updates(sdp({ port: theirs, version: 2, codecs: ['PCMU'] }), MU_LAW)
    .runs(speaks('changes-speaks'))
    .pause(300)
    .picksUp()
    .isHungUp();
  await talkInMuLaw(
    t,
    { user: 'calls', script: caller, port: ours },
    { user: 'changes', script: callee, port: theirs },
  );
});

test('the caller takes another codec by UPDATE before it is answered: who rings is asked likewise, and both are heard', async (t) => {
  const [ours, theirs] = [mediaPort(), mediaPort()];
  const caller = new Script('caller')
    .callsReliably(sdp({ port: ours, version: 1, codecs: ['PCMA'] }), 'RTP/AVP 8')
    .updates(sdp({ port: ours, version: 2, codecs: ['PCMU'] }), MU_LAW)
    .isPickedUp()
    .runs(speaks('asks-speaks'))
    .pause(TALK_MS)
    .hangsUp();
  const callee = new Script('callee')
    .ringsReliably(sdp({ port: theirs, version: 1, codecs: ['PCMA'] }))
    .isUpdated(sdp({ port: theirs, version: 2, codecs: ['PCMU'] }), MU_LAW)
    .runs(speaks('is-changed-speaks'))
    .pause(300)
    .picksUp()
    .isHungUp();
  await talkInMuLaw(
    t,
    { user: 'asks', script: caller, port: ours },
    { user: 'is-changed', script: callee, port: theirs },
  );
});

test('a caller that takes no reliable responses is promised nothing before the answer, which names what was changed to', async (t) => {
  const [ours, theirs] = [mediaPort(), mediaPort()];
  const caller = new Script('caller')
    .calls(sdp({ port: ours, version: 1, codecs: ['PCMA', 'PCMU'] }), { expected: 'm=audio ([0-9]+) RTP/AVP 0' })
    .runs(speaks('plainly-speaks'))
    .pause(TALK_MS)
    .hangsUp();
  const callee = new Script('callee')
    .ringsReliably(sdp({ port: theirs, version: 1, codecs: ['PCMA'] }))
    .pause(500)
    .updates(sdp({ port: theirs, version: 2, codecs: ['PCMU'] }), MU_LAW)
    .runs(speaks('also-changes-speaks'))
    .pause(300)
    .picksUp()
    .isHungUp();
  await talkInMuLaw(
    t,
    { user: 'plainly', script: caller, port: ours },
    { user: 'also-changes', script: callee, port: theirs },
  );
});

test('what the other side does not take before it answers is refused, and the call is answered as it was agreed', async (t) => {
  const [ours, theirs] = [mediaPort(), mediaPort()];
  const says = (hz: number, from: number) => ({ hz, seconds: TALK_MS / 1000 - 0.5, from, ssrc: hz });
  const wants = (port: number) => sdp({ port, version: 2, codecs: ['PCMU'] });
  const caller = new Script('caller')
    .callsReliably(sdp({ port: ours, version: 1 }), 'RTP/AVP 8')
    .updatesInVain(wants(ours), 488)
    .refusesUpdate(488)
    .isPickedUp()
    .says(says(CALLER_HZ, ours))
    .pause(TALK_MS)
    .hangsUp();
  const callee = new Script('callee')
    .ringsReliably(sdp({ port: theirs, version: 1 }))
    .refusesUpdate(488)
    .pause(500)
    .updatesInVain(wants(theirs), 488)
    .picksUp()
    .says(says(CALLEE_HZ, theirs))
    .isHungUp();
  const called = await isCalled('refuses', callee);
  // SIPp takes no re-INVITE that is not written here.
  await Promise.all([asWritten(t, await calls('wants', 'refuses', caller)), asWritten(t, called)]);
  await recordedIn(t, 'PCMA', 'wants', 'refuses');
});

test('media that its network forbids before the answer is told to the caller as soon as it is allowed, without the word itself (RFC 5009)', async (t) => {
  const [ours, theirs] = [mediaPort(), mediaPort()];
  const body = sdp({ port: theirs, version: 1 });
  const word = (said: string) => ({ status: 183, wait: 500, headers: [`P-Early-Media: ${said}`] });
  const callee = new Script('callee')
    .isCalled(body, { early: [{ ...word('inactive'), body }, word('sendrecv')] })
    .isHungUp();
  const caller = new Script('caller')
    .calls(sdp({ port: ours, version: 1 }))
    .pause(500)
    .hangsUp();
  const called = await isCalled('muted', callee);
  const [messages] = await Promise.all([asWritten(t, await calls('listens', 'muted', caller)), asWritten(t, called)]);
  const told = [...messages.matchAll(/^SIP\/2.0 (\d+) [\s\S]*?\r?\n\r?\n(v=0)?/gm)].map(
    ([, status, sdp]) => `${status}${sdp ? ' with media' : ''}`,
  );
  t.deepEqual(
    told.filter((what) => /^(18|200 with)/.test(what)),
    ['180', '183 with media', '200 with media'],
  );
  t.notRegex(messages, /P-Early-Media/i);
});
