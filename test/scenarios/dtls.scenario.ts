/** Phones whose keys come from a DTLS handshake: as caller and callee, with one that is keyed otherwise, told, heard and recorded. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import test, { type ExecutionContext } from 'ava';
import { Association } from '../../appliance/media/dtls/association.ts';
import { fingerprintOf, newIdentity } from '../../appliance/media/dtls/certificate.ts';
import { isDtls } from '../../appliance/media/rtp.ts';
import { audioStreams } from '../../appliance/media/sdp/audio.ts';
import { parseSdp, writeSdp } from '../../appliance/media/sdp/description.ts';
import { writeFingerprint } from '../../appliance/media/sdp/dtls.ts';
import { makeOffer } from '../../appliance/media/sdp/offer.ts';
import { pcma } from '../../appliance/media/testing/peer.ts';
import type { Ended, Session } from '../../appliance/sip/dialog/session.ts';
import type { Baresip } from '../peers/baresip.ts';
import { ANNOUNCEMENT_HZ, eventually, type ScenarioBox, scenarioBox } from '../peers/box.ts';
import { stereo } from '../peers/ffmpeg.ts';
import { lengthOf, tonesIn } from '../peers/tones.ts';
import { readWav } from '../peers/wav.ts';

const CALLER_HZ = 500;
const CALLEE_HZ = 900;
const known = [CALLER_HZ, CALLEE_HZ, ANNOUNCEMENT_HZ];
const TALK_MS = 2000;
const ENOUGH_MS = 1300;

let box: ScenarioBox;
test.before(async () => {
  box = await scenarioBox({ phones: ['dora', 'dirk', 'saar', 'mallory', 'hugo'].map((user) => ({ user })) });
});
test.after.always(() => box?.end());

const unauthenticated = async () => (await box.status())!.counters['media.auth'] ?? 0;

async function talk(t: ExecutionContext, caller: Baresip, callee: Baresip): Promise<void> {
  const [from, to] = [caller.options.user, callee.options.user];
  await caller.dial(to);
  await Promise.all([caller.event('CALL_ESTABLISHED'), callee.event('CALL_ESTABLISHED')]);
  const id = await box.until(({ calls }) => calls.find((call) => call.from === from)?.recording, `${from} recorded`);
  // A phone may send a packet before it has the keys: it is refused, once. From here on all are good.
  const refused = await unauthenticated();
  await delay(TALK_MS);
  t.is(await unauthenticated(), refused);
  await caller.command('hangup');
  await callee.event('CALL_CLOSED');
  const ended = async () => box.vault(({ catalogue }) => catalogue.get(id)?.end);
  t.like(await eventually(ended, `the end of ${from} and ${to}`), { reason: 'finished', gaps: 0 });
  const { files } = await box.open(id);
  const sides = (await stereo(files[0]!)).map(({ samples, rate }) => tonesIn(samples, known, rate));
  for (const [side, phone] of [caller, callee].entries()) {
    const own = phone.options.tone;
    t.true(lengthOf(sides[side]!, own) > ENOUGH_MS, `${from} to ${to}: ${JSON.stringify(sides[side])}`);
    t.deepEqual([...new Set(sides[side]!.map((stretch) => stretch.tone))], [own]);
  }
}

function heard(t: ExecutionContext, phone: Baresip, calls: number): void {
  const files = phone.sounds('dec');
  t.is(files.length, calls);
  const other = phone.options.tone === CALLER_HZ ? CALLEE_HZ : CALLER_HZ;
  for (const file of files) {
    const { samples, rate } = readWav(file);
    const stretches = tonesIn(samples, known, rate);
    t.true(lengthOf(stretches, ANNOUNCEMENT_HZ) > 800, JSON.stringify(stretches));
    t.true(lengthOf(stretches, other) > ENOUGH_MS, JSON.stringify(stretches));
    t.is(lengthOf(stretches, phone.options.tone), 0, 'itself');
  }
}

test('a phone with DTLS calls, is called back, and meets another one: told first, then heard, then sealed', async (t) => {
  const common = { codecs: 'PCMA', rate: 8000 };
  const [dora, dirk, saar] = await Promise.all([
    box.baresip('dora', { ...common, tone: CALLER_HZ, mediaEncryption: 'dtls_srtp' }),
    box.baresip('dirk', { ...common, tone: CALLEE_HZ, mediaEncryption: 'dtls_srtp', rtcpMux: true }),
    box.baresip('saar', { ...common, tone: CALLEE_HZ, mediaEncryption: 'srtp' }),
  ]);
  // Nothing is known of it yet: it refuses keys in the description, and is asked again.
  await talk(t, saar, dora);
  await talk(t, dora, saar);
  // It has shown how it is keyed: it is offered the same. The other one speaks SRTP that need not be (RFC 8643), and gets it.
  await talk(t, saar, dora);
  await talk(t, dirk, dora);
  const { counters } = (await box.status())!;
  // One handshake for each leg with DTLS, and one more for the RTCP of the phone that keeps its ports apart.
  t.is(counters['media.dtls_keys'], 4 * 2 + 1);
  await Promise.all([dora.stop(), saar.stop(), dirk.stop()]);
  heard(t, dora, 4);
  heard(t, saar, 3);
  heard(t, dirk, 1);
});

test('a phone with another certificate than it announced gets no sound, the call ends and says why', async (t) => {
  const [mallory, hugo] = await Promise.all([box.phone('mallory'), box.phone('hugo')]);
  const [own, announced] = [newIdentity(systemChance), newIdentity(systemChance)];
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  const offer = makeOffer({
    address: '127.0.0.1',
    port,
    codecs: [pcma],
    direction: 'sendrecv',
    crypto: null,
    dtls: { fingerprint: writeFingerprint(fingerprintOf(announced.certificate)), setup: 'actpass' },
    sessionId: '1',
    version: 1,
  });
  const address = (user: string) => `<sip:${user}@${box.config.domain}>`;
  const outgoing = mallory.agent.invite({
    requestUri: `sip:hugo@${box.config.domain}`,
    destination: box.target('TLS'),
    from: address('mallory'),
    to: address('hugo'),
    sdp: writeSdp(offer),
    credentials: { user: 'mallory', password: box.phones.get('mallory')!.secret },
  });
  const session = await new Promise<Session>((resolve) => {
    outgoing.onAnswered = resolve;
  });
  const ended = new Promise<Ended>((resolve) => {
    session.onEnded = resolve;
  });
  const answer = audioStreams(parseSdp(session.remoteSdp!))[0]!;
  t.like(answer, { proto: 'UDP/TLS/RTP/SAVP', dtls: { setup: 'passive' } });
  const { address: at, rtp } = answer.remote!;
  const fail = (what: string) => () => t.fail(what);
  const association = new Association(
    {
      role: 'client',
      identity: own,
      expected: answer.dtls!.fingerprint,
      signalled: { address: at, port: rtp },
      chance: systemChance,
      send: (bytes, to) => socket.send(bytes, to.port, to.address),
      onKeys: fail('the box gave it keys'),
      onFailed: () => {},
      onRefused: () => {},
    },
    systemClock.monotonic(),
  );
  socket.on('message', (bytes, from) => {
    if (isDtls(bytes)) association.receive(bytes, from, systemClock.monotonic());
    else t.fail('the box sent sound');
  });
  const call = await hugo.nextCall();
  t.regex((await ended).reason ?? '', /cause=488;text="Not the announced certificate"/);
  await call.ended;
  t.is(call.line.heard.length, 0);
  socket.close();
  const { counters } = (await box.status())!;
  t.is(counters['calls.unkeyed.fingerprint'], 1);
  t.is(counters['media.dtls_failed.rtp.fingerprint'], 1);
  t.is((await box.unrecorded('mallory', 'hugo')).recording ?? null, null);
});
