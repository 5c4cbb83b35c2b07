/** What happens in a dialog before its call is answered: RFC 3262, 3311, 5009, 6228. */
import test from 'ava';
import { BOB, type Pair, pair } from '../testing/agents.ts';
import { requestText } from '../testing/raw-peer.ts';
import type { IncomingCall } from './incoming-call.ts';
import type { CallFailure, OutgoingCall } from './outgoing-call.ts';
import type { Session } from './session.ts';

const OFFER = Buffer.from('v=0\r\no=alice 1\r\n');
const EARLY = Buffer.from('v=0\r\no=bob 1 early\r\n');
const OTHER = Buffer.from('v=0\r\no=bob 2 other\r\n');
const PHONE = '192.0.2.3';
const URI = `sip:bob@${BOB}`;
const sdp = 'Content-Type: application/sdp';

const sent = (p: Pair, start: string) => p.network.sent.filter(({ line }) => line.startsWith(start));
const count = (p: Pair, start: string) => sent(p, start).length;
const settle = () => new Promise(setImmediate);

/** Alice rings at Bob; nobody has answered. */
function ringing(p: Pair, offer: Buffer | null = OFFER) {
  let incoming: IncomingCall | undefined;
  const told: string[] = [];
  p.bob.onInvite = (call) => {
    incoming = call;
    call.onCancelled = () => told.push('bob cancelled');
  };
  const outgoing = p.alice.invite({ ...p.toBob, sdp: offer });
  const has: { session?: Session; failure?: CallFailure } = {};
  outgoing.onAnswered = (session) => {
    has.session = session;
    session.onReinvite = ({ accept }) => accept(OFFER);
  };
  outgoing.onFailed = (failure) => {
    has.failure = failure;
  };
  p.clock.advance(20);
  return { outgoing, incoming: incoming!, told, has };
}

test('an answer in a reliable 183 is the answer: acknowledged by PRACK, not repeated in the 200', async (t) => {
  const p = await pair();
  const { outgoing, incoming, has } = ringing(p);
  const heard: (string | null)[] = [];
  outgoing.onProgress = (_response, said, fork) => heard.push(said && `${said} ${fork.reliable}`);
  incoming.progress(180);
  incoming.progress(183, EARLY);
  p.clock.advance(100);
  t.deepEqual(heard, [null, `${EARLY} true`]);
  t.deepEqual(incoming.agreed, EARLY);
  t.is(count(p, 'PRACK'), 1);
  t.regex(sent(p, 'PRACK')[0]!.text, /\r\nRAck: \d+ 1 INVITE\r\n/);
  t.notRegex(sent(p, 'SIP/2.0 180')[0]!.text, /100rel\r\n[\s\S]*RSeq/);
  incoming.progress(183, OTHER);
  const his = incoming.accept(EARLY);
  p.clock.advance(100);
  const ok = sent(p, 'SIP/2.0 200').find(({ text }) => /CSeq: 1 INVITE/.test(text))!;
  t.regex(ok.text, /\r\nContent-Length: 0\r\n/);
  t.deepEqual([has.session!.localSdp, has.session!.remoteSdp], [OFFER, EARLY]);
  t.deepEqual([his.localSdp, his.remoteSdp], [EARLY, OFFER]);
  t.is(count(p, 'INVITE'), 1, 'nothing has changed, so nothing is offered anew');
  his.bye();
  p.clock.advance(120_000);
  t.is(p.clock.pending, 0);
});

test('a reliable response is repeated until its PRACK comes; the answer to the call waits for it', async (t) => {
  const p = await pair();
  const { incoming, has } = ringing(p);
  p.network.lose = ({ line }) => line.startsWith('SIP/2.0 183');
  incoming.progress(183, EARLY);
  incoming.progress(180);
  p.clock.advance(3_400);
  t.is(count(p, 'SIP/2.0 183'), 3, 'at 0, 0.5 and 1.5 s');
  const his = incoming.accept(EARLY);
  t.is(count(p, 'SIP/2.0 200'), 0);
  const blind = his.reinvite(OTHER);
  p.network.lose = () => false;
  p.clock.advance(1_000);
  t.truthy(has.session);
  t.is(count(p, 'SIP/2.0 183'), 4);
  p.clock.advance(1_000);
  t.true((await blind).ok, 'and what was wished for meanwhile is done after it');
});

