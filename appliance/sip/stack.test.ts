import { Counters } from '@belkluis/shared/base/counters';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import { openGuard } from './defence/guard.ts';
import { TRANSACTION_BURST, URGENT_BURST } from './defence/limits.ts';
import { BOB, type Pair, pair } from './testing/agents.ts';
import { deafFlow } from './testing/flow.ts';
import { requestText } from './testing/raw-peer.ts';

const RAW = '192.0.2.3';
const URI = `sip:bob@${BOB}`;

/** Bob's answers to one injected message, within a second. */
function ask(p: Pair, text: string, from = RAW): { line: string; text: string }[] {
  const before = p.network.sent.length;
  p.network.inject(from, BOB, text);
  p.clock.advance(1000);
  return p.network.sent.slice(before + 1).filter(({ to }) => to === from);
}
const statuses = (answers: { line: string }[]) => answers.map(({ line }) => line.split(' ')[1]);

test('OPTIONS is answered with what we can do, to where it came from', async (t) => {
  const p = await pair();
  const [answer] = ask(p, requestText('OPTIONS', URI));
  t.is(answer!.line, 'SIP/2.0 200 OK');
  t.regex(answer!.text, /\r\nAllow: INVITE, ACK/);
  t.regex(answer!.text, /\r\nAccept: application\/sdp/);
  t.regex(answer!.text, /\r\nVia: SIP\/2.0\/UDP 127.0.0.1:5099;branch=z9hG4bKraw1;received=192.0.2.3;rport=5060\r\n/);
});

test('refusals, each with what the peer needs to do better', async (t) => {
  const invite = (more: string, body = '') => requestText('INVITE', URI, { more, body });
  const cases: [string, string, RegExp][] = [
    [requestText('DANCE', URI), '501', /\r\nAllow: /],
    [requestText('REFER', URI), '400', /One Refer-To/],
    [requestText('PRACK', URI), '481', /./],
    [requestText('OPTIONS', 'mailto:bob@x'), '416', /./],
    [invite('Require: teleport, 100rel, precondition'), '420', /\r\nUnsupported: teleport, precondition\r\n/],
    [invite('Content-Type: text/html', '<p>'), '415', /\r\nAccept: application\/sdp/],
    [invite('Content-Type: application/sdp\r\nContent-Encoding: gzip', 'x'), '415', /\r\nAccept-Encoding: identity/],
    [invite('', 'v=0'), '400', /./],
    [invite('Accept: text/plain, image/*'), '406', /./],
    [requestText('INVITE', URI).replace('Max-Forwards: 70', 'Max-Forwards: 0'), '483', /./],
    [requestText('CANCEL', URI), '481', /./],
    [requestText('BYE', URI, { toTag: 'nobody' }), '481', /./],
    [requestText('INVITE', URI, { toTag: 'nobody' }), '481', /./],
    [requestText('OPTIONS', URI).replace('CSeq: 1 OPTIONS', 'CSeq: 1 BYE'), '400', /./],
    [requestText('OPTIONS', URI).replace('SIP/2.0\r\n', 'SIP/7.0\r\n'), '505', /./],
  ];
  for (const [text, status, detail] of cases) {
    const p = await pair();
    const [answer] = ask(p, text);
    t.is(answer?.line.split(' ')[1], status, text.split('\r\n')[0]);
    t.regex(answer!.text, detail);
  }
});

test('an option that the box supports may be required, and optional bodies may be strange', async (t) => {
  const p = await pair('supported', { supported: ['siprec'] });
  let invites = 0;
  p.bob.onInvite = (call) => {
    invites++;
    call.reject(480);
  };
  ask(p, requestText('INVITE', URI, { more: 'Require: siprec' }));
  const more = 'Content-Type: image/png\r\nContent-Disposition: icon;handling=optional';
  ask(p, requestText('INVITE', URI, { branch: 'z9hG4bKtwo', callId: 'two', more, body: 'x' }));
  t.is(invites, 2);
});

