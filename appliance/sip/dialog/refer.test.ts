import test from 'ava';
import type { SipRequest } from '../message/message.ts';
import { parseMessage } from '../message/parse.ts';
import { ALICE, BOB, type Pair, pair } from '../testing/agents.ts';
import { requestText } from '../testing/raw-peer.ts';
import { type ReadRefer, readRefer, referTo, statusOfFragment } from './refer.ts';
import type { Refer } from './referrals.ts';
import { parseReplaces, replacesOf } from './replaces.ts';
import type { Session } from './session.ts';

const SDP = Buffer.from('v=0\r\no=x\r\n');

const refer = (more: string): ReadRefer =>
  readRefer(parseMessage(Buffer.from(requestText('REFER', `sip:bob@${BOB}`, { more }))) as SipRequest);
const answers = (p: Pair, start: string) => p.network.sent.filter(({ line }) => line.startsWith(start));

test('a REFER says whom to call, in whose place, and for whom', (t) => {
  t.like(
    refer(
      'r: "C" <sip:c@box;transport=tls?Replaces=a%25b%40h%3Bto-tag%3D1%3Bfrom-tag%3D2%3Bearly-only&Subject=hi%20there>\r\nb: <sip:a@box>;sig=x\r\nRefer-Sub: False ;x',
    ),
    {
      ok: true,
      uri: 'sip:c@box;transport=tls',
      replaces: { callId: 'a%b@h', toTag: '1', fromTag: '2', earlyOnly: true },
      headers: [['Subject', 'hi there']],
      referredBy: '<sip:a@box>;sig=x',
      wantsNotify: false,
    },
  );
  t.like(refer('Refer-To: sip:c@box'), { ok: true, uri: 'sip:c@box', replaces: null, wantsNotify: true });
  for (const [more, status] of [
    ['X: y', 400],
    ['Refer-To: <sip:c@box>\r\nRefer-To: <sip:d@box>', 400],
    ['Refer-To: <https://c/>', 416],
    ['Refer-To: <sip:c@box;method=BYE>', 501],
    ['Refer-To: <sip:c@box?Replaces=a%3Bto-tag%3D1>', 400],
    ['Refer-To: <sip:c@box?Subject=a%0D%0AVia:%20x>', 400],
    ['Refer-To: <sip:c@box?Replaces=a%3Bto-tag%3D1%3Bfrom-tag%3D2%0D%0ARoute:%20x>', 400],
  ] as const) {
    t.like(refer(more), { ok: false, status }, more);
  }
});

test('what we write into Refer-To, we read', (t) => {
  const replaces = { callId: 'a"b@[::1]', toTag: "x'y", fromTag: 'z', earlyOnly: false };
  t.like(refer(`Refer-To: ${referTo('sip:c@box', replaces)}`), { ok: true, replaces });
  t.is(parseReplaces('a;to-tag=1;from-tag=2;to-tag=3'), null);
  t.is(statusOfFragment(Buffer.from('SIP/2.0 486 Busy Here\r\n')), 486);
  t.is(statusOfFragment(Buffer.from('SIP/2.0 4860')), null);
});

/** A call that stands: Alice's and Bob's session. */
function connected(p: Pair): [Session, Session] {
  let hers: Session | undefined;
  let his: Session | undefined;
  p.bob.onInvite = (call) => {
    his = call.accept(SDP);
  };
  p.alice.invite({ ...p.toBob, sdp: SDP }).onAnswered = (session) => {
    hers = session;
  };
  p.clock.advance(100);
  return [hers!, his!];
}

test('a referral is accepted, told how it goes, and outlives the call it was asked for in', async (t) => {
  const p = await pair();
  const [hers, his] = connected(p);
  let asked: Refer | undefined;
  his.onRefer = (refer) => {
    asked = refer;
    refer.accept();
  };
  const sent = hers.refer('sip:carol@box', { referredBy: '<sip:alice@box>' });
  p.clock.advance(100);
  const result = await sent;
  t.true(result.ok);
  t.like(asked, { uri: 'sip:carol@box', referredBy: '<sip:alice@box>' });
  hers.bye();
  p.clock.advance(40_000);
  asked!.notify(180);
  asked!.notify(486);
  asked!.notify(200, 'too late');
  p.clock.advance(1_000);
  t.is(result.ok && (await result.outcome), 486);
  const notifies = answers(p, 'NOTIFY');
  t.deepEqual(
    notifies.map(({ text }) => [
      /\r\nSubscription-State: (\w+)/.exec(text)![1],
      /\r\n\r\nSIP\/2.0 (\d+)/.exec(text)![1],
    ]),
    [
      ['active', '100'],
      ['active', '180'],
      ['terminated', '486'],
    ],
  );
  t.is(answers(p, 'SIP/2.0 481').length, 0);
  p.clock.advance(400_000);
  t.is(p.clock.pending, 0);
  t.is(p.alice.dialogs + p.bob.dialogs, 0);
});

