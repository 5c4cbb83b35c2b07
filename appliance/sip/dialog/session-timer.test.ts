import test from 'ava';
import { Headers } from '../message/headers.ts';
import { BOB, type Pair, pair } from '../testing/agents.ts';
import { requestText } from '../testing/raw-peer.ts';
import type { Session } from './session.ts';
import { agreedIn, asking, FIRST_ASK, granting, isTooShort, raised } from './session-expires.ts';

const SDP = Buffer.from('v=0\r\no=x 1 1 IN IP4 192.0.2.1\r\n');
const URI = `sip:bob@${BOB}`;
const PHONE = '192.0.2.3';
const timer = (value: string, more: [string, string][] = []) =>
  Headers.of([['Session-Expires', value], ['Supported', 'timer'], ...more]);

test('who refreshes, and how often: RFC 4028 table 2', (t) => {
  const cases: [Headers, number | null, boolean, RegExp][] = [
    [Headers.of([]), null, false, /^$/],
    [Headers.of([['k', '100rel, timer']]), 1800, true, /^1800;refresher=uas$/],
    [timer('600'), 600, true, /^600;refresher=uas$/],
    [timer('600;refresher=uac'), 600, false, /^600;refresher=uac$/],
    [timer('600;Refresher=UAS'), 600, true, /^600;refresher=uas$/],
    [timer('7200;refresher=uac'), 1800, false, /^1800/],
    [timer('7200', [['Min-SE', '3600']]), 3600, true, /^3600/],
    // A proxy asked; the caller itself knows no timer, so nobody but we can refresh.
    [Headers.of([['x', '600;refresher=uac']]), 600, true, /^600;refresher=uas$/],
    [timer('soon'), 1800, true, /^1800;refresher=uas$/],
  ];
  for (const [headers, seconds, ours, said] of cases) {
    const granted = granting(headers);
    t.deepEqual(granted.interval, seconds === null ? null : { seconds, ours });
    const named = new Map(granted.headers);
    t.regex(named.get('Session-Expires') ?? '', said);
    t.is(named.has('Require'), headers.all('Supported').includes('timer') || headers.has('k'));
  }
  t.true(isTooShort(timer('60')));
  t.false(isTooShort(timer('90')));
  t.false(isTooShort(Headers.of([['Session-Expires', '60']])), 'who knows no timer would not know what 422 is');
  t.deepEqual(agreedIn(timer('1800;refresher=uas')), { seconds: 1800, ours: false });
  t.deepEqual(
    agreedIn(timer('5;refresher=uac')),
    { seconds: 90, ours: true },
    'no peer makes us refresh without pause',
  );
  t.is(agreedIn(Headers.of([])), null);
});

test('a 422 raises what is asked for, until that is of no use', (t) => {
  const min = (seconds: number) => Headers.of([['Min-SE', String(seconds)]]);
  t.deepEqual(asking(FIRST_ASK, true), [['Session-Expires', '1800;refresher=uac']]);
  const longer = raised(FIRST_ASK, min(3600));
  t.deepEqual(asking(longer, true), [
    ['Session-Expires', '3600;refresher=uac'],
    ['Min-SE', '3600'],
  ]);
  t.is(raised(longer, min(3600)), longer, 'the same again would not help');
  t.is(raised(longer, Headers.of([])), longer);
  t.is(raised(longer, min(1_000_000)), null);
  t.deepEqual(asking(null, true), []);
});

/** How many different messages began so: repeated ones count once. */
const count = (p: Pair, start: string) =>
  new Set(p.network.sent.filter(({ line }) => line.startsWith(start)).map(({ text }) => text)).size;

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

/** Lets promises settle between turns of the clock. */
async function advance(p: Pair, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 15) {
    p.clock.advance(15_000);
    await new Promise(setImmediate);
  }
}

