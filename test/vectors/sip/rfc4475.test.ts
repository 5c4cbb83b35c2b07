import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { parseCSeq } from '../../../appliance/sip/message/cseq.ts';
import type { SipMessage, SipRequest } from '../../../appliance/sip/message/message.ts';
import { parseNameAddr } from '../../../appliance/sip/message/name-addr.ts';
import { parseMessage } from '../../../appliance/sip/message/parse.ts';
import { parseUri } from '../../../appliance/sip/message/uri.ts';
import { parseVia } from '../../../appliance/sip/message/via.ts';
import { writeResponse } from '../../../appliance/sip/message/write.ts';
import { rfc4475 } from './rfc4475.ts';
import { answerable, verdictOn } from './verdict.ts';

/** Beside the checkout on machines that have it; ours.test.ts stands without it. */
const folder = join(import.meta.dirname, '../../../../shared/vectors/sip-torture/rfc4475');

/** Right in form: their status is the business of those above the message layer. */
const later = new Set(['intmeth', 'esc02', 'bext01', 'invut', 'sdp01', 'regaut01', 'unksm2']);

/** Responses in good form, dropped by the transaction layer: they answer nothing. */
const stray = new Set(['unreason', 'noreason']);

const vector = (name: string) => readFileSync(join(folder, `${name}.dat`));

function read(name: string): SipMessage {
  const message = parseMessage(vector(name));
  if (message.kind === 'unusable') throw new Error(`${name}: ${message.code}`);
  return message;
}

const request = (name: string) => read(name) as SipRequest;

function withVectors(title: string, run: (t: ExecutionContext) => void) {
  test(title, (t) => {
    if (existsSync(folder)) return run(t);
    t.log('not at hand');
    t.pass();
  });
}

for (const [name, expected] of Object.entries(rfc4475)) {
  withVectors(`RFC 4475 ${name}`, (t) => {
    const verdict = verdictOn(vector(name));
    if (later.has(name) || stray.has(name)) return t.is(verdict, 'valid');
    return typeof expected === 'string'
      ? t.is(verdict, expected)
      : t.true(expected.includes(verdict as number), `${verdict}`);
  });
}

withVectors('an answer can be written to each of them that asks for one', (t) => {
  for (const name of Object.keys(rfc4475)) {
    const received = answerable(parseMessage(vector(name)));
    if (!received) continue;
    const answer = parseMessage(writeResponse(received, { status: 400, toTag: 'x' }).bytes);
    t.is(answer.kind, 'response', name);
    if (answer.kind !== 'response') continue;
    t.deepEqual(answer.headers.all('Via'), received.headers.all('Via'), name);
    t.is(answer.headers.get('From') ?? '', received.headers.get('From') ?? '', name);
  }
});

withVectors('3.1.1.1: folding, odd case and compact forms hide nothing', (t) => {
  const { headers, body } = read('wsinv');
  t.deepEqual(
    headers.all('Via').map((via) => parseVia(via)?.branch),
    ['390skdjuw', 'z9hG4bK9ikj8', 'z9hG4bK30239'],
  );
  t.is(parseNameAddr(headers.get('From')!)?.display, 'J Rosenberg \\"');
  t.is(parseNameAddr(headers.get('From')!)?.params.get('tag'), '98asjd8');
  t.deepEqual(parseCSeq(headers.get('CSeq')), { number: 9, method: 'INVITE' });
  t.is(headers.get('Subject'), '');
  t.is(headers.all('Route').length, 1);
  t.is(body.length, 150);
});

withVectors('3.1.1.2: whatever a token may be made of', (t) => {
  const { method, uri, headers } = request('intmeth');
  t.is(method, "!interesting-Method0123456789_*+`.%indeed'~");
  t.like(parseUri(uri), { host: 'example.com', user: "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*" });
  t.is(parseNameAddr(headers.get('To')!)?.display, 'BEL:\x07 NUL:\0 DEL:\x7f');
  t.is(headers.get("extensionHeader-!.%*+_`'~"), '\u5927\u505c\u96fb');
});

withVectors('3.1.1.3 to 3.1.1.5 and 3.1.1.9: escapes count in URIs and nowhere else', (t) => {
  const escaped = request('esc01');
  t.like(parseUri(escaped.uri), { user: 'sips:user@example.com', host: 'example.net' });
  const contacts = read('escnull').headers.all('Contact');
  t.deepEqual(
    contacts.map((contact) => parseUri(parseNameAddr(contact)!.uri)?.user),
    ['\0', '\0\0'],
  );
  t.is(request('esc02').method, 'RE%47IST%45R');
  t.like(parseUri(request('semiuri').uri), { user: 'user;par=u@example.net', host: 'example.com' });
});

withVectors('3.1.1.7, 3.1.1.8 and 3.1.1.11: nothing is cut short, nothing is read beyond the end', (t) => {
  t.is(read('longreq').headers.all('Via').length, 34);
  t.is(read('dblreq').body.length, 0);
  const { headers, body } = read('mpart01');
  t.is(body.length, Number(headers.get('Content-Length')));
});

withVectors('3.1.1.12 and 3.1.1.13: a reason is text, and may be none', (t) => {
  const reason = (name: string) => (read(name) as SipMessage & { reason: string }).reason;
  t.is(
    reason('unreason'),
    '= 2**3 * 5**2 \u043d\u043e \u0441\u0442\u043e \u0434\u0435\u0432\u044f\u043d\u043e\u0441\u0442\u043e \u0434\u0435\u0432\u044f\u0442\u044c - \u043f\u0440\u043e\u0441\u0442\u043e\u0435',
  );
  t.is(reason('noreason'), '');
});

withVectors('3.3.12 to 3.3.14: what belongs to the URI and what to the header', (t) => {
  const contact = (name: string) => parseNameAddr(read(name).headers.get('Contact')!)!;
  t.true(contact('cparam01').params.has('unknownparam'));
  t.false(parseUri(contact('cparam01').uri)!.params.has('unknownparam'));
  t.false(contact('cparam02').params.has('unknownparam'));
  t.true(parseUri(contact('cparam02').uri)!.params.has('unknownparam'));
  t.regex(parseUri(contact('regescrt').uri)!.headers, /^Route=/);
});