test('silence for what must not be answered: ACK, stray responses, noise', async (t) => {
  const p = await pair();
  t.deepEqual(ask(p, requestText('ACK', URI, { toTag: 'x' })), []);
  t.deepEqual(ask(p, requestText('ACK', URI).replace('CSeq: 1 ACK', 'CSeq: x')), []);
  t.deepEqual(
    ask(
      p,
      'SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP x;branch=z9hG4bKx\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n\r\n',
    ),
    [],
  );
  t.deepEqual(ask(p, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'), []);
  t.is(p.counters.get('sip.response.stray'), 1);
  t.is(p.bob.dialogs, 0);
});

test('a CANCEL from another address does not end a phone’s call', async (t) => {
  const p = await pair();
  let cancelled = 0;
  p.bob.onInvite = (call) => {
    call.progress(180);
    call.onCancelled = () => {
      cancelled++;
    };
  };
  ask(p, requestText('INVITE', URI));
  t.deepEqual(statuses(ask(p, requestText('CANCEL', URI), '192.0.2.66')), ['481']);
  t.is(cancelled, 0);
  t.deepEqual(
    statuses(ask(p, requestText('CANCEL', URI)))
      .slice(0, 2)
      .sort(),
    ['200', '487'],
  );
  t.is(cancelled, 1);
});

test('the same request over another path is answered 482, the same packet again is not a second call', async (t) => {
  const p = await pair();
  let calls = 0;
  p.bob.onInvite = (call) => {
    calls++;
    call.progress(180);
  };
  ask(p, requestText('INVITE', URI));
  t.deepEqual(statuses(ask(p, requestText('INVITE', URI))), ['180']);
  t.deepEqual(statuses(ask(p, requestText('INVITE', URI, { branch: 'z9hG4bKfork' }))).slice(0, 1), ['482']);
  t.is(calls, 1);
});

test('a phone of RFC 2543, without branches, can call and acknowledge a refusal', async (t) => {
  const p = await pair();
  p.bob.onInvite = (call) => call.reject(486);
  const [busy] = ask(p, requestText('INVITE', URI, { branch: '1' }));
  t.is(busy!.line, 'SIP/2.0 486 Busy Here');
  const toTag = /\r\nTo: [^\r]*tag=([^\r;]+)/.exec(busy!.text)![1]!;
  ask(p, requestText('ACK', URI, { branch: '1', toTag }));
  const before = p.network.sent.length;
  p.clock.advance(40_000);
  t.is(p.network.sent.length, before, 'no further 486');
});

test('a flood gets 503 with Retry-After, then silence; other peers and calls that stand go on', async (t) => {
  const p = await pair();
  let ended = '';
  p.bob.onInvite = (call) => {
    call.accept(Buffer.from('v=0')).onEnded = ({ by }) => {
      ended = by;
    };
  };
  const [ok] = ask(p, requestText('INVITE', URI, { callId: 'standing' }));
  const toTag = /\r\nTo: [^\r]*tag=([^\r;]+)/.exec(ok!.text)![1]!;
  ask(p, requestText('ACK', URI, { callId: 'standing', branch: 'z9hG4bKack', toTag }));
  const answers: string[] = [];
  const before = p.network.sent.length;
  const flood = TRANSACTION_BURST + 300;
  for (let i = 0; i < flood; i++) {
    p.network.inject(RAW, BOB, requestText('OPTIONS', URI, { branch: `z9hG4bKflood${i}`, callId: `flood${i}` }));
  }
  const bye = requestText('BYE', URI, { callId: 'standing', branch: 'z9hG4bKbye', toTag, seq: 2 });
  p.network.inject(RAW, BOB, bye);
  p.clock.advance(100);
  const answered = p.network.sent.find(({ to, text }) => to === RAW && text.includes('CSeq: 2 BYE'));
  t.is(answered?.line, 'SIP/2.0 200 OK', 'the flooder’s own call can still be hung up');
  t.is(ended, 'remote');
  for (const { to, text } of p.network.sent.slice(before))
    if (to === RAW && text.includes('OPTIONS')) answers.push(text);
  t.true(answers.length < flood, 'silence in the end');
  t.regex(answers.at(-1)!, /^SIP\/2.0 503 [\s\S]*\r\nRetry-After: \d+\r\n/);
  t.deepEqual(statuses(ask(p, requestText('OPTIONS', URI, { branch: 'z9hG4bKo', callId: 'o' }), '192.0.2.4')), ['200']);
});

test('a registered phone that has used up its share still calls for help, now and then; a stranger does not', async (t) => {
  const guard = openGuard({ clock: new ManualClock(), counters: new Counters() });
  const p = await pair('urgent', { guard });
  p.bob.isUrgent = ({ method, uri }) => method === 'INVITE' && uri.includes('112');
  let n = 0;
  const invite = (user: string) => {
    const branch = `z9hG4bKu${++n}`;
    const answers = ask(p, requestText('INVITE', `sip:${user}@${BOB}`, { branch, callId: `u${n}` }));
    return statuses(answers.filter(({ text }) => text.includes(branch))).at(-1);
  };
  const useUp = () => {
    for (let i = 0; i < TRANSACTION_BURST; i++) p.network.inject(RAW, BOB, requestText('OPTIONS', URI));
    p.clock.advance(100);
  };
  useUp();
  t.is(invite('112'), '503');
  guard.proved('anna', { ...deafFlow('UDP', RAW), id: `UDP ${BOB} ${RAW}:5060` });
  useUp();
  t.is(invite('bob'), '503');
  for (let i = 0; i < URGENT_BURST; i++) t.is(invite('112'), '480', 'which is what nobody here answers with');
  t.is(invite('112'), '503');
});

test('a handler that throws costs one request', async (t) => {
  const p = await pair();
  p.bob.onRequest = () => {
    throw new Error('bug');
  };
  t.deepEqual(statuses(ask(p, requestText('MESSAGE', URI))), ['500']);
  t.deepEqual(statuses(ask(p, requestText('OPTIONS', URI, { branch: 'z9hG4bKo', callId: 'o' }))), ['200']);
});

test('nothing that a request carries breaks a line of ours', async (t) => {
  const p = await pair();
  const folded = requestText('OPTIONS', URI).replace('To: <', 'To: "a\r\n\tb" <');
  const [answer] = ask(p, folded);
  t.regex(answer!.text, /\r\nTo: "a\s+b" <sip:bob/);
});
