import test from 'ava';
import type { IncomingCall } from '../../sip/dialog/incoming-call.ts';
import type { OutgoingCall } from '../../sip/dialog/outgoing-call.ts';
import type { Refer } from '../../sip/dialog/referrals.ts';
import { type Replaces, replacesOf } from '../../sip/dialog/replaces.ts';
import type { Session } from '../../sip/dialog/session.ts';
import { tagOf } from '../../sip/message/name-addr.ts';
import { formatUri } from '../../sip/message/uri.ts';
import { pair } from '../../sip/testing/agents.ts';
import type { UserAgent } from '../../sip/user-agent.ts';
import { paired, passRefer, rungFor, throughBox } from './pass-refer.ts';

const BOX = '192.0.2.9';
const SDP = Buffer.from('v=0\r\n');
const toBox = { requestUri: `sip:x@${BOX}`, destination: { transport: 'UDP' as const, address: BOX, port: 5060 } };

/** Alice's calls go through the box to Bob; the two legs of each are all that the box knows. */
async function boxBetween() {
  const p = await pair('refer');
  const box = p.join(BOX);
  await box.start();
  const call = async () => {
    const sessions: Partial<Record<'alice' | 'toAlice' | 'toBob' | 'bob', Session>> = {};
    p.bob.onInvite = (incoming) => {
      sessions.bob = incoming.accept(SDP);
    };
    box.onInvite = (incoming) => {
      box.invite({ ...p.toBob, sdp: SDP }).onAnswered = (toBob) => {
        sessions.toBob = toBob;
        sessions.toAlice = incoming.accept(SDP);
      };
    };
    p.alice.invite({ ...toBox, from: '<sip:alice@x>', to: '<sip:x@x>', sdp: SDP }).onAnswered = (session) => {
      sessions.alice = session;
    };
    p.clock.advance(200);
    await new Promise(setImmediate);
    const { alice, toAlice, toBob, bob } = sessions as Required<typeof sessions>;
    paired(toAlice, toBob);
    return { alice, toAlice, toBob, bob };
  };
  const turn = async () => {
    for (let step = 0; step < 10; step++) {
      p.clock.advance(50);
      await new Promise(setImmediate);
    }
  };
  return { ...p, box: box as UserAgent, call, turn };
}

test('a REFER is passed on in the other leg’s words, and how it went is told back', async (t) => {
  const w = await boxBetween();
  const one = await w.call();
  const two = await w.call();
  const uriOf = ({ target }: Pick<Refer, 'target'>) => formatUri({ ...target, host: 'pbx.test' });
  const told: number[] = [];
  const waiting = new Set<string>();
  passRefer(
    one.toAlice,
    one.toBob,
    {
      uriOf,
      sessionOf: w.box.sessionOf,
      asked({ call, how, by }) {
        waiting.add(`${call} ${how} ${by}`);
        return () => waiting.delete(`${call} ${how} ${by}`);
      },
    },
    {
      from: { call: 'one', by: 'caller', transferor: 'alice', remaining: 'bob' },
      over: (_, status) => told.push(status),
    },
  );
  let asked: Refer | null = null;
  one.bob.onRefer = (refer) => {
    asked = refer;
    refer.accept();
    refer.notify(200);
  };
  const result = one.alice.refer(`sip:carol@${BOX}`, {
    replaces: replacesOf(two.alice.dialogId),
    referredBy: '<sip:alice@pbx.test>',
  });
  await w.turn();
  const passed = asked as Refer | null;
  t.is(passed?.uri, 'sip:carol@pbx.test');
  t.is(passed?.referredBy, '<sip:alice@pbx.test>');
  const { callId, localTag, remoteTag } = two.bob.dialogId;
  t.like(passed?.replaces, { callId, toTag: localTag, fromTag: remoteTag }, 'as Bob knows the other call');
  const done = await result;
  t.true(done.ok);
  await w.turn();
  t.is(done.ok && (await done.outcome), 200);
  t.deepEqual([...waiting], ['one attended caller'], 'for the call that comes of it');

  one.bob.onRefer = (refer) => refer.reject(603);
  const refused = one.alice.refer('sip:carol@x');
  await w.turn();
  t.like(await refused, { ok: false, status: 603 });
  t.deepEqual(told, [200, 603]);
  t.deepEqual([...waiting], ['one attended caller'], 'no call comes of what was refused');
});

test('a name that is not of the box is the far side’s own, and passes untouched', async (t) => {
  const w = await boxBetween();
  const foreign: Replaces = { callId: 'c', toTag: 't', fromTag: 'f', earlyOnly: true };
  t.deepEqual(throughBox(foreign, w.box.sessionOf), foreign);
});

test('a call that still rings has another name on each side too: who picks it up asks its caller by the caller’s own', async (t) => {
  const w = await boxBetween();
  let toBob: OutgoingCall | null = null;
  let atBob: IncomingCall | null = null;
  w.bob.onInvite = (incoming) => {
    atBob = incoming;
    incoming.progress(180);
  };
  w.box.onInvite = (incoming) => {
    toBob = w.box.invite({ ...w.toBob, sdp: SDP });
    rungFor(toBob, incoming);
    toBob.onProgress = () => incoming.progress(180);
  };
  const alices = w.alice.invite({ ...toBox, from: '<sip:alice@x>', to: '<sip:x@x>', sdp: SDP });
  let tag = '';
  let own = '';
  alices.onProgress = ({ headers }, _, early) => {
    tag = early.tag;
    own = tagOf(headers.get('From'))!;
  };
  await w.turn();
  // As Bob's phone publishes it for lamps: its own tag, and that of whom it talks to.
  const { callId, localTag, remoteTag } = (atBob as IncomingCall | null)!.dialogId;
  const published: Replaces = { callId, toTag: remoteTag, fromTag: localTag, earlyOnly: true };
  t.deepEqual(throughBox(published, w.box.sessionOf), {
    callId: alices.callId,
    toTag: own,
    fromTag: tag,
    earlyOnly: true,
  });
});
