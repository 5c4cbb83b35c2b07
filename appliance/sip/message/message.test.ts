import test from 'ava';
import { checkRequest, checkResponse } from './essentials.ts';
import { StreamFramer } from './framer.ts';
import { MAX_HEAD_BYTES, MAX_HEADER_LENGTH, MAX_HEADERS, MAX_MESSAGE_BYTES, MAX_VIA_LINES } from './limits.ts';
import type { SipRequest } from './message.ts';
import { parseNameAddr, tagOf } from './name-addr.ts';
import { parseMessage } from './parse.ts';
import { parseUri } from './uri.ts';
import { parseVia } from './via.ts';
import { writeRequest, writeResponse } from './write.ts';

const lines = (...text: string[]) => Buffer.from(`${text.join('\r\n')}\r\n\r\n`, 'latin1');
const good = [
  'OPTIONS sip:box@192.0.2.1 SIP/2.0',
  'Via: SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bKx',
  'From: "Anna" <sip:anna@example.org>;tag=1',
  'To: <sip:box@192.0.2.1>',
  'Call-ID: c1',
  'CSeq: 1 OPTIONS',
];

function request(...text: string[]): SipRequest {
  const message = parseMessage(lines(...text));
  if (message.kind !== 'request') throw new Error(JSON.stringify(message));
  return message;
}

const answerTo = (...text: string[]): number | string | null => {
  const message = parseMessage(lines(...text));
  if (message.kind === 'unusable') return message.answerable?.status ?? 'silence';
  if (message.kind === 'request') return checkRequest(message)?.status ?? null;
  return checkResponse(message) ? null : 'silence';
};

const replaced = (start: string, line: string) => good.map((known) => (known.startsWith(start) ? line : known));

test('headers are found whatever their case, compact form and folding', (t) => {
  const { headers } = request(
    'INVITE sip:a@b SIP/2.0',
    'v: SIP / 2.0 / UDP a.example ;branch= z9hG4bK1 ,',
    ' SIP/2.0/TCP b.example;branch=z9hG4bK2',
    'SUBJECT :  folded',
    '\tover lines  ',
    'm:"a, b" <sip:x@y;p=1>, <sip:z@y>',
  );
  t.deepEqual(
    headers.all('Via').map((via) => parseVia(via)?.branch),
    ['z9hG4bK1', 'z9hG4bK2'],
  );
  t.is(headers.get('s'), 'folded over lines');
  t.deepEqual(headers.all('contact'), ['"a, b" <sip:x@y;p=1>', '<sip:z@y>']);
});

test('each malformed message gets the answer that its fault deserves', (t) => {
  t.is(answerTo(...good), null);
  t.is(answerTo(...replaced('OPTIONS', 'OPTIONS sip:box@192.0.2.1 SIP/7.0')), 505);
  t.is(answerTo(...replaced('OPTIONS', 'OPTIONS  sip:box@192.0.2.1 SIP/2.0')), 400);
  t.is(answerTo(...replaced('OPTIONS', 'OPTIONS <sip:box@192.0.2.1> SIP/2.0')), 400);
  t.is(answerTo(...replaced('OPTIONS', 'OPTIONS gopher://box SIP/2.0')), 416);
  t.is(answerTo(...replaced('OPTIONS', 'OPTIONS sip:box@192.0.2.1?Route=x SIP/2.0')), 400);
  t.is(answerTo(...replaced('CSeq', 'CSeq: 1 INVITE')), 400);
  t.is(answerTo(...replaced('CSeq', 'CSeq: 4294967296 OPTIONS')), 400);
  t.is(answerTo(...replaced('To', 'To: "Box <sip:box@192.0.2.1>')), 400);
  t.is(answerTo(...replaced('From', 'From: A, B <sip:a@b>;tag=1')), 400);
  t.is(answerTo(...good, 'Max-Forwards: 300'), 400);
  t.is(answerTo(...good, 'Call-ID: c2'), 400);
  t.is(answerTo(...good, 'Content-Length: 5'), 400);
  t.is(answerTo(...good, 'Content-Length: -1'), 400);
  t.is(answerTo(...good, 'Content-Length: 0', 'l: 1'), 400);
  t.is(answerTo(...good, 'no header'), 400);
  t.is(answerTo(...good.filter((line) => !line.startsWith('Via'))), 400);
  t.is(answerTo('SIP/2.0 4294967301 OK', ...good.slice(1)), 'silence');
  t.is(answerTo('SIP/2.0 200 OK', ...good.slice(1), 'Via: no via at all'), 'silence');
});

