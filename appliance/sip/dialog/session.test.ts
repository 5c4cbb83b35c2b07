import test from 'ava';
import { ALICE, BOB, pair } from '../testing/agents.ts';
import { requestText } from '../testing/raw-peer.ts';
import type { Session } from './session.ts';

const SDP = Buffer.from('v=0\r\no=box\r\n');
const PHONE = '192.0.2.3';
const URI = `sip:bob@${BOB}`;

/** A hand-made phone in a call with Bob, which has or has not acknowledged his answer. */
async function called({ acknowledged = true, body = 'v=0\r\no=phone\r\n' } = {}) {
  const p = await pair();
  let session: Session | undefined;
  p.bob.onInvite = (call) => {
    session = call.accept(SDP);
  };
  const type = body === '' ? '' : 'Content-Type: application/sdp';
  p.network.inject(PHONE, BOB, requestText('INVITE', URI, { more: type, body }));
  p.clock.advance(50);
  const ok = p.network.sent.at(-1)!.text;
  const toTag = /\r\nTo: [^\r]*tag=([^\r;]+)/.exec(ok)![1]!;
  let seq = 1;
  const say = (method: string, { at = ++seq, more = '', body = '', from = PHONE } = {}) => {
    const before = p.network.sent.length;
    const branch = `z9hG4bK${method}${at}${from}`;
    p.network.inject(from, BOB, requestText(method, URI, { branch, toTag, seq: at, more, body }));
    p.clock.advance(50);
    return p.network.sent.slice(before + 1);
  };
  if (acknowledged) say('ACK', { at: 1 });
  return { p, session: session!, say };
}
const status = (answers: readonly { line: string }[]) => answers[0]?.line.split(' ')[1];
const sdp = 'Content-Type: application/sdp';

test('UPDATE: without a description it is answered, with one it is an offer', async (t) => {
  const { session, say } = await called();
  t.is(status(say('UPDATE')), '200');
  session.onReinvite = ({ accept }) => accept(Buffer.from('v=0\r\no=new\r\n'));
  const [answer] = say('UPDATE', { more: sdp, body: 'v=0\r\no=moved\r\n' });
  t.regex(answer!.text, /^SIP\/2.0 200 [\s\S]*o=new/);
  t.is(String(session.remoteSdp), 'v=0\r\no=moved\r\n');
});

test('a second offer before the first is answered gets 500 with Retry-After; a withdrawn one 487', async (t) => {
  const { session, say, p } = await called();
  session.onReinvite = () => {};
  say('INVITE', { at: 5, more: sdp, body: 'v=0' });
  const [second] = say('INVITE', { at: 6, more: sdp, body: 'v=0' });
  t.regex(second!.text, /^SIP\/2.0 500 [\s\S]*\r\nRetry-After: \d/);
  p.network.inject(PHONE, BOB, requestText('CANCEL', URI, { branch: `z9hG4bKINVITE5${PHONE}`, seq: 5 }));
  p.clock.advance(50);
  const lines = p.network.sent.map(({ line }) => line);
  t.true(lines.includes('SIP/2.0 487 Request Terminated'));
  t.false(session.ended);
  session.onReinvite = ({ accept }) => accept(SDP);
  t.is(status(say('INVITE', { at: 7, more: sdp, body: 'v=0' })), '200', 'and the next offer is welcome');
});

test('while the answer to our late offer is missing, no other offer is taken (491)', async (t) => {
  const { session, say } = await called({ acknowledged: false, body: '' });
  session.onReinvite = ({ accept }) => accept(SDP);
  t.is(status(say('INVITE', { more: sdp, body: 'v=0' })), '491');
  say('ACK', { at: 1, more: sdp, body: 'v=0\r\no=answer\r\n' });
  t.is(String(session.remoteSdp), 'v=0\r\no=answer\r\n');
  t.is(status(say('INVITE', { more: sdp, body: 'v=0' })), '200');
});

