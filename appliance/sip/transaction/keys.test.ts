import test from 'ava';
import type { SipRequest } from '../message/message.ts';
import { parseMessage } from '../message/parse.ts';
import { requestText } from '../testing/raw-peer.ts';
import { mergeKeyOf, serverKeyOf } from './keys.ts';

type Shape = NonNullable<Parameters<typeof requestText>[2]>;
const request = (method: string, shape: Shape = {}, uri = 'sip:b@x') =>
  parseMessage(Buffer.from(requestText(method, uri, shape))) as SipRequest;
const key = (method: string, shape: Shape = {}, source = '192.0.2.1', uri = 'sip:b@x') =>
  serverKeyOf(request(method, shape, uri), source);

test('with a branch: branch, sent-by, method and source decide; an ACK goes to its INVITE', (t) => {
  t.is(key('INVITE'), key('ACK'));
  t.is(key('INVITE', { seq: 1 }), key('INVITE', { seq: 2, callId: 'other' }));
  t.not(key('INVITE'), key('CANCEL'));
  t.not(key('INVITE'), key('INVITE', { branch: 'z9hG4bKraw2' }));
  t.not(key('INVITE'), key('INVITE', { port: 5098 }));
  t.not(
    key('INVITE'),
    key('INVITE', {}, '192.0.2.2'),
    'a stranger cannot speak for a phone whose branch it has guessed',
  );
  t.is(serverKeyOf(request('CANCEL'), '192.0.2.1', 'INVITE'), key('INVITE'));
});

test('without a branch, or with the cookie alone: the headers decide (17.2.3, RFC 4475 3.2.1)', (t) => {
  for (const branch of ['1', 'z9hG4bK']) {
    t.is(key('INVITE', { branch }), key('INVITE', { branch }));
    t.is(key('INVITE', { branch }), key('ACK', { branch, toTag: 'x' }));
    t.not(key('INVITE', { branch }), key('INVITE', { branch, seq: 2 }));
    t.not(key('INVITE', { branch }), key('INVITE', { branch, callId: 'other' }));
    t.not(key('INVITE', { branch }), key('INVITE', { branch }, '192.0.2.1', 'sip:c@x'));
  }
});

test('merged requests: same From tag, Call-ID and CSeq; inside a dialog the question does not arise', (t) => {
  t.is(mergeKeyOf(request('INVITE')), mergeKeyOf(request('INVITE', { branch: 'z9hG4bKother' })));
  t.not(mergeKeyOf(request('INVITE')), mergeKeyOf(request('INVITE', { tag: 'other' })));
  t.not(
    mergeKeyOf(request('INVITE')),
    mergeKeyOf(request('INVITE', {}, 'sip:c@x')),
    'a fork to another phone is no copy',
  );
  t.is(mergeKeyOf(request('INVITE', { toTag: 'x' })), null);
});