test('a call that lasts is refreshed by UPDATE at half time, and neither side notices', async (t) => {
  const p = await pair();
  const [hers, his] = connected(p);
  his.onReinvite = () => t.fail('a refresh offers nothing');
  await advance(p, 2 * 3600);
  t.false(hers.ended || his.ended);
  t.is(count(p, 'UPDATE'), 7);
  t.is(count(p, 'INVITE'), 1);
  hers.bye();
  await advance(p, 60);
  t.is(p.clock.pending, 0, 'and no alarm is left');
});

test('a peer that vanished: its caller notices at the refresh, its callee a little before the end', async (t) => {
  for (const silent of ['bob', 'alice'] as const) {
    const p = await pair(silent);
    const [hers, his] = connected(p);
    let why = '';
    const left = silent === 'bob' ? hers : his;
    left.onEnded = ({ by }) => {
      why = by;
    };
    await p[silent].close();
    await advance(p, silent === 'bob' ? 900 : 1755);
    t.is(why, '');
    await advance(p, 60);
    t.is(why, 'timeout');
    t.is(count(p, 'BYE'), 1);
  }
});

test('a peer without the call any more (481) ends it at the refresh', async (t) => {
  const p = await pair();
  const [hers] = connected(p);
  let why = '';
  hers.onEnded = ({ by }) => {
    why = by;
  };
  await p.bob.close();
  await p.join(BOB).start();
  await advance(p, 930);
  t.is(why, 'remote');
});

/** A phone made by hand in a call with Bob; `offers` is what its INVITE says of timers and methods. */
async function byHand(offers: string) {
  const p = await pair();
  let session: Session | undefined;
  p.bob.onInvite = (call) => {
    session = call.accept(SDP);
  };
  const say = (method: string, seq: number, more: string, toTag = '', body = '') => {
    const branch = `z9hG4bK${method}${seq}`;
    p.network.inject(PHONE, BOB, requestText(method, URI, { branch, seq, more, toTag, body }));
    p.clock.advance(50);
  };
  const answer = (request: string, status: string, more: string[] = []) => {
    const kept = request.split('\r\n').filter((line) => /^(Via|From|To|Call-ID|CSeq):/.test(line));
    p.network.inject(PHONE, BOB, [`SIP/2.0 ${status}`, ...kept, ...more, 'Content-Length: 0', '', ''].join('\r\n'));
    p.clock.advance(50);
  };
  say('INVITE', 1, `Content-Type: application/sdp\r\n${offers}`, '', 'v=0\r\no=phone\r\n');
  const ok = p.network.sent.findLast(({ line }) => line.startsWith('SIP/2.0'))!;
  const toTag = /\r\nTo: [^\r]*tag=([^\r;]+)/.exec(ok.text)?.[1] ?? '';
  if (session) say('ACK', 1, '', toTag);
  return {
    p,
    session,
    ok: ok.text,
    say: (method: string, seq: number, more = '') => say(method, seq, more, toTag),
    answer,
  };
}

test('too short an interval is refused with ours, before anybody rings; in the middle of the call as well', async (t) => {
  const short = await byHand('Session-Expires: 30\r\nSupported: timer');
  t.regex(short.ok, /^SIP\/2.0 422 [\s\S]*\r\nMin-SE: 90\r\n/);
  t.is(short.session, undefined);
  const { p, ok, say } = await byHand('Session-Expires: 600;refresher=uac\r\nSupported: timer');
  t.regex(
    ok,
    /\r\nSession-Expires: 600;refresher=uac\r\nRequire: timer\r\n|\r\nSession-Expires: 600;refresher=uac[\s\S]*\r\nRequire: timer\r\n/,
  );
  say('UPDATE', 2, 'Session-Expires: 80\r\nSupported: timer');
  t.is(count(p, 'SIP/2.0 422'), 1);
});