test('a NOTIFY does not overtake the one before it, and what came meanwhile is told in one', async (t) => {
  const p = await pair();
  const [hers, his] = connected(p);
  let lost = false;
  p.network.lose = ({ line }) => {
    if (lost || !line.startsWith('NOTIFY')) return false;
    lost = true;
    return true;
  };
  his.onRefer = (refer) => {
    refer.accept();
    refer.notify(180);
    refer.notify(200);
  };
  const sent = hers.refer('sip:carol@box');
  p.clock.advance(2_000);
  const result = await sent;
  t.is(result.ok && (await result.outcome), 200);
  t.is(answers(p, 'SIP/2.0 500').length, 0);
  t.is(new Set(answers(p, 'NOTIFY').map(({ text }) => text)).size, 2);
});

test('refused; accepted without a subscription; and never told: each comes to an end', async (t) => {
  const p = await pair();
  const [hers, his] = connected(p);
  const refused = hers.refer('sip:carol@box');
  p.clock.advance(100);
  t.like(await refused, { ok: false, status: 403 });
  his.onRefer = (refer) => refer.accept();
  const silent = hers.refer('sip:carol@box');
  p.clock.advance(301_000);
  const result = await silent;
  t.is(result.ok && (await result.outcome), null);
  t.regex(answers(p, 'NOTIFY').at(-1)!.text, /\r\nSubscription-State: terminated;reason=timeout\r\n/);
  t.false(hers.ended || his.ended);
});

test('a phone that wants no NOTIFY gets none; a second REFER of a dialog has an id; leaving ends it', async (t) => {
  const p = await pair();
  const [hers, his] = connected(p);
  const asked: Refer[] = [];
  his.onRefer = (refer) => {
    asked.push(refer);
    refer.accept();
  };
  const { callId, localTag, remoteTag } = hers.dialogId;
  const say = (method: string, seq: number, more: string) => {
    const text = requestText(method, `sip:bob@${BOB}`, {
      ...{ branch: `z9hG4bK${method}${seq}`, callId, tag: localTag, toTag: remoteTag, seq, more },
    });
    p.network.inject(ALICE, BOB, text);
    p.clock.advance(100);
  };
  say('REFER', 10, 'Refer-To: <sip:c@box>\r\nRefer-Sub: false');
  t.regex(answers(p, 'SIP/2.0 202')[0]!.text, /\r\nRefer-Sub: false\r\n/);
  asked[0]!.notify(200);
  p.clock.advance(100);
  t.is(answers(p, 'NOTIFY').length, 0);
  say('REFER', 11, 'Refer-To: <sip:d@box>');
  t.regex(answers(p, 'NOTIFY')[0]!.text, /\r\nEvent: refer;id=11\r\n/);
  // Alice's own stack knows nothing of this REFER, so it refuses the NOTIFY, which ends the subscription (RFC 6665 4.2.2).
  const before = answers(p, 'NOTIFY').length;
  asked[1]!.notify(200);
  p.clock.advance(100);
  t.is(answers(p, 'NOTIFY').length, before);
  say('SUBSCRIBE', 12, 'Event: refer;id=11');
  say('SUBSCRIBE', 13, 'Event: presence');
  t.is(answers(p, 'SIP/2.0 481').length, 2);
  t.is(answers(p, 'SIP/2.0 489').length, 1);
  t.false(his.ended);
});

test('two REFERs at once: a NOTIFY without an id is of the first, whether or not the second has ended before it (RFC 3515 2.4.6)', async (t) => {
  for (const endedFirst of [0, 1]) {
    const p = await pair();
    const [hers, his] = connected(p);
    const asked: Refer[] = [];
    his.onRefer = (refer) => {
      asked.push(refer);
      refer.accept();
    };
    const sent = [hers.refer('sip:carol@box'), hers.refer('sip:dirk@box')];
    p.clock.advance(100);
    const outcomes = (await Promise.all(sent)).map((result) => result.ok && result.outcome);
    for (const which of [endedFirst, 1 - endedFirst]) {
      asked[which]!.notify(which === 0 ? 486 : 200);
      p.clock.advance(100);
    }
    t.deepEqual(
      answers(p, 'NOTIFY')
        .map(({ text }) => /\r\nEvent: ([^\r]*)/.exec(text)![1])
        .filter((event) => event === 'refer'),
      ['refer', 'refer'],
      'without an id',
    );
    t.is(answers(p, 'SIP/2.0 481').length, 0);
    t.deepEqual(await Promise.all(outcomes), [486, 200]);
  }
});

