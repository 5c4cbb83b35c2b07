import { randomBytes } from 'node:crypto';
import test from 'ava';
import { ALICE, BOB, type Pair, pair } from '../testing/agents.ts';
import { requestText } from '../testing/raw-peer.ts';
import type { Packet } from '../testing/wire.ts';
import { createProxy, type Way } from './proxy.ts';
import { type Door, recordRoutes, takeRoutes } from './routes.ts';

const BOX = '192.0.2.9';
const door: Door = { transport: 'UDP', host: BOX, port: 5060 };
const toBob = { transport: 'UDP' as const, address: BOB, port: 5060 };

/** Alice, Bob, and a box between them that passes everything on to Bob. */
async function proxied(way: Partial<Way> = {}): Promise<Pair & { readonly silence: number[] }> {
  const p = await pair('proxy');
  const box = p.join(BOX);
  const silence: number[] = [];
  const pass = createProxy({ send: box.passOn, secret: randomBytes(32) });
  box.relay = {
    takes: () => true,
    refusal: () => null,
    take: (transaction) =>
      pass(transaction, {
        to: toBob,
        routes: takeRoutes(transaction.request, [door]).rest,
        recordRoute: recordRoutes(door, door, 'token'),
        unreachable: { status: 503 },
        onSilence: () => silence.push(1),
        ...way,
      }),
  };
  await box.start();
  return { ...p, silence };
}

const BODY = 'caf\xe9 \x00\x01 <\xbf>';
const message = (more = '', branch = 'z9hG4bKone') =>
  requestText('MESSAGE', `sip:bob@${BOB}`, { branch, body: 'x', more }).replace(
    /Content-Length: 1\r\n\r\nx$/,
    `Content-Length: ${Buffer.byteLength(BODY, 'latin1')}\r\n\r\n${BODY}`,
  );
const passed = (p: Pair, method: string): Packet[] =>
  p.network.sent.filter(({ to, line }) => to === BOB && line.startsWith(method));
const answers = (p: Pair): string[] => p.network.sent.filter(({ to }) => to === ALICE).map(({ line }) => line);

test('what is passed on stays as it came, to the byte; our Via, Record-Route and one hop less are all that changes', async (t) => {
  const p = await proxied();
  p.bob.onRequest = ({ respond }) => respond({ status: 200, headers: [['X-Odd', '  a;;b=",']] });
  const odd = 'X-Unknown:   two  spaces , "and, commas"\r\nx-lower: \xe9\xe8\r\nEvent: dialog';
  p.network.inject(ALICE, BOX, message(`${odd}\r\nRoute: <sip:token@${BOX};lr>, <sip:next.test;lr>`));
  p.clock.advance(100);
  const [request] = passed(p, 'MESSAGE');
  const [head, body] = request!.text.split('\r\n\r\n');
  t.is(body, BODY);
  t.true(request!.text.includes(`\r\n${odd}\r\n`), request!.text);
  const lines = head!.split('\r\n');
  t.deepEqual(
    lines.filter((line) => /^(?:Max-Forwards|Route|Record-Route|User-Agent)/.test(line)),
    ['Max-Forwards: 69', 'Route: <sip:next.test;lr>', `Record-Route: <sip:token@${BOX}:5060;lr>`],
  );
  t.regex(lines.filter((line) => line.startsWith('Via')).join('\n'), new RegExp(`^Via: SIP/2.0/UDP ${BOX}.*\n.*5099`));
  const response = p.network.sent.find(({ to, line }) => to === ALICE && line.includes('200'))!.text;
  t.is(response.match(/\r\nVia: /g)?.length, 1);
  t.true(response.includes('\r\nX-Odd:  a;;b=",\r\n'));
});