test('nobody acknowledges: the call is refused with a 5xx, whether or not it was about to be answered', async (t) => {
  for (const answered of [false, true]) {
    const p = await pair(String(answered));
    const { incoming, told, has } = ringing(p);
    p.network.lose = ({ line }) => line.startsWith('PRACK');
    incoming.progress(183, EARLY);
    if (answered) incoming.accept(EARLY).onEnded = ({ by }) => told.push(`bob ${by}`);
    p.clock.advance(40_000);
    t.is(has.failure?.status, 504);
    t.deepEqual(told, [answered ? 'bob timeout' : 'bob cancelled']);
    p.clock.advance(60_000);
    t.is(p.alice.dialogs + p.bob.dialogs, 0);
    t.is(p.clock.pending, 0);
  }
});

test('a caller that gives up, or a callee that hangs up, while the answer waits for a PRACK', async (t) => {
  for (const who of ['caller', 'callee'] as const) {
    const p = await pair(who);
    const { outgoing, incoming, told, has } = ringing(p);
    p.network.lose = ({ line }) => line.startsWith('PRACK');
    incoming.progress(183, EARLY);
    p.clock.advance(100);
    const his = incoming.accept(EARLY);
    his.onEnded = ({ by }) => told.push(by);
    if (who === 'caller') outgoing.cancel();
    else his.bye();
    p.clock.advance(1_000);
    t.deepEqual(told, [who === 'caller' ? 'remote' : 'local']);
    t.is(has.failure?.status, who === 'caller' ? 487 : 480);
    t.is(count(p, 'BYE'), 0);
    p.clock.advance(120_000);
    t.is(p.clock.pending, 0);
  }
});

test('who picks up with another description than was agreed on early: it is offered after the answer', async (t) => {
  const p = await pair();
  const { incoming, has } = ringing(p);
  incoming.progress(183, EARLY);
  p.clock.advance(100);
  const his = incoming.accept(OTHER);
  const answers: string[] = [];
  his.onAnswer = (said) => answers.push(String(said));
  p.clock.advance(20);
  has.session!.onReinvite = ({ sdp: offered, accept }) => accept(Buffer.concat([OFFER, offered!]));
  p.clock.advance(200);
  await settle();
  t.deepEqual(has.session!.remoteSdp, OTHER);
  t.deepEqual(answers, [`${OFFER}${OTHER}`]);
});

test('without an offer of the caller’s: ours goes out in the reliable 183, its answer comes in the PRACK', async (t) => {
  const p = await pair();
  const { outgoing, incoming, has } = ringing(p, null);
  const answers: string[] = [];
  incoming.onAnswer = (said) => answers.push(String(said));
  outgoing.onProgress = (_response, said, fork) => {
    t.deepEqual(said, EARLY);
    p.clock.after(2_000, () => fork.acknowledge(OFFER));
  };
  incoming.progress(183, EARLY);
  p.clock.advance(1_000);
  t.is(count(p, 'PRACK'), 0, 'the PRACK waits for the answer');
  const early = incoming.update(OTHER);
  t.like(await early, { ok: false, status: 491 });
  p.clock.advance(2_000);
  t.deepEqual(answers, [String(OFFER)]);
  const his = incoming.accept(EARLY);
  p.clock.advance(100);
  t.deepEqual([his.localSdp, his.remoteSdp], [EARLY, OFFER]);
  t.deepEqual([has.session!.localSdp, has.session!.remoteSdp], [OFFER, EARLY]);
  t.is(count(p, 'ACK'), 1);
  t.regex(sent(p, 'ACK')[0]!.text, /\r\nContent-Length: 0\r\n/);
});