test('who refuses the first REFER counts from the second', async (t) => {
  const p = await pair();
  const [hers, his] = connected(p);
  t.is((await Promise.all([hers.refer('sip:x@box'), p.clock.advance(100)]))[0].ok, false);
  const seen: SipRequest[] = [];
  his.onRefer = ({ request, accept }) => {
    seen.push(request);
    accept();
  };
  const sent = [hers.refer('sip:carol@box'), hers.refer('sip:dirk@box')];
  p.clock.advance(100);
  const [first] = await Promise.all(sent);
  const { callId, localTag, remoteTag } = his.dialogId;
  const more = 'Event: refer\r\nSubscription-State: terminated\r\nContent-Type: message/sipfrag';
  p.network.inject(
    BOB,
    ALICE,
    requestText('NOTIFY', `sip:alice@${ALICE}`, {
      ...{
        branch: 'z9hG4bKbare',
        callId,
        tag: localTag,
        toTag: remoteTag,
        seq: 90,
        more,
        body: 'SIP/2.0 603 Decline\r\n',
      },
    }),
  );
  p.clock.advance(100);
  t.is(seen.length, 2);
  t.is(first!.ok && (await first!.outcome), 603);
});

test('a REFER outside of any call: refused unless somebody listens, else told in its own dialog', async (t) => {
  const p = await pair();
  const say = (branch: string, callId: string) =>
    p.network.inject(
      ALICE,
      BOB,
      requestText('REFER', `sip:bob@${BOB}`, { branch, callId, more: 'Refer-To: <sip:c@box>' }),
    );
  say('z9hG4bKone', 'one');
  p.clock.advance(100);
  t.is(answers(p, 'SIP/2.0 403').length, 1);
  let told: Refer | undefined;
  p.bob.onRefer = (refer) => {
    told = refer;
    refer.accept();
  };
  say('z9hG4bKtwo', 'two');
  p.clock.advance(20);
  told!.notify(200);
  p.clock.advance(100);
  t.is(answers(p, 'SIP/2.0 202').length, 1);
  t.regex(answers(p, 'NOTIFY sip:raw@127.0.0.1:5099')[0]!.text, /\r\nCall-ID: two\r\n/);
  p.clock.advance(400_000);
  t.is(p.bob.dialogs, 0);
  t.is(p.clock.pending, 0);
});

test('Replaces finds the call that it means, and says why not (RFC 3891 3)', async (t) => {
  const p = await pair();
  const [hers, his] = connected(p);
  const wanted = replacesOf(hers.dialogId);
  t.like(p.bob.sessionOf(wanted), { at: 'confirmed', session: { id: his.id } });
  t.like(p.bob.sessionOf({ ...wanted, earlyOnly: true }), { at: 'nowhere', status: 486 });
  t.like(p.bob.sessionOf({ ...wanted, fromTag: 'other' }), { at: 'nowhere', status: 481 });
  t.like(p.alice.sessionOf(wanted), { at: 'nowhere', status: 481 });
  his.bye();
  t.like(p.bob.sessionOf(wanted), { at: 'nowhere', status: 603 });

  p.bob.onInvite = (call) => call.progress(180);
  const ringing = p.alice.invite({ ...p.toBob, sdp: SDP });
  p.clock.advance(100);
  const head = answers(p, 'SIP/2.0 180')[0]!.text;
  const [, fromTag, toTag, callId] =
    /\r\nFrom: [^\r]*tag=([^\r;]+)\r\nTo: [^\r]*tag=([^\r;]+)\r\nCall-ID: ([^\r]*)/.exec(head)!;
  const early = { callId: callId!, earlyOnly: true };
  const found = p.alice.sessionOf({ ...early, toTag: fromTag!, fromTag: toTag! });
  t.true(found.at === 'early' && found.call === ringing, 'an early dialog that is ours may be replaced');
  const theirs = p.bob.sessionOf({ ...early, toTag: toTag!, fromTag: fromTag! });
  t.like(theirs, { at: 'nowhere', status: 481 }, 'one that the peer began may not');
});

test('an INVITE hands out its Replaces; a malformed or repeated one, or one beside a Join, is refused', async (t) => {
  const p = await pair();
  const seen: unknown[] = [];
  p.bob.onInvite = (call) => {
    seen.push(call.replaces);
    call.reject(486);
  };
  const replaces = 'Replaces: a@b;to-tag=1;from-tag=2';
  const tries = ['Require: replaces\r\n', '', 'Join: x\r\n', `${replaces}\r\n`].map((more) => `${more}${replaces}`);
  for (const [index, more] of [...tries, 'Replaces: a@b'].entries()) {
    const branch = `z9hG4bK${index}`;
    p.network.inject(ALICE, BOB, requestText('INVITE', `sip:bob@${BOB}`, { branch, callId: branch, more }));
  }
  p.clock.advance(100);
  const read = { callId: 'a@b', toTag: '1', fromTag: '2', earlyOnly: false };
  t.deepEqual(seen, [read, read]);
  t.is(answers(p, 'SIP/2.0 400').length, 3);
});
