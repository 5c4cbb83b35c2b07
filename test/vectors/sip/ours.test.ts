import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import test from 'ava';
import { StreamFramer } from '../../../appliance/sip/message/framer.ts';
import type { SipMessage } from '../../../appliance/sip/message/message.ts';
import { parseNameAddr } from '../../../appliance/sip/message/name-addr.ts';
import { parseMessage } from '../../../appliance/sip/message/parse.ts';
import { parseUri } from '../../../appliance/sip/message/uri.ts';
import { parseVia } from '../../../appliance/sip/message/via.ts';
import { writeResponse } from '../../../appliance/sip/message/write.ts';
import { ours } from './ours.ts';
import { answerable, verdictOn } from './verdict.ts';

const vector = (name: string) => readFileSync(join(import.meta.dirname, `${name}.sip`));

function read(name: string): SipMessage & { readonly uri?: string } {
  const message = parseMessage(vector(name));
  if (message.kind === 'unusable') throw new Error(`${name}: ${message.code}`);
  return message;
}

for (const [name, expected] of Object.entries(ours)) {
  test(`${name}: ${expected}`, (t) => {
    const verdict = verdictOn(vector(name));
    if (typeof expected === 'string') t.is(verdict, expected);
    else t.true(expected.includes(verdict as number), `${verdict}`);
  });
}

test('every vector has its expectation', (t) => {
  const files = globSync('*.sip', { cwd: import.meta.dirname }).map((file) => basename(file, '.sip'));
  t.deepEqual(files.sort(), Object.keys(ours).sort());
});

test('an answer can be written to whatever asks for one, and its sender can read it', (t) => {
  for (const name of Object.keys(ours)) {
    const request = answerable(parseMessage(vector(name)));
    if (!request) continue;
    const answer = parseMessage(writeResponse(request, { status: 400, toTag: 'k2' }).bytes);
    t.is(answer.kind, 'response', name);
    if (answer.kind !== 'response') continue;
    for (const header of ['Via', 'From', 'Call-ID', 'CSeq']) {
      t.deepEqual(answer.headers.get(header) ?? '', request.headers.get(header) ?? '', `${name} ${header}`);
    }
    t.notRegex(answer.bytes.toString('latin1'), /\r(?!\n)|(?<!\r)\n/, name);
  }
});

test('over a stream, byte by byte, a message is the same as in a datagram', (t) => {
  for (const name of Object.keys(ours)) {
    const message = parseMessage(vector(name));
    if (message.kind === 'unusable' || !message.headers.has('Content-Length')) continue;
    const framer = new StreamFramer();
    const framed = [...message.bytes].flatMap((byte) => framer.push(Buffer.from([byte])));
    t.deepEqual(framed.length, 1, name);
    t.deepEqual(framed[0], message, name);
  }
});

test('what the tricky ones say is understood', (t) => {
  const folded = read('folded').headers;
  t.like(parseVia(folded.get('Via')!), {
    transport: 'TCP',
    host: '198.51.100.7',
    port: 5060,
    branch: 'z9hG4bK-folded',
  });
  t.like(parseNameAddr(folded.get('From')!), { uri: 'sip:mies@box.example' });
  t.is(folded.get('subject'), 'first second third');

  const compact = read('compact');
  t.deepEqual(compact.headers.all('Supported'), ['timer', 'replaces']);
  t.is(compact.headers.get('Session-Expires'), '1800;refresher=uac');
  t.is(compact.body.toString(), 'hello');

  const contacts = read('quoted').headers.all('Contact').map(parseNameAddr);
  t.deepEqual(
    contacts.map((contact) => [contact?.display, contact?.uri, [...contact!.params].join(';')]),
    [
      ['Mies, "de <sip:not@here>; expires=9', 'sip:mies@198.51.100.7;x=%2C', 'expires,60'],
      ['a\\', 'sip:mies@198.51.100.8', 'q,0.5'],
    ],
  );

  t.like(parseUri(read('ipv6').uri!), { host: '[2001:db8::5]', port: 5080 });
  t.like(parseUri(read('escaped-user').uri!), { user: 'mies@thuis;x=\0;y', host: 'box.example' });
  t.like(parseUri(read('tel').uri!), { scheme: 'tel', user: '+32-2-555-0100' });
  t.is(read('many-vias').headers.all('Via').length, 3);
});

test('an escaped method is another method', (t) => {
  const message = read('escaped-method');
  t.is(message.kind === 'request' && message.method, '%49NVITE');
});

test('a body is exactly its bytes, whatever they look like', (t) => {
  t.is(read('bare-lf').body.toString(), 'a\r\n\r\nb\n\nc');
  t.is(read('mixed-line-ends').body.toString(), 'a\r\n\r\nb\n\n');
  t.is(read('no-length').body.toString(), 'to the end');
  t.is(read('two-in-one').body.length, 0);
  t.is(read('multipart').body.indexOf(Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))) > 0, true);
});

test('names are read in the character set they were written in', (t) => {
  const display = (name: string) => parseNameAddr(read(name).headers.get('From')!)?.display;
  t.is(display('latin1'), 'José Muñoz');
  t.is(display('utf8'), 'Жанна ☎');
  t.is(parseNameAddr(read('control-in-quotes').headers.get('To')!)?.display, 'bell \x07 nul \0');
});

test('what stands behind a bare carriage return is no header', (t) => {
  const message = parseMessage(vector('bare-cr'));
  const request = answerable(message)!;
  t.false(request.headers.has('Route'));
});
