import test from 'ava';
import fc from 'fast-check';
import { checkRequest, checkResponse } from './essentials.ts';
import { StreamFramer } from './framer.ts';
import { MAX_HEAD_BYTES, MAX_MESSAGE_BYTES } from './limits.ts';
import type { SipMessage, SipRequest, Unusable } from './message.ts';
import { formatNameAddr, parseNameAddr, tagOf } from './name-addr.ts';
import { parseMessage } from './parse.ts';
import { formatUri, parseUri } from './uri.ts';
import { formatVia, parseVia } from './via.ts';
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
  t.is(answerTo('SIP/2.0 200 OK', ...good.slice(1), 'Via: SIP/2.0/UDP other.example'), 'silence');
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
  const inject = () =>
    writeRequest({ method: 'INFO', uri: 'sip:a@b', headers: [['Subject', 'x\r\nRoute: <sip:evil>']] });
  t.throws(inject, { message: /line break/ });
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

test('a stream gives the same messages however it is cut', (t) => {
  const one = Buffer.concat([lines(...good, 'Content-Length: 4'), Buffer.from('\r\n\r\n')]);
  const stream = Buffer.concat([one, Buffer.from('\r\n\r\n'), one, Buffer.from('\r\n'), one]);
  const kinds = (framer: StreamFramer, cuts: number[]) => {
    const seen: string[] = [];
    let from = 0;
    for (const to of [...cuts.sort((a, b) => a - b), stream.length]) {
      for (const framed of framer.push(stream.subarray(from, to))) {
        if (framed.kind !== 'pong') seen.push(framed.kind === 'request' ? framed.body.toString('hex') : framed.kind);
      }
      from = to;
    }
    return seen;
  };
  const whole = ['0d0a0d0a', 'ping', '0d0a0d0a', '0d0a0d0a'];
  fc.assert(
    fc.property(fc.array(fc.nat(stream.length), { maxLength: 12 }), (cuts) => {
      t.deepEqual(kinds(new StreamFramer(), cuts), whole);
    }),
  );
  t.deepEqual(
    kinds(
      new StreamFramer(),
      Array.from({ length: stream.length }, (_, at) => at),
    ),
    whole,
  );
});

test('a stream whose next message cannot be found is closed, after the answer', (t) => {
  const last = (bytes: Buffer) => new StreamFramer().push(bytes).map((framed) => framed.kind);
  t.deepEqual(last(lines(...good)), ['unusable', 'broken']);
  t.deepEqual(last(lines(...good, 'Content-Length: -999')), ['unusable', 'broken']);
  t.deepEqual(last(lines(...good, `Content-Length: ${MAX_MESSAGE_BYTES}`)), ['unusable', 'broken']);
  t.deepEqual(last(Buffer.alloc(MAX_HEAD_BYTES + 1, 'a')), ['broken']);
});

test('no bytes whatsoever make the parser throw', (t) => {
  const noise = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.string({ maxLength: 300 }).map((text) => Buffer.from(text)),
    fc
      .array(fc.tuple(fc.constantFrom(...good, 'm: ', 'Content-Length: 1', ' x', '"', '<', ';;', ','), fc.string()))
      .map((parts) => Buffer.from(parts.map(([known, noise]) => known + noise).join('\r\n'))),
  );
  const use = (message: SipMessage | Unusable) => {
    if (message.kind === 'request') checkRequest(message);
    if (message.kind === 'response') checkResponse(message);
    if (message.kind === 'unusable') return;
    for (const [name, value] of message.headers.entries()) {
      message.headers.all(name);
      parseNameAddr(value);
      parseUri(value);
      parseVia(value);
    }
  };
  fc.assert(
    fc.property(noise, (bytes) => {
      use(parseMessage(Buffer.from(bytes)));
      new StreamFramer().push(Buffer.from(bytes));
    }),
    { numRuns: 2000 },
  );
  t.pass();
});

test('what is written is read as the same', (t) => {
  const via = 'SIP/2.0/TLS [2001:db8::1]:5061;branch=z9hG4bKa;rport;received=192.0.2.1';
  t.is(formatVia(parseVia(via)!), via);
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (user, display) => {
      const uri = { scheme: 'sip' as const, user, host: 'h.example', port: 5060, params: new Map(), headers: '' };
      t.deepEqual(parseUri(formatUri(uri)), uri);
      if (/[\r\n]/.test(display)) return;
      const address = { display, uri: formatUri(uri), params: new Map([['tag', 'x']]) };
      t.deepEqual(parseNameAddr(formatNameAddr(address)), address);
    }),
  );
});