test('UPDATE before the answer, both ways; not before something is agreed on', async (t) => {
  const p = await pair();
  const { outgoing, incoming, has } = ringing(p);
  t.like(await incoming.update(OTHER), { ok: false, status: 491 });
  incoming.progress(183, EARLY);
  p.clock.advance(100);
  const [fork] = outgoing.forks;
  fork!.onReoffer = ({ accept }) => accept(OFFER);
  const moved = incoming.update(OTHER);
  p.clock.advance(100);
  t.true((await moved).ok);
  t.deepEqual(fork!.sdp, OTHER);
  t.deepEqual(incoming.agreed, OTHER);
  incoming.onReoffer = ({ accept }) => p.clock.after(500, () => accept(EARLY));
  const back = fork!.update(Buffer.from('v=0\r\no=alice 2\r\n'));
  p.clock.advance(100);
  const his = incoming.accept(EARLY);
  p.clock.advance(100);
  t.is(has.session, undefined, 'the answer to the call waits for that to the offer (RFC 6337 3.1)');
  p.clock.advance(500);
  t.true((await back).ok);
  p.clock.advance(100);
  t.is(String(has.session!.localSdp), 'v=0\r\no=alice 2\r\n');
  t.deepEqual(his.remoteSdp, has.session!.localSdp);
});

test('an UPDATE does not overtake the PRACK before it, which would be refused then as out of order (12.2.2)', async (t) => {
  const p = await pair();
  const { outgoing, incoming } = ringing(p);
  let lost = false;
  p.network.lose = ({ line }) => {
    if (lost || !line.startsWith('PRACK')) return false;
    lost = true;
    return true;
  };
  incoming.onReoffer = ({ accept }) => accept(OTHER);
  incoming.progress(183, EARLY);
  p.clock.advance(20);
  const moved = outgoing.forks[0]!.update(OFFER);
  p.clock.advance(1_000);
  t.true((await moved).ok);
  t.is(count(p, 'SIP/2.0 500'), 0);
});

/** A phone made by hand that calls Bob. */
async function byHand(more: string, body = String(OFFER)) {
  const p = await pair();
  let incoming: IncomingCall | undefined;
  p.bob.onInvite = (call) => {
    incoming = call;
  };
  const say = (method: string, seq: number, headers: string, sdpBody = '', toTag = '') => {
    const before = p.network.sent.length;
    const branch = `z9hG4bK${method}${seq}`;
    p.network.inject(PHONE, BOB, requestText(method, URI, { branch, seq, more: headers, body: sdpBody, toTag }));
    p.clock.advance(50);
    return p.network.sent.slice(before + 1);
  };
  say('INVITE', 1, body === '' ? more : `${sdp}\r\n${more}`, body);
  const last = () => p.network.sent.findLast(({ to, line }) => to === PHONE && line.startsWith('SIP'))!.text;
  const within = (method: string, seq: number, headers: string, sdpBody = '') => {
    const toTag = /\r\nTo: [^\r]*tag=([^\r;]+)/.exec(last())![1]!;
    return say(method, seq, headers, sdpBody, toTag)[0]?.line.split(' ')[1];
  };
  return { p, incoming: incoming!, last, within };
}
const rseq = (text: string) => /\r\nRSeq: (\d+)/.exec(text)?.[1];

test('nothing is sent reliably to who does not list 100rel; to who demands it everything is', async (t) => {
  const plain = await byHand('Supported: timer');
  plain.incoming.progress(183, EARLY);
  t.notRegex(plain.last(), /Require|RSeq/);
  t.is(plain.incoming.agreed, null);
  const strict = await byHand('Require: 100rel');
  strict.incoming.progress(180);
  t.regex(strict.last(), /^SIP\/2.0 180 [\s\S]*\r\nRequire: 100rel\r\n/);
  const blind = await byHand('Require: 100rel', '');
  blind.incoming.progress(180);
  t.deepEqual(
    blind.p.network.sent.filter(({ to }) => to === PHONE).map(({ line }) => line),
    [],
    'the first reliable response has to bring the offer, and there is none',
  );
  blind.incoming.progress(183, EARLY);
  t.regex(blind.last(), /^SIP\/2.0 183 [\s\S]*o=bob 1 early/);
});

