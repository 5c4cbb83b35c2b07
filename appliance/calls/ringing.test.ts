/** What of several phones behind one branch the caller hears, and where a call goes that is sent on; the phones are made by hand. */
import { seededChance } from '@belkluis/shared/base/chance';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import type { LegGeneration, MediaLeg } from '../media/door.ts';
import type { EarlyDialog } from '../sip/dialog/early-dialog.ts';
import type { OutgoingCall } from '../sip/dialog/outgoing-call.ts';
import type { Session } from '../sip/dialog/session.ts';
import type { SipResponse } from '../sip/message/message.ts';
import { Party } from './party.ts';
import { type Answered, ring } from './ringing.ts';
import type { Branch, Route } from './route.ts';
import { sdp } from './testing/box.ts';

const chance = seededChance('ringing');

interface Rings extends OutgoingCall {
  readonly to: string;
  /** Reasons by which it was cancelled. */
  readonly cancelled: (string | undefined)[];
}

/** A caller of `branches`; what becomes of each is up to the test. */
async function scene(branches: readonly Branch[]) {
  const heard: string[] = [];
  const calls: Rings[] = [];
  const remotes: (number | null)[] = [];
  const partyOn = (told: (generation: LegGeneration) => void): Party => {
    const media: MediaLeg = {
      fingerprint: '',
      ...{ rtpPort: 4000, rtcpPort: 4001, configure: told, stopPlaying() {}, close() {}, onDtmf() {} },
      ...{ listenForTones() {}, relayDigits() {} },
      streams: async () => ({ heard: null, sent: null }),
      play: async () => 'ended',
    };
    return new Party({ media, address: '127.0.0.1', chance, keying: 'plain', mayBePlain: true });
  };
  const caller = partyOn(() => {});
  caller.takeOffer(sdp(5000));
  const answers: Answered[] = [];
  const ringing = ring({
    stages: [{ branches, next: 'failed' }],
    openParty: async () => partyOn(({ remote }) => remotes.push(remote?.rtp ?? null)),
    invite({ requestUri }) {
      const call: Rings = {
        to: requestUri,
        cancelled: [],
        forks: [],
        callId: 'rings',
        cancel: (reason) => void call.cancelled.push(reason),
        ...{ onProgress() {}, onAnswered() {}, onFailed() {} },
      };
      calls.push(call);
      return call;
    },
    caller,
    callerFor: () => ({ name: 'anna', shown: '<sip:anna@box>' }),
    ringMs: 60_000,
    clock: new ManualClock(),
    onProgress: (status, party) => heard.push(`${status}${party ? ' media' : ''}`),
    onAnswered(answer) {
      answers.push(answer);
      return true;
    },
    onFailed: (status) => heard.push(`failed ${status}`),
  });
  await settled();
  return { ringing, heard, calls, remotes, answers };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

const branch = (requestUri: string, more: Partial<Branch> = {}): Branch => ({
  requestUri,
  destination: { transport: 'UDP', address: '127.0.0.1', port: 9 },
  ...{ from: '<sip:anna@box>', to: `<${requestUri}>`, contactUser: 'anna', headers: [] },
  media: { keying: 'plain', mayBePlain: true },
  ...more,
});
const fork = (tag: string, more: Partial<EarlyDialog> = {}) =>
  ({ tag, ended: false, earlyMedia: null, ...more }) as EarlyDialog;
const says = (status: number) => ({ status }) as SipResponse;

test('of several phones behind one branch the first with media is heard, the next when it has stopped, and who answers in the end', async (t) => {
  const { heard, calls, remotes, answers } = await scene([branch('sip:ben@box')]);
  const [call] = calls;
  call!.onProgress(says(180), null, fork('a'));
  call!.onProgress(says(183), sdp(6000), fork('b'));
  call!.onProgress(says(183), sdp(6002), fork('c'));
  t.deepEqual(remotes, [6000], 'the second one does not talk over the first');
  call!.onProgress(says(199), null, fork('b', { ended: true }));
  call!.onProgress(says(183), sdp(6002), fork('c'));
  t.deepEqual(remotes, [6000, 6002]);
  const session = { remoteSdp: sdp(6004) } as Session;
  call!.onAnswered(session, says(200));
  t.deepEqual(remotes, [6000, 6002, 6004]);
  t.is(answers[0]!.session, session);
  t.deepEqual(heard, ['180', '183 media', '180', '180']);
});

test('media that the network forbids is not announced (RFC 5009)', async (t) => {
  const { heard, calls } = await scene([branch('sip:ben@box')]);
  calls[0]!.onProgress(says(183), sdp(6000), fork('a', { earlyMedia: 'inactive' }));
  t.deepEqual(heard, ['180']);
  calls[0]!.onProgress(says(183), sdp(6000), fork('a', { earlyMedia: 'sendrecv' }));
  t.deepEqual(heard, ['180', '183 media']);
});

test('media that was forbidden is heard once it is allowed, although nothing else is said with that', async (t) => {
  const { heard, calls } = await scene([branch('sip:ben@box')]);
  calls[0]!.onProgress(says(183), sdp(6000), fork('a', { earlyMedia: 'sendonly' }));
  calls[0]!.onProgress(says(180), null, fork('a', { earlyMedia: 'sendonly' }));
  t.deepEqual(heard, ['180', '180']);
  calls[0]!.onProgress(says(183), null, fork('b', { earlyMedia: 'sendrecv' }));
  t.deepEqual(heard.slice(2), ['180'], 'another one that has said nothing of media');
  calls[0]!.onProgress(says(183), null, fork('a', { earlyMedia: 'sendrecv' }));
  t.deepEqual(heard.slice(3), ['183 media']);
});

test('what was agreed on before the answer is not taken for an answer again: it may have been an offer', async (t) => {
  const { calls, remotes, answers } = await scene([branch('sip:ben@box')]);
  const said = sdp(6000);
  calls[0]!.onProgress(says(183), said, fork('a', { reliable: true, sdp: said }));
  calls[0]!.onAnswered({ remoteSdp: said } as Session, says(200));
  t.deepEqual(remotes, [6000]);
  t.is(answers.length, 1);
});

test('a branch that sends the call on rings there while the others ring on; whoever answers stops all, and is known by where he was reached', async (t) => {
  const asked: string[] = [];
  const there = branch('sip:carol@box');
  const route = {
    from: 'ben',
    to: 'carol',
    direction: 'internal',
    stages: [{ branches: [there], next: 'failed' }],
  } as unknown as Route;
  const principal = {
    name: 'ben',
    onward({ target, party }: { target: { user: string | null }; party: { name: string } }) {
      asked.push(`${party.name} ${target.user}`);
      return { ok: true as const, route };
    },
  };
  const moved = { status: 302, reason: '', contacts: ['sip:carol@elsewhere', 'sip:other@elsewhere'] };
  const { calls, answers, heard } = await scene([
    branch('sip:ben@desk', { principal }),
    branch('sip:ben@mobile', { principal }),
  ]);
  calls[0]!.onFailed(moved);
  await settled();
  t.deepEqual(asked, ['anna carol']);
  t.deepEqual(
    calls.map(({ to }) => to),
    ['sip:ben@desk', 'sip:ben@mobile', 'sip:carol@box'],
  );
  calls[2]!.onAnswered({ remoteSdp: sdp(6000) } as Session, says(200));
  t.is(answers[0]!.redirected?.to, 'carol');
  t.is(calls[1]!.cancelled.length, 1);
  t.true(heard.includes('181'), 'the caller learns that the call goes elsewhere');

  const other = await scene([branch('sip:ben@desk', { principal }), branch('sip:ben@mobile', { principal })]);
  other.calls[0]!.onFailed(moved);
  await settled();
  other.calls[1]!.onAnswered({ remoteSdp: sdp(6000) } as Session, says(200));
  t.regex(other.calls[2]!.cancelled[0]!, /cause=200/, 'a phone that was beaten to it shows no missed call');

  const unknown = await scene([branch('sip:line@out')]);
  unknown.calls[0]!.onFailed(moved);
  await settled();
  t.deepEqual(unknown.heard, ['failed 480'], 'nobody is known there on whose behalf it could go on');
});
