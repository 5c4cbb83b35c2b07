import { seededChance } from '@belkluis/shared/base/chance';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import { MAX_SETTLED_TRANSACTIONS } from '../limits.ts';
import type { SipRequest } from '../message/message.ts';
import { parseMessage } from '../message/parse.ts';
import { deafFlow } from '../testing/flow.ts';
import { requestText } from '../testing/raw-peer.ts';
import { settledTransactions } from './settled.ts';
import { transactions } from './transactions.ts';

const parsed = (text: string) => parseMessage(Buffer.from(text)) as SipRequest;
const request = (method: string, branch = 'z9hG4bKs') => parsed(requestText(method, 'sip:b@192.0.2.8', { branch }));

function table() {
  const clock = new ManualClock();
  const advertised = () => ({ host: '192.0.2.8', port: 5060 });
  return { clock, table: transactions({ clock, chance: seededChance('settled'), advertised, product: 'test' }) };
}

test('a request that comes again is answered the same, to the byte, for 32 s, and its user hears of it once', (t) => {
  const { clock, table: transactions } = table();
  const flow = deafFlow();
  const asked = request('REGISTER');
  t.false(transactions.receiveRequest(asked, flow));
  transactions.serve(asked, flow).respond({ status: 200, reason: 'Gut, übrigens' });
  t.is(transactions.size, 0);
  t.true(transactions.receiveRequest(asked, flow));
  clock.advance(31_999);
  t.true(transactions.receiveRequest(asked, flow));
  t.is(flow.texts.length, 3);
  t.is(new Set(flow.texts).size, 1);
  t.true(transactions.isMerged(request('REGISTER', 'z9hG4bKother')), 'a copy over another path is still known');
  clock.advance(1);
  t.false(transactions.receiveRequest(asked, flow), 'timer J');
  clock.advance(2_000);
  t.false(transactions.isMerged(request('REGISTER', 'z9hG4bKother')));
  t.is(clock.pending, 0, 'an empty table has no timer');
});

test('an INVITE that was answered and acknowledged is swallowed when it comes again, and so is an ACK on its branch', (t) => {
  const { table: transactions } = table();
  const flow = deafFlow();
  const invite = request('INVITE');
  const transaction = transactions.serve(invite, flow);
  transaction.respond({ status: 200 });
  transaction.settle();
  t.is(transactions.size, 0);
  t.true(transactions.receiveRequest(invite, flow));
  t.true(transactions.receiveRequest(request('ACK'), flow));
  t.deepEqual(flow.lines, ['SIP/2.0 200 OK']);
});

test('there is an end to what is remembered: the oldest goes', (t) => {
  const clock = new ManualClock();
  const settled = settledTransactions(clock);
  for (let index = 0; index <= MAX_SETTLED_TRANSACTIONS; index++) {
    settled.add(`key ${index}`, { response: null, mergeKey: null, ms: 32_000 });
  }
  const flow = deafFlow();
  t.false(settled.answers('key 0', flow));
  t.true(settled.answers('key 1', flow));
  t.true(settled.answers(`key ${MAX_SETTLED_TRANSACTIONS}`, flow));
  settled.close();
  t.is(clock.pending, 0);
});