test('PRACK: only the one that is waited for; the next response goes out after it, numbered on', async (t) => {
  const { p, incoming, last, within } = await byHand('Require: 100rel');
  incoming.progress(180);
  incoming.progress(181);
  incoming.progress(183, EARLY);
  const first = Number(rseq(last()));
  t.is(within('PRACK', 2, `RAck: ${first + 1} 1 INVITE`), '481');
  t.is(within('PRACK', 3, `RAck: ${first} 7 INVITE`), '481');
  t.is(within('PRACK', 4, 'RAck: nonsense'), '481');
  t.is(within('PRACK', 5, `RAck: ${first} 1 INVITE`), '200');
  t.is(Number(rseq(sent(p, 'SIP/2.0 183').at(-1)!.text)), first + 1, 'the 181 is out of date');
  t.is(count(p, 'SIP/2.0 181'), 0);
  t.is(within('PRACK', 6, `RAck: ${first} 1 INVITE`), '481', 'twice is once too often');
  t.is(within('PRACK', 7, `RAck: ${first + 1} 1 INVITE`, ''), '200');
});

test('an offer in a PRACK is answered in its 200; UPDATE and INVITE in between are told to wait', async (t) => {
  const { p, incoming, last, within } = await byHand('Require: 100rel\r\nAllow: UPDATE');
  incoming.progress(183, EARLY);
  const number = rseq(last());
  let answer = () => {};
  incoming.onReoffer = ({ sdp: offered, accept }) => {
    t.is(String(offered), 'v=0\r\no=phone 2\r\n');
    answer = () => accept(OTHER);
  };
  t.is(within('PRACK', 3, `RAck: ${number} 1 INVITE\r\n${sdp}`, 'v=0\r\no=phone 2\r\n'), undefined);
  t.is(within('UPDATE', 4, sdp, 'v=0\r\no=phone 3\r\n'), '500');
  t.is(within('INVITE', 5, sdp, 'v=0\r\no=phone 4\r\n'), '500');
  t.regex(last(), /\r\nRetry-After: \d+\r\n/);
  answer();
  t.regex(last(), /^SIP\/2.0 200 [\s\S]*CSeq: 3 PRACK[\s\S]*o=bob 2 other/);
  t.deepEqual(incoming.agreed, OTHER);
  t.is(within('UPDATE', 6, ''), '200', 'one without a description offers nothing');
  const clash = incoming.update(EARLY);
  t.is(within('UPDATE', 7, sdp, 'v=0\r\no=phone 5\r\n'), '491');
  incoming.reject(486);
  t.like(await clash, { ok: false, status: 487 });
  p.clock.advance(120_000);
  t.is(p.clock.pending, 0);
});

test('a PRACK without the answer to our offer: it is made again in the 200', async (t) => {
  const { incoming, last, within } = await byHand('Require: 100rel', '');
  incoming.progress(183, EARLY);
  t.is(within('PRACK', 2, `RAck: ${rseq(last())} 1 INVITE`), '200');
  incoming.accept(OTHER);
  t.regex(last(), /^SIP\/2.0 200 [\s\S]*o=bob 2 other/);
});

/** Alice's call, answered by hand: Bob's own stack hears nothing of it. */
async function answeredByHand(offer: Buffer | null = OFFER) {
  const p = await pair();
  await p.bob.close();
  const outgoing: OutgoingCall = p.alice.invite({ ...p.toBob, sdp: offer });
  const told: string[] = [];
  outgoing.onProgress = (response, said, fork) => {
    const { earlyMedia, ended } = fork;
    told.push(
      [response.status, fork.tag, said ?? '-', ...(earlyMedia ? [earlyMedia] : []), ...(ended ? ['ended'] : [])].join(
        ' ',
      ),
    );
  };
  outgoing.onFailed = ({ status, contacts }) => told.push([status, ...contacts].join(' '));
  let session: Session | undefined;
  outgoing.onAnswered = (answered) => {
    session = answered;
  };
  p.clock.advance(20);
  const [invite] = sent(p, 'INVITE');
  const say = (status: string, tag: string, headers: string[] = [], body = '') => {
    const kept = invite!.text.split('\r\n').filter((line) => /^(Via|From|Call-ID|CSeq):/.test(line));
    const lines = [...kept, `To: <${URI}>;tag=${tag}`, `Contact: <sip:${tag}@${BOB}>`, ...headers];
    if (body !== '') lines.push(sdp);
    p.network.inject(
      BOB,
      invite!.from,
      [`SIP/2.0 ${status}`, ...lines, `Content-Length: ${body.length}`, '', body].join('\r\n'),
    );
    p.clock.advance(20);
  };
  return { p, outgoing, told, say, answered: () => session };
}
const reliable = (number: number) => ['Require: 100rel', `RSeq: ${number}`];