test('an ACK that cannot be used is never answered', (t) => {
  const ack = good.map((line) => line.replace('OPTIONS', 'ACK'));
  t.is(answerTo(...ack, 'Content-Length: -1'), 'silence');
});

test('what follows the message in a datagram is not read', (t) => {
  const body = Buffer.from('INVITE sip:a@b SIP/2.0\r\n');
  const message = parseMessage(Buffer.concat([lines(...good, 'Content-Length: 3'), Buffer.from('abc'), body]));
  t.is(message.kind === 'request' && message.body.toString(), 'abc');
});

test('a URI keeps its user, however it is escaped, and a semicolon in it belongs to the user', (t) => {
  t.like(parseUri('sip:sips%3Auser%40example.com@example.net'), { user: 'sips:user@example.com', host: 'example.net' });
  t.like(parseUri('sip:user;par=u%40example.net@example.com'), { user: 'user;par=u@example.net', host: 'example.com' });
  t.like(parseUri('sip:null-%00-null@example.com'), { user: 'null-\0-null' });
  t.like(parseUri('sip:a@[2001:DB8::1]:5070;transport=tcp'), { host: '[2001:db8::1]', port: 5070 });
  for (const uri of ['sip:', 'sip:a@', 'sip:a@b:99999', 'sip:@b', 'http://a', 'sip:%ZZ@b', 'sip:a b@c']) {
    t.is(parseUri(uri), null, uri);
  }
});

test('parameters behind an address without brackets belong to the header', (t) => {
  t.is(tagOf('sip:a@b;tag=7'), '7');
  t.is(tagOf('<sip:a@b;tag=7>'), null);
  t.is(tagOf('"x;tag=1" <sip:a@b> ; tag = 2'), '2');
  t.is(parseNameAddr('sip:a@b?Route=x'), null);
  t.is(parseNameAddr('"\\"q\\\\" <sip:a@b>')?.display, '"q\\');
});

test('nobody can add a header through a value', (t) => {
  const draft = { method: 'INFO', uri: 'sip:a@b', headers: [['Subject', 'x']] as [string, string][] };
  const refused = (change: Partial<typeof draft>, code: string) =>
    t.throws(() => writeRequest({ ...draft, ...change }), { code }, JSON.stringify(change));
  for (const end of ['\r\n', '\r', '\n']) {
    refused({ headers: [['Subject', `x${end}Route: <sip:evil>`]] }, 'header_injection');
    refused({ headers: [[`Subject: x${end}Route`, '<sip:evil>']] }, 'malformed_draft');
    refused({ uri: `sip:a@b${end}Route: <sip:evil>` }, 'malformed_draft');
  }
  refused({ uri: 'sip:evil@c SIP/2.0 sip:a@b' }, 'malformed_draft');
  refused({ method: 'BYE sip:c SIP/2.0' }, 'malformed_draft');
  const sent = writeRequest(draft);
  t.throws(() => writeResponse(sent, { status: 200, reason: 'OK\r\nRoute: <sip:evil>' }), { code: 'header_injection' });
});

test('a folded header can be passed on as it was received', (t) => {
  const { headers } = request(...good, 'Subject: one', ' two');
  const passed = writeRequest({ method: 'INFO', uri: 'sip:a@b', headers: headers.entries() });
  t.is(passed.headers.get('Subject'), 'one two');
});

test('only a 100 says when the request was sent', (t) => {
  const stamped = request(...good, 'Timestamp: 54');
  t.is(writeResponse(stamped, { status: 100 }).headers.get('Timestamp'), '54');
  t.false(writeResponse(stamped, { status: 180 }).headers.has('Timestamp'));
});

