import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import type { SipRequest } from '../message/message.ts';
import { parseMessage } from '../message/parse.ts';
import { deafFlow } from '../testing/flow.ts';
import { requestText } from '../testing/raw-peer.ts';
import type { TransportName } from '../transport/flow.ts';
import { runServer } from './server.ts';

const URI = 'sip:b@192.0.2.8';
const parsed = (text: string) => parseMessage(Buffer.from(text)) as SipRequest;

function run(method: string, transport: TransportName = 'UDP', branch = 'z9hG4bKs') {
  const clock = new ManualClock();
  const flow = deafFlow(transport);
  const request = parsed(requestText(method, URI, { branch }));
  let ended = false;
  const heard: string[] = [];
  const server = runServer({
    request,
    flow,
    clock,
    localTag: 'mine',
    product: 'test',
    ended: () => {
      ended = true;
    },
    settled: (response, ms) => heard.push(`settled ${response?.status ?? 'silently'} ${ms}`),
  });
  server.onAck = () => heard.push('ack');
  server.onFailed = (why) => heard.push(why);
  const ack = (toTag = 'mine') => server.receive(parsed(requestText('ACK', URI, { branch, toTag })));
  return { clock, flow, request, server, heard, ack, over: () => ended };
}

test('100 after 200 ms of silence, and only then', (t) => {
  const a = run('INVITE');
  a.clock.advance(199);
  a.server.receive(a.request);
  t.deepEqual(a.flow.lines, [], 'a repetition in that time has nothing to get');
  a.clock.advance(1);
  a.server.receive(a.request);
  t.deepEqual(a.flow.lines, ['SIP/2.0 100 Trying', 'SIP/2.0 100 Trying']);
  t.notRegex(a.flow.texts[0]!, /tag=mine/, 'a 100 makes no dialog');

  const b = run('INVITE');
  b.server.respond({ status: 180 });
  b.clock.advance(1000);
  b.server.receive(b.request);
  t.deepEqual(b.flow.lines, ['SIP/2.0 180 Ringing', 'SIP/2.0 180 Ringing']);
  t.regex(b.flow.texts[0]!, /;tag=mine/);
});

test('a refusal is repeated by timer G until the ACK, then timer I swallows more', (t) => {
  const { clock, flow, server, heard, ack, over } = run('INVITE');
  server.respond({ status: 486 });
  clock.advance(7_500);
  t.is(flow.lines.length, 5, 'at 0, 0.5, 1.5, 3.5 and 7.5 s');
  clock.advance(4_000);
  t.is(flow.lines.length, 6, 'then every T2');
  ack();
  ack();
  clock.advance(4_999);
  t.is(flow.lines.length, 6);
  t.false(over());
  clock.advance(1);
  t.true(over());
  t.deepEqual(heard, []);
});

test('no ACK for a refusal: timer H', (t) => {
  const { clock, server, heard, over } = run('INVITE', 'TCP');
  server.respond({ status: 404 });
  clock.advance(32_000);
  t.deepEqual(heard, ['timeout']);
  t.true(over());
});

test('RFC 6026: after a 2xx a repeated INVITE is swallowed and ACKs are handed up, for 64*T1', (t) => {
  const { clock, flow, request, server, heard, ack, over } = run('INVITE');
  const ok = server.respond({ status: 200 });
  server.receive(request);
  server.repeat(ok);
  server.respond({ status: 500 });
  t.deepEqual(flow.lines, ['SIP/2.0 200 OK', 'SIP/2.0 200 OK']);
  ack();
  t.deepEqual(heard, ['ack']);
  clock.advance(32_000);
  t.true(over(), 'timer L');
  t.is(clock.pending, 0);
});

test('RFC 6026: when the ACK for a 2xx has come, nothing is kept of the INVITE but that it is swallowed', (t) => {
  const { clock, server, heard, over } = run('INVITE');
  server.respond({ status: 200 });
  server.settle();
  t.deepEqual(heard, ['settled silently 32000']);
  t.true(over());
  t.is(clock.pending, 0);
});

test('non-INVITE: nothing is kept after the answer, which is there for who repeats the request until timer J', (t) => {
  const { clock, flow, request, server, heard, over } = run('REGISTER');
  server.receive(request);
  t.deepEqual(flow.lines, []);
  server.respond({ status: 200 });
  server.respond({ status: 500 });
  t.deepEqual(flow.lines, ['SIP/2.0 200 OK']);
  t.deepEqual(heard, ['settled 200 32000']);
  t.true(over());
  t.is(clock.pending, 0);

  const tcp = run('REGISTER', 'TCP');
  tcp.server.respond({ status: 200 });
  t.true(tcp.over());
  t.deepEqual(tcp.heard, [], 'a reliable transport repeats nothing');
});

test('a request that nobody answers is forgotten when its sender has given up', (t) => {
  const { clock, heard, over } = run('MESSAGE');
  clock.advance(32_000);
  t.deepEqual(heard, ['timeout']);
  t.true(over());
});

test('a peer without branches (RFC 2543): its ACK must carry our tag', (t) => {
  const { clock, flow, server, ack } = run('INVITE', 'UDP', '1');
  server.respond({ status: 486 });
  ack('somebody-else');
  clock.advance(500);
  t.is(flow.lines.length, 2, 'not an ACK for this');
  ack('mine');
  clock.advance(4_000);
  t.is(flow.lines.length, 2);
});