test('forks are told apart: each has its media, its order, its PRACKs; 199 ends one; the answer is of the one that answers', async (t) => {
  const { p, outgoing, told, say, answered } = await answeredByHand();
  say('180 Ringing', 'one');
  say('183 Session Progress', 'two', [...reliable(7), 'P-Early-Media: gated, sendonly'], 'v=two');
  say('183 Session Progress', 'three', [], 'v=preview');
  say('183 Session Progress', 'two', reliable(9), 'v=gap');
  say('183 Session Progress', 'two', reliable(7), 'v=again');
  say('180 Ringing', 'two', reliable(8), 'v=ignored');
  say('183 Session Progress', 'three', [], 'v=preview2');
  t.deepEqual(told, [
    '180 one -',
    '183 two v=two sendonly',
    '183 three v=preview',
    '180 two - sendonly',
    '183 three v=preview2',
  ]);
  t.deepEqual(
    sent(p, 'PRACK').map(({ line, text }) => [
      line.split(' ')[1],
      /\r\nRAck: ([^\r]*)/.exec(text)![1],
      /\r\nCSeq: (\d+)/.exec(text)![1],
    ]),
    [
      [`sip:two@${BOB}`, '7 1 INVITE', '2'],
      [`sip:two@${BOB}`, '8 1 INVITE', '3'],
    ],
  );
  say('199 Early Dialog Terminated', 'one');
  t.is(told.at(-1), '199 one - ended');
  t.deepEqual(
    outgoing.forks.map(({ tag, sdp: said, reliable: final }) => [tag, String(said), final]),
    [
      ['two', 'v=two', true],
      ['three', 'v=preview2', false],
    ],
  );
  say('200 OK', 'two', ['Record-Route: <sip:192.0.2.9;lr>'], 'v=never mind');
  t.is(String(answered()!.remoteSdp), 'v=two', 'what was answered reliably stands');
  t.is(outgoing.forks.length, 0);
  answered()!.bye();
  const bye = sent(p, 'BYE')[0]!;
  t.regex(bye.text, /^BYE sip:two@[\s\S]*\r\nRoute: <sip:192.0.2.9;lr>[\s\S]*\r\nCSeq: 4 BYE\r\n/);
});

test('late offer: what comes unreliably is no offer; a 200 that overtakes our PRACK is answered in the ACK', async (t) => {
  const { p, told, say, answered } = await answeredByHand(null);
  say('183 Session Progress', 'one', [], 'v=useless');
  say('183 Session Progress', 'one', reliable(1), 'v=offer');
  t.deepEqual(told, ['183 one -', '183 one v=offer']);
  say('200 OK', 'one');
  t.is(String(answered()!.remoteSdp), 'v=offer');
  t.is(count(p, 'ACK'), 0);
  answered()!.acknowledge(OFFER);
  t.regex(sent(p, 'ACK')[0]!.text, /o=alice 1/);
});

test('a fork that hangs up before the answer, and a redirection with its places in order', async (t) => {
  const { p, told, say } = await answeredByHand();
  say('302 Moved', 'one', [
    'Contact: <sip:last@x>;q=0.1, <sip:first@x>',
    'Contact: "B, b" <sip:second@x;transport=tcp>;q=0.5',
    'Contact: <sip:odd@x>;q=9',
  ]);
  t.deepEqual(told, [`302 sip:one@${BOB} sip:first@x sip:second@x;transport=tcp sip:last@x sip:odd@x`]);
  p.clock.advance(60_000);
  t.is(p.clock.pending, 0);
});