test('too many or too long headers are refused, and still answered', (t) => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => `X-${index}: y`);
  t.is(answerTo(...good, ...many(MAX_HEADERS - good.length + 1)), null);
  t.is(answerTo(...good, ...many(MAX_HEADERS - good.length + 2)), 400);
  t.is(answerTo(...good, `Subject:${'x'.repeat(MAX_HEADER_LENGTH - 8)}`), null);
  t.is(answerTo(...good, `Subject:${'x'.repeat(MAX_HEADER_LENGTH)}`), 513);
  t.is(answerTo(...good, 'Subject: x', ...Array.from({ length: 9 }, () => ` ${'x'.repeat(1000)}`)), 513);
});

test('a response carries back what its request needs to find it', (t) => {
  const { bytes } = writeResponse(request(...good, 'Record-Route: <sip:p;lr>'), { status: 200, toTag: 't' });
  t.deepEqual(bytes.toString('latin1').split('\r\n'), [
    'SIP/2.0 200 OK',
    'Via: SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bKx',
    'From: "Anna" <sip:anna@example.org>;tag=1',
    'To: <sip:box@192.0.2.1>;tag=t',
    'Call-ID: c1',
    'CSeq: 1 OPTIONS',
    'Content-Length: 0',
    '',
    '',
  ]);
});

test('an answer has no more lines than its request: a list of Vias stays one line', (t) => {
  const vias = Array.from({ length: MAX_HEADERS + 1 }, (_, index) => `SIP/2.0/UDP a;branch=${index}`);
  const received = request(good[0]!, `Via: ${vias.join(', ')}`, ...good.slice(2));
  const { bytes } = writeResponse(received, { status: 200 });
  const answer = parseMessage(bytes);
  t.is(answer.kind, 'response');
  t.deepEqual(answer.kind === 'response' && answer.headers.all('Via'), vias);
});

test('what came round in circles is not answered: each of its Vias would come back', (t) => {
  const round = (count: number) =>
    lines(...good, ...Array.from({ length: count }, () => 'Via: SIP/2.0/UDP a;branch=1'), '', '');
  t.is(parseMessage(round(MAX_VIA_LINES - 1)).kind, 'request');
  const { kind, ...rest } = parseMessage(round(MAX_VIA_LINES));
  t.is(kind, 'unusable');
  t.like(rest, { code: 'too_many_headers', answerable: null });
  // Nor where something else is wrong with it first.
  const torn = round(MAX_VIA_LINES).toString('latin1').replace('\r\n', '\r\nContent-Length: 9999\r\n');
  t.like(parseMessage(Buffer.from(torn)), { code: 'body_too_short', answerable: null });
});

test('a request in latin1 is answered in latin1, and nothing of ours is cut to a line break by that', (t) => {
  const received = parseMessage(
    Buffer.from(
      lines(...good, '', '')
        .toString('latin1')
        .replace('Anna', 'Andr\xe9'),
      'latin1',
    ),
  );
  if (received.kind !== 'request') return t.fail();
  t.true(writeResponse(received, { status: 200 }).bytes.includes(Buffer.from('Andr\xe9', 'latin1')));
  // U+010A would be cut to a line feed.
  const { bytes } = writeResponse(received, { status: 200, headers: [['Subject', '\u010aX: y']] });
  const answer = parseMessage(bytes);
  t.true(answer.kind === 'response' && !answer.headers.has('X'));
});

test('a stream whose next message cannot be found is closed, after the answer', (t) => {
  const last = (bytes: Buffer) => new StreamFramer().push(bytes).map((framed) => framed.kind);
  t.deepEqual(last(lines(...good)), ['unusable', 'broken']);
  t.deepEqual(last(lines(...good, 'Content-Length: -999')), ['unusable', 'broken']);
  t.deepEqual(last(lines(...good, `Content-Length: ${MAX_MESSAGE_BYTES}`)), ['unusable', 'broken']);
  t.deepEqual(last(Buffer.alloc(MAX_HEAD_BYTES + 1, 'a')), ['broken']);
});
