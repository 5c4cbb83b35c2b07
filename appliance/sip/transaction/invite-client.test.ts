import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import type { SipResponse } from '../message/message.ts';
import { writeRequest, writeResponse } from '../message/write.ts';
import { deafFlow } from '../testing/flow.ts';
import type { TransportName } from '../transport/flow.ts';
import { runClient } from './client.ts';

const request = (method: string) =>
  writeRequest({
    method,
    uri: 'sip:b@192.0.2.9',
    headers: [
      ['Via', 'SIP/2.0/UDP 192.0.2.8;branch=z9hG4bK1'],
      ['Route', '<sip:192.0.2.7;lr>'],
      ['From', '<sip:a@x>;tag=a'],
      ['To', '<sip:b@x>'],
      ['Call-ID', 'c'],
      ['CSeq', `7 ${method}`],
    ],
  });

function run(method: string, transport: TransportName = 'UDP') {
  const clock = new ManualClock();
  const flow = deafFlow(transport);
  const heard: (number | string)[] = [];
  let ended = false;
  const asked = request(method);
  const client = runClient({
    request: asked,
    flow,
    clock,
    user: { response: ({ status }: SipResponse) => heard.push(status), failed: (why) => heard.push(why) },
    sendCancel: (cancel) => flow.send(cancel.bytes),
    ended: () => {
      ended = true;
    },
  });
  const answer = (status: number, toTag = 'b') => client.receive(writeResponse(asked, { status, toTag }));
  const sent = (start: string) => flow.lines.filter((line) => line.startsWith(start)).length;
  return { clock, flow, heard, client, answer, sent, over: () => ended };
}

/** Times at which something was sent, in ms, when nothing comes back. */
function schedule(method: string, transport: TransportName): number[] {
  const { clock, flow } = run(method, transport);
  const times: number[] = [];
  for (let seen = 0; clock.monotonic() <= 40_000; clock.advance(100)) {
    for (; seen < flow.lines.length; seen++) times.push(clock.monotonic());
  }
  return times;
}

test('retransmissions: timers A and E', (t) => {
  t.deepEqual(schedule('INVITE', 'UDP'), [0, 500, 1500, 3500, 7500, 15_500, 31_500]);
  t.deepEqual(schedule('BYE', 'UDP'), [0, 500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]);
  t.deepEqual(schedule('INVITE', 'TCP'), [0], 'TCP repeats by itself');
  t.deepEqual(schedule('BYE', 'TLS'), [0]);
});

test('no answer: timers B and F', (t) => {
  for (const method of ['INVITE', 'BYE']) {
    const { clock, heard, over } = run(method);
    clock.advance(31_999);
    t.deepEqual(heard, []);
    clock.advance(1);
    t.deepEqual(heard, ['timeout']);
    t.true(over());
    t.is(clock.pending, 0);
  }
});

test('ringing stops the retransmissions and the clock: a phone may ring for minutes', (t) => {
  const { clock, heard, answer, sent } = run('INVITE');
  answer(180);
  clock.advance(170_000);
  t.is(sent('INVITE'), 1);
  answer(200);
  t.deepEqual(heard, [180, 200]);
});

test('a provisional response to a non-INVITE slows it down to T2', (t) => {
  const { clock, answer, sent } = run('OPTIONS');
  answer(100);
  clock.advance(500);
  t.is(sent('OPTIONS'), 2);
  clock.advance(3_999);
  t.is(sent('OPTIONS'), 2);
  clock.advance(1);
  t.is(sent('OPTIONS'), 3);
});

test('a refusal is acknowledged in the same transaction, each time it comes', (t) => {
  const { clock, flow, heard, answer, sent, over } = run('INVITE');
  answer(486, 'busy');
  answer(486, 'busy');
  t.deepEqual(heard, [486], 'told once');
  t.is(sent('ACK sip:b@192.0.2.9'), 2);
  const ack = flow.texts.at(-1)!;
  t.regex(ack, /\r\nVia: [^\r]*branch=z9hG4bK1\r\n/);
  t.regex(ack, /\r\nTo: <sip:b@x>;tag=busy\r\n/);
  t.regex(ack, /\r\nRoute: <sip:192.0.2.7;lr>\r\n/);
  t.regex(ack, /\r\nCSeq: 7 ACK\r\n/);
  clock.advance(32_000);
  t.true(over(), 'timer D');
});

test('RFC 6026: after a 2xx, more of them pass for 64*T1, and nothing else does', (t) => {
  const { clock, heard, answer, sent, over } = run('INVITE');
  answer(200, 'one');
  answer(200, 'two');
  answer(180, 'three');
  answer(486, 'four');
  clock.advance(31_999);
  answer(200, 'one');
  t.deepEqual(heard, [200, 200, 200]);
  t.is(sent('ACK'), 0, 'the ACK for a 2xx is not the transaction’s');
  clock.advance(1);
  t.true(over(), 'timer M');
  answer(200, 'late');
  t.is(heard.length, 3);
});

test('a connection that breaks fails what waits on it', (t) => {
  for (const method of ['INVITE', 'BYE']) {
    const { client, heard, over, clock } = run(method, 'TCP');
    client.flowClosed();
    t.deepEqual(heard, ['transport']);
    t.true(over());
    t.is(clock.pending, 0);
  }
});

test('CANCEL: after a provisional, once, never after the final; no final response for 64*T1 is a failure', (t) => {
  const a = run('INVITE');
  a.client.cancel([['Reason', 'SIP;cause=200']]);
  t.is(a.sent('CANCEL'), 0);
  a.answer(180);
  a.client.cancel();
  t.is(a.sent('CANCEL'), 1);
  t.regex(a.flow.texts.at(-1)!, /branch=z9hG4bK1\r\n[\s\S]*CSeq: 7 CANCEL\r\n[\s\S]*Reason: SIP;cause=200/);
  a.clock.advance(32_000);
  t.deepEqual(a.heard, [180, 'timeout']);

  const b = run('INVITE');
  b.client.cancel();
  b.answer(200);
  t.is(b.sent('CANCEL'), 0);
});
