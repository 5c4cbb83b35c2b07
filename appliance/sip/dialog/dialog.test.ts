import test from 'ava';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { parseMessage } from '../message/parse.ts';
import { writeRequest } from '../message/write.ts';
import {
  type Dialog,
  dialogOfClient,
  dialogOfServer,
  keyOf,
  keyOfRequest,
  nextHop,
  receivedIn,
  refreshed,
  requestIn,
} from './dialog.ts';

const invite = (text: string) =>
  parseMessage(
    Buffer.from(
      `INVITE sip:bob@box SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\n${text}From: "Al" <sip:al@a>;tag=al\r\nTo: <sip:bob@box>\r\nCall-ID: c\r\nCSeq: 41 INVITE\r\nContact: <sip:al@192.0.2.1:5070>\r\nContent-Length: 0\r\n\r\n`,
    ),
  ) as SipRequest;
const ok = (text: string) =>
  parseMessage(
    Buffer.from(
      `SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\n${text}From: <sip:box@box>;tag=us\r\nTo: <sip:al@a>;tag=al\r\nCall-ID: c\r\nCSeq: 3 INVITE\r\nContact: <sip:al@192.0.2.1>\r\nContent-Length: 0\r\n\r\n`,
    ),
  ) as SipResponse;
const header = (draft: { headers: readonly (readonly [string, string])[] }, name: string) =>
  draft.headers.filter(([key]) => key === name).map(([, value]) => value);

test('as callee: tags and identities swapped, routes as recorded, the peer’s Contact as target', (t) => {
  const dialog = dialogOfServer(invite('Record-Route: <sip:p2;lr>, <sip:p1;lr>\r\n'), 'us');
  const [next, draft] = requestIn(dialog, { method: 'BYE' });
  t.is(draft.uri, 'sip:al@192.0.2.1:5070');
  t.deepEqual(header(draft, 'Route'), ['<sip:p2;lr>', '<sip:p1;lr>']);
  t.deepEqual(header(draft, 'From'), ['<sip:bob@box>;tag=us']);
  t.deepEqual(header(draft, 'To'), ['"Al" <sip:al@a>;tag=al']);
  t.deepEqual(header(draft, 'CSeq'), ['1 BYE']);
  t.deepEqual(header(requestIn(next, { method: 'INFO' })[1], 'CSeq'), ['2 INFO']);
  t.is(nextHop(dialog), 'sip:p2;lr');
});

test('as caller: routes reversed, numbers go on from the INVITE, the ACK has the INVITE’s', (t) => {
  const dialog = dialogOfClient('sip:al@a', 3, ok('Record-Route: <sip:p2;lr>\r\nRecord-Route: <sip:p1;lr>\r\n'));
  t.deepEqual(dialog.routeSet, ['<sip:p1;lr>', '<sip:p2;lr>']);
  const [same, ack] = requestIn(dialog, { method: 'ACK', seq: 3 });
  t.is(same, dialog);
  t.deepEqual(header(ack, 'CSeq'), ['3 ACK']);
  t.deepEqual(header(requestIn(dialog, { method: 'BYE' })[1], 'CSeq'), ['4 BYE']);
});

test('a strict router of RFC 2543 gets its own URI on top and the target last (12.2.1.1)', (t) => {
  const dialog = dialogOfServer(invite('Record-Route: <sip:strict>, <sip:loose;lr>\r\n'), 'us');
  const [, draft] = requestIn(dialog, { method: 'BYE' });
  t.is(draft.uri, 'sip:strict');
  t.deepEqual(header(draft, 'Route'), ['<sip:loose;lr>', '<sip:al@192.0.2.1:5070>']);
});

test('both ends name the dialog by the same key, the other way round', (t) => {
  const dialog = dialogOfServer(invite(''), 'us');
  const fromPeer = writeRequest({
    method: 'BYE',
    uri: 'sip:x',
    headers: [
      ['From', '<sip:al@a>;tag=al'],
      ['To', '<sip:bob@box>;tag=us'],
      ['Call-ID', 'c'],
      ['CSeq', '42 BYE'],
    ],
  });
  t.is(keyOfRequest(fromPeer), keyOf(dialog));
  t.is(keyOfRequest(invite('')), null, 'no To tag, no dialog');
});

test('requests out of order are refused, in order they count', (t) => {
  const dialog: Dialog = dialogOfServer(invite(''), 'us');
  const numbered = (number: number) =>
    writeRequest({ method: 'INFO', uri: 'sip:x', headers: [['CSeq', `${number} INFO`]] });
  t.is(receivedIn(dialog, numbered(40)), null);
  const next = receivedIn(dialog, numbered(50))!;
  t.is(next.remoteSeq, 50);
  t.is(receivedIn(next, numbered(49)), null);
});

test('a target refresh moves the Contact and nothing else', (t) => {
  const dialog = dialogOfServer(invite('Record-Route: <sip:p;lr>\r\n'), 'us');
  const moved = refreshed(dialog, ok('Record-Route: <sip:evil;lr>\r\n'));
  t.deepEqual(moved, { ...dialog, remoteTarget: 'sip:al@192.0.2.1' });
});