test('requests out of order get 500 and change nothing', async (t) => {
  const { session, say } = await called();
  say('OPTIONS', { at: 10 });
  t.is(status(say('BYE', { at: 9, from: '192.0.2.66' })), '500');
  t.false(session.ended);
  t.is(session.flow.remote.address, PHONE, 'nor where the peer is');
});

test('our requests follow the phone to where it speaks from now', async (t) => {
  const { session, say, p } = await called();
  say('OPTIONS', { from: '192.0.2.77' });
  session.bye('SIP;cause=200;text="Call completed"');
  const bye = p.network.sent.at(-1)!;
  t.is(bye.to, '192.0.2.77');
  t.regex(bye.text, /^BYE sip:raw@127.0.0.1:5099 [\s\S]*\r\nReason: SIP;cause=200;text="Call completed"\r\n/);
});

test('our re-INVITE waits for the ACK of our own 2xx (14.1)', async (t) => {
  const { session, say, p } = await called({ acknowledged: false });
  const result = session.reinvite(SDP);
  p.clock.advance(100);
  t.false(p.network.sent.some(({ line, from }) => from === BOB && line.startsWith('INVITE')));
  say('ACK', { at: 1 });
  t.true(p.network.sent.some(({ line, from }) => from === BOB && line.startsWith('INVITE')));
  session.bye();
  t.like(await result, { ok: false, status: 487 });
});

test('what the call does not know is refused without harm to it', async (t) => {
  const { session, say } = await called();
  t.is(status(say('REFER', { more: 'Refer-To: <sip:c@x>' })), '403');
  t.is(status(say('NOTIFY', { more: 'Event: refer' })), '481');
  t.is(status(say('INFO', { more: 'Content-Type: text/x', body: 'x' })), '415');
  t.is(status(say('MESSAGE', { more: 'Content-Type: text/plain', body: 'x' })), '415');
  t.is(status(say('INVITE', { more: sdp, body: 'v=0' })), '488');
  t.false(session.ended);
});

test('after the end, stragglers are answered: 200 to a BYE, 481 to others', async (t) => {
  const { session, say } = await called();
  session.bye();
  t.is(status(say('INFO', { more: 'Content-Type: application/dtmf', body: '1' })), '481');
  t.is(status(say('BYE')), '200');
});

test('a caller may leave before the answer by BYE (15)', async (t) => {
  const p = await pair();
  let cancelled = 0;
  p.bob.onInvite = (call) => {
    call.progress(180);
    call.onCancelled = () => {
      cancelled++;
      t.throws(() => call.accept(SDP), { code: 'not_now' });
    };
  };
  p.network.inject(PHONE, BOB, requestText('INVITE', URI));
  p.clock.advance(50);
  const toTag = /\r\nTo: [^\r]*tag=([^\r;]+)/.exec(p.network.sent.at(-1)!.text)![1]!;
  const bye = requestText('BYE', URI, { branch: 'z9hG4bKbye', toTag, seq: 2 });
  p.network.inject(PHONE, BOB, bye);
  p.clock.advance(50);
  t.is(cancelled, 1);
  const answers = p.network.sent.filter(({ to }) => to === PHONE).map(({ line }) => line.slice(8, 11));
  t.deepEqual(answers, ['180', '200', '487']);
});

test('ringing is repeated each minute, so that no proxy gives the call up (13.3.1.1)', async (t) => {
  const p = await pair();
  p.bob.onInvite = (call) => call.progress(180);
  const call = p.alice.invite({ ...p.toBob, sdp: SDP });
  let rings = 0;
  call.onProgress = () => rings++;
  p.clock.advance(150_000);
  t.is(rings, 3);
});

test('call identifiers are fresh and say nothing of the parties', async (t) => {
  const p = await pair();
  for (let i = 0; i < 2; i++) p.alice.invite({ ...p.toBob, sdp: SDP });
  p.clock.advance(10);
  const ids = p.network.sent
    .filter(({ from }) => from === ALICE)
    .map(({ text }) => /\r\nCall-ID: (.*)\r\n/.exec(text)![1]!);
  t.is(new Set(ids).size, 2);
  for (const id of ids) t.regex(id, /^[0-9a-f]{24}$/);
});