test('the gate of 16.3: no hop left, a Proxy-Require, the same request come back', async (t) => {
  const p = await proxied();
  p.bob.onRequest = ({ respond }) => respond({ status: 200 });
  p.network.inject(ALICE, BOX, message('', 'z9hG4bKhops').replace('Max-Forwards: 70', 'Max-Forwards: 0'));
  p.network.inject(ALICE, BOX, message('Proxy-Require: teleport', 'z9hG4bKrequire'));
  p.clock.advance(100);
  t.is(passed(p, 'MESSAGE').length, 0);
  t.deepEqual(
    answers(p).map((line) => line.split(' ')[1]),
    ['483', '420'],
  );
  // Bob sends it back as it is: a loop. With another address it would be a spiral.
  p.network.inject(ALICE, BOX, message());
  p.clock.advance(100);
  const [once] = passed(p, 'MESSAGE');
  const via = (branch: string) => `\r\nVia: SIP/2.0/UDP ${BOB};branch=${branch}\r\nVia: `;
  const again = (branch: string) => once!.text.replace('\r\nVia: ', via(branch)).replace(/\r\nRecord-Route[^\r]*/, '');
  p.network.inject(BOB, BOX, again('z9hG4bKloop'));
  p.clock.advance(100);
  const toBack = () => p.network.sent.filter(({ from, to }) => from === BOX && to === BOB).map(({ line }) => line);
  t.is(toBack().at(-1), 'SIP/2.0 482 Loop Detected');
  p.network.inject(BOB, BOX, again('z9hG4bKspiral').replace(`sip:bob@${BOB} `, `sip:carol@${BOB} `));
  p.clock.advance(100);
  t.true(toBack().some((line) => line.startsWith('MESSAGE sip:carol@')));
});

test('challenges and refusals come back as they are; 100 and a late 408 do not; silence is not answered', async (t) => {
  const p = await proxied();
  const challenge = 'Digest realm="x", nonce="y"';
  p.bob.onRequest = ({ respond }) => respond({ status: 401, headers: [['WWW-Authenticate', challenge]] });
  p.network.inject(ALICE, BOX, message());
  p.clock.advance(100);
  t.deepEqual(answers(p), ['SIP/2.0 401 Unauthorized']);
  t.true(p.network.sent.at(-1)!.text.includes(`\r\nWWW-Authenticate: ${challenge}\r\n`));
  p.bob.onRequest = ({ respond }) => respond({ status: 408 });
  p.network.inject(ALICE, BOX, message('', 'z9hG4bKlate').replace('raw-call', 'late'));
  p.clock.advance(40_000);
  p.network.lose = ({ to }) => to === BOB;
  p.network.inject(ALICE, BOX, message('', 'z9hG4bKsilent').replace('raw-call', 'silent'));
  p.clock.advance(100_000);
  t.deepEqual(answers(p), ['SIP/2.0 401 Unauthorized']);
  t.is(p.silence.length, 2);
  t.is(p.clock.pending, 0, 'nothing is left waiting');
});

test('a request of which a second copy comes is passed on once, and answered twice', async (t) => {
  const p = await proxied();
  p.bob.onRequest = ({ respond }) => respond({ status: 200 });
  p.network.inject(ALICE, BOX, message());
  p.clock.advance(100);
  p.network.inject(ALICE, BOX, message());
  p.clock.advance(100);
  t.is(passed(p, 'MESSAGE').length, 1);
  t.deepEqual(answers(p), ['SIP/2.0 200 OK', 'SIP/2.0 200 OK']);
});

test('an answer with a Via too few or too many is nobody’s', async (t) => {
  const p = await proxied();
  p.bob.onRequest = () => {};
  p.network.inject(ALICE, BOX, message());
  p.clock.advance(100);
  const [request] = passed(p, 'MESSAGE');
  const headers = request!.text.split('\r\n').filter((line) => /^(?:Via|From|To|Call-ID|CSeq)/.test(line));
  const answer = (lines: string[]) => `SIP/2.0 200 OK\r\n${lines.join('\r\n')}\r\nContent-Length: 0\r\n\r\n`;
  p.network.inject(BOB, BOX, answer(headers.filter((line) => !line.includes('5099'))));
  p.network.inject(BOB, BOX, answer(['Via: SIP/2.0/UDP x;branch=z9hG4bKx', ...headers]));
  p.clock.advance(100);
  t.deepEqual(answers(p), []);
  p.network.inject(BOB, BOX, answer(headers));
  p.clock.advance(100);
  t.deepEqual(answers(p), ['SIP/2.0 200 OK']);
});

test('both sides reach the box by doors of their own, each named in Record-Route (RFC 5658)', (t) => {
  const tls: Door = { transport: 'TLS', host: BOX, port: 5061 };
  t.deepEqual(recordRoutes(tls, door, 'abc'), [`<sip:abc@${BOX}:5060;lr>`, `<sip:abc@${BOX}:5061;transport=tls;lr>`]);
});