test('the peer refreshes: each refresh counts; when it stops, the call ends before its time is out', async (t) => {
  const { p, session, say } = await byHand('Session-Expires: 90;refresher=uac\r\nSupported: timer');
  for (let seq = 2; seq < 6; seq++) {
    await advance(p, 45);
    say('UPDATE', seq, 'Session-Expires: 90;refresher=uac\r\nSupported: timer');
  }
  t.false(session!.ended);
  const ok = p.network.sent.findLast(({ line }) => line.startsWith('SIP/2.0 200'))!;
  t.regex(ok.text, /\r\nSession-Expires: 90;refresher=uac\r\n/);
  await advance(p, 45);
  t.false(session!.ended);
  await advance(p, 30);
  t.true(session!.ended);
  t.is(count(p, 'BYE'), 1);
});

test('a phone without UPDATE is refreshed by re-INVITE, word for word what stands', async (t) => {
  const { p, session, answer } = await byHand('Session-Expires: 90;refresher=uas\r\nSupported: timer');
  await advance(p, 45);
  const [invite] = p.network.sent.filter(({ line, from }) => from === BOB && line.startsWith('INVITE'));
  t.true(invite!.text.endsWith(`\r\n\r\n${SDP}`));
  t.regex(invite!.text, /\r\nSession-Expires: 1800;refresher=uac\r\n/);
  answer(invite!.text, '422 Session Interval Too Small', ['Min-SE: 2000']);
  const again = p.network.sent.findLast(({ line }) => line.startsWith('INVITE'))!;
  t.regex(again.text, /\r\nSession-Expires: 2000;refresher=uac\r\nMin-SE: 2000\r\n/);
  const heard: string[] = [];
  session!.onAnswer = (sdp) => heard.push(String(sdp));
  answer(again.text, '200 OK', ['Contact: <sip:raw@127.0.0.1:5099>', 'Session-Expires: 2000;refresher=uac']);
  await advance(p, 900);
  t.is(count(p, 'INVITE'), 3);
  t.deepEqual(heard, []);
  t.false(session!.ended);
});

test('UPDATE that is listed but refused gives way to re-INVITE; a refresh that fails otherwise is tried again', async (t) => {
  const { p, session, answer } = await byHand(
    'Session-Expires: 800;refresher=uas\r\nSupported: timer\r\nAllow: UPDATE',
  );
  await advance(p, 405);
  const update = () => p.network.sent.findLast(({ line }) => line.startsWith('UPDATE'))!;
  answer(update().text, '503 Service Unavailable');
  await advance(p, 120);
  t.is(count(p, 'UPDATE'), 2);
  answer(update().text, '501 Not Implemented');
  await advance(p, 15);
  t.is(p.network.sent.filter(({ line, from }) => from === BOB && line.startsWith('INVITE')).length, 1);
  t.false(session!.ended);
});

test('our INVITE is sent again with the interval that a 422 demands, and the call stands', async (t) => {
  const p = await pair();
  let refused = false;
  p.network.lose = ({ line, text, from }) => {
    if (!line.startsWith('INVITE') || refused) return false;
    refused = true;
    const kept = text.split('\r\n').filter((line) => /^(Via|From|To|Call-ID|CSeq):/.test(line));
    const answer = ['SIP/2.0 422 Too Small', ...kept, 'Min-SE: 4000', 'Content-Length: 0', '', ''];
    p.network.inject(BOB, from, answer.join('\r\n'));
    return true;
  };
  const [hers] = connected(p);
  t.false(hers.ended);
  const [, second] = p.network.sent.filter(({ line }) => line.startsWith('INVITE'));
  t.regex(second!.text, /\r\nCSeq: 2 INVITE[\s\S]*\r\nSession-Expires: 4000;refresher=uac\r\nMin-SE: 4000\r\n/);
  const ok = p.network.sent.find(({ line }) => line.startsWith('SIP/2.0 200'))!;
  t.regex(
    ok.text,
    /\r\nSession-Expires: 4000;refresher=uac\r\n/,
    'the callee must not go below the Min-SE that it is told',
  );
});
