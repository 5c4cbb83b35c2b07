import test from 'ava';
import fc from 'fast-check';
import { checkRequest, checkResponse } from './essentials.ts';
import { type Framed, StreamFramer } from './framer.ts';
import { Headers } from './headers.ts';
import type { SipMessage, SipRequest, Unusable } from './message.ts';
import { formatNameAddr, parseNameAddr } from './name-addr.ts';
import { parseMessage } from './parse.ts';
import { formatUri, parseUri } from './uri.ts';
import { formatVia, parseVia } from './via.ts';
import { writeRequest, writeResponse } from './write.ts';

const essential: readonly string[] = [
  'Via: SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bKx',
  'From: "Anna" <sip:anna@example.org>;tag=1',
  'To: <sip:box@192.0.2.1>',
  'Call-ID: c1',
  'CSeq: 1 OPTIONS',
];

const tokenCharacters = [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.!%*_+`'~"];
const token = fc.string({ unit: fc.constantFrom(...tokenCharacters), minLength: 1, maxLength: 20 });
/** Any text that may stand in a header once white space around it is gone. */
const value = fc.string({ unit: 'binary', maxLength: 40 }).map((text) => text.replace(/[\r\n]/g, '').trim());
const body = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
const own = new Set(['l', 'content-length', 'via', 'v']);
const headers = fc
  .array(fc.tuple(token, value), { maxLength: 20 })
  .map((entries) => entries.filter(([name]) => !own.has(name.toLowerCase())));

/** Noise that gets far: pieces of real messages, put together wrongly. */
const noise = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc
    .array(
      fc.tuple(
        fc.constantFrom(...essential, 'v:', 'To: "', 'l: 1', 'Content-Length: -1', ' x', '\rRoute: x', '<', ';;', ',,'),
        fc.string({ unit: 'binary', maxLength: 8 }),
        fc.constantFrom('\r\n', '\n', '\r', ''),
      ),
    )
    .map((parts) => Buffer.from(`OPTIONS sip:b SIP/2.0\r\n${parts.flat().join('')}`, 'latin1')),
);

test('what is written as a request is read as the same', (t) => {
  fc.assert(
    fc.property(token, headers, body, (method, entries, content) => {
      const written = writeRequest({ method, uri: 'sip:box@example.org', headers: entries, body: content });
      const read = parseMessage(written.bytes) as SipRequest;
      t.like(read, { kind: 'request', method, uri: 'sip:box@example.org' });
      t.deepEqual(
        read.headers.entries().map(([name, text]) => [name, text.trim()]),
        [...entries, ['Content-Length', String(content.length)]],
      );
      t.true(read.body.equals(content));
    }),
  );
  t.pass();
});

test('whatever can be answered, its answer can be written and read', (t) => {
  const answer = (request: SipRequest) => {
    const response = parseMessage(writeResponse(request, { status: 400, toTag: 'x' }).bytes);
    t.is(response.kind, 'response');
    if (response.kind === 'response') t.deepEqual(response.headers.all('Via'), request.headers.all('Via'));
  };
  fc.assert(
    fc.property(noise, (bytes) => {
      const message = parseMessage(bytes);
      if (message.kind === 'request') answer(message);
      if (message.kind === 'unusable' && message.answerable) answer(message.answerable.request);
    }),
    { numRuns: 1000 },
  );
});

test('no bytes whatsoever make the parser throw', (t) => {
  const use = (message: SipMessage | Unusable) => {
    if (message.kind === 'request') checkRequest(message);
    if (message.kind === 'response') checkResponse(message);
    if (message.kind === 'unusable') return;
    for (const [name, text] of message.headers.entries()) {
      message.headers.all(name);
      parseNameAddr(text);
      parseUri(text);
      parseVia(text);
    }
  };
  fc.assert(
    fc.property(noise, (bytes) => {
      use(parseMessage(bytes));
      new StreamFramer().push(bytes);
    }),
    { numRuns: 1000 },
  );
  t.pass();
});

test('a URI, an address and a Via survive being written and read', (t) => {
  const name = fc.string({ unit: fc.constantFrom(...'abcxyz019-'), minLength: 1, maxLength: 8 });
  const special = fc.constantFrom(...'"\\,;<>@%:?= ');
  const text = fc.string({
    unit: fc.oneof(special, fc.string({ unit: 'binary', minLength: 1, maxLength: 1 })),
    minLength: 1,
    maxLength: 12,
  });
  const params = fc
    .array(fc.tuple(name, fc.option(text)), { maxLength: 4 })
    .map((entries) => new Map(entries as [string, string | null][]));
  const host = fc.constantFrom('h.example', '192.0.2.1', '[2001:db8::1]', 'a-b_c');
  const port = fc.option(fc.integer({ min: 1, max: 65_535 }));
  fc.assert(
    fc.property(text, host, port, params, params, text, (user, at, on, uriParams, addressParams, display) => {
      const uri = { scheme: 'sip' as const, user, host: at, port: on, params: uriParams, headers: '' };
      t.deepEqual(parseUri(formatUri(uri)), uri);
      const address = { display, uri: formatUri(uri), params: addressParams };
      t.deepEqual(parseNameAddr(formatNameAddr(address)), address);
      const branch = addressParams.get('branch') ?? null;
      const via = { transport: 'TLS', host: at, port: on, branch, params: addressParams };
      t.deepEqual(parseVia(formatVia(via)), via);
      // In a list, neighbours do not change what each of them says.
      const list = Headers.of([['Contact', `${formatNameAddr(address)}, ${formatNameAddr(address)}`]]);
      t.deepEqual(list.all('Contact').map(parseNameAddr), [address, address]);
    }),
  );
});

test('a stream gives the same messages however it is cut', (t) => {
  const lines = (end: string, content: string) =>
    Buffer.from(['OPTIONS sip:b SIP/2.0', ...essential, `l: ${content.length}`, '', content].join(end));
  const stream = Buffer.concat([
    lines('\r\n', '\r\n\r\n'),
    Buffer.from('\r\n\r\n'),
    lines('\n', '\n\n'),
    lines('\r\n', ''),
    Buffer.from('\r\n'),
    lines('\r\n', 'INVITE'),
    Buffer.from('\r\n'),
  ]);
  const said = (cuts: readonly number[]) => {
    const framer = new StreamFramer();
    const seen: string[] = [];
    let from = 0;
    const note = (framed: Framed) => seen.push(framed.kind === 'request' ? framed.body.toString() : framed.kind);
    for (const to of [...cuts, stream.length]) {
      for (const framed of framer.push(stream.subarray(from, to))) note(framed);
      from = to;
    }
    return seen;
  };
  const whole = ['\r\n\r\n', 'pong', 'ping', '\n\n', '', 'pong', 'INVITE', 'pong'];
  t.deepEqual(said([]), whole);
  t.deepEqual(said(Array.from({ length: stream.length }, (_, at) => at)), whole, 'single bytes');
  fc.assert(
    fc.property(fc.array(fc.nat(stream.length), { maxLength: 12 }), (cuts) => {
      t.deepEqual(said(cuts.sort((a, b) => a - b)), whole);
    }),
  );
});
