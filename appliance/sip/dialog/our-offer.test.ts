import { seededChance } from '@belkluis/shared/base/chance';
import test from 'ava';
import { ALICE, BOB, type Pair, pair } from '../testing/agents.ts';
import { backOffMs } from './our-offer.ts';
import type { Session } from './session.ts';

const OFFER = Buffer.from('v=0\r\no=alice 1 1 IN IP4 192.0.2.1\r\n');
const ANSWER = Buffer.from('v=0\r\no=bob 1 1 IN IP4 192.0.2.2\r\n');

const lines = ({ network }: Pair) => network.sent.map(({ line }) => line);
const count = (p: Pair, start: string) => lines(p).filter((line) => line.startsWith(start)).length;

/** A call that stands: Alice's and Bob's session. */
function connected(p: Pair): [Session, Session] {
  let hers: Session | undefined;
  let his: Session | undefined;
  p.bob.onInvite = (call) => {
    call.progress(180);
    his = call.accept(ANSWER);
  };
  p.alice.invite({ ...p.toBob, sdp: OFFER }).onAnswered = (session) => {
    hers = session;
  };
  p.clock.advance(100);
  return [hers!, his!];
}

test('re-INVITE both ways, and a refused one', async (t) => {
  const p = await pair();
  const [hers, his] = connected(p);
  his.onReinvite = ({ sdp, accept }) => accept(Buffer.concat([sdp!, Buffer.from('a=recvonly\r\n')]));
  const hold = Buffer.from('v=0\r\na=sendonly\r\n');
  const held = hers.reinvite(hold);
  p.clock.advance(100);
  const result = await held;
  t.true(result.ok);
  t.is(String(hers.remoteSdp), 'v=0\r\na=sendonly\r\na=recvonly\r\n');
  t.deepEqual(his.remoteSdp, hold);
  const again = p.network.sent.findLast(({ line }) => line.startsWith('INVITE'))!;
  t.notRegex(again.text, /100rel/, 'a reliable provisional response to it would wait for a PRACK in vain');
  const refused = his.reinvite(OFFER);
  p.clock.advance(100);
  t.like(await refused, { ok: false, status: 488 });
  t.false(hers.ended || his.ended, 'a refused offer changes nothing');
});

test('re-INVITE glare: both get 491, both back off as 14.1 says, both come through', async (t) => {
  const p = await pair();
  const [hers, his] = connected(p);
  hers.onReinvite = ({ accept }) => accept(OFFER);
  his.onReinvite = ({ accept }) => accept(ANSWER);
  const one = hers.reinvite(OFFER);
  const two = his.reinvite(ANSWER);
  p.clock.advance(60);
  t.is(count(p, 'SIP/2.0 491'), 2);
  p.clock.advance(2_050);
  t.is(count(p, 'SIP/2.0 491'), 2);
  t.true((await two).ok, 'the callee does not own the Call-ID: it tries within 2 s');
  p.clock.advance(3_000);
  t.true((await one).ok);
});

test('late offer: the INVITE has none, the 2xx offers, the ACK answers', async (t) => {
  const p = await pair();
  let his: Session | undefined;
  let acked: Buffer | null = null;
  p.bob.onInvite = (call) => {
    t.is(call.sdp, null);
    his = call.accept(ANSWER);
    his.onAck = (sdp) => {
      acked = sdp;
    };
  };
  let hers: Session | undefined;
  p.alice.invite({ ...p.toBob, sdp: null }).onAnswered = (session) => {
    hers = session;
  };
  p.clock.advance(2_000);
  t.deepEqual(hers!.remoteSdp, ANSWER);
  t.is(count(p, 'ACK'), 0, 'the ACK waits for the answer');
  hers!.acknowledge(OFFER);
  p.clock.advance(5_000);
  t.deepEqual(acked, OFFER);
  t.deepEqual(his!.remoteSdp, OFFER);
  const before = count(p, 'SIP/2.0 200');
  p.clock.advance(60_000);
  t.is(count(p, 'SIP/2.0 200'), before, 'and the 2xx is repeated no more');
});

test('INFO reaches the other side with its body, and its status comes back', async (t) => {
  const p = await pair();
  const [hers, his] = connected(p);
  his.onInfo = ({ contentType, body, respond }) => {
    t.is(contentType, 'application/dtmf-relay');
    t.is(String(body), 'Signal=5\r\nDuration=160\r\n');
    respond(200);
  };
  const status = hers.info('application/dtmf-relay', Buffer.from('Signal=5\r\nDuration=160\r\n'));
  p.clock.advance(100);
  t.is(await status, 200);
  const refused = his.info('text/plain', Buffer.from('x'));
  p.clock.advance(100);
  t.is(await refused, 415);
});

test('the back-off after 491: 2.1 to 4 s for who owns the Call-ID, 0 to 2 s for the other, in steps of 10 ms', (t) => {
  const chance = seededChance('back-off');
  for (let i = 0; i < 2_000; i++) {
    const [owner, other] = [backOffMs(true, chance), backOffMs(false, chance)];
    t.true(owner >= 2_100 && owner <= 4_000 && owner % 10 === 0);
    t.true(other >= 0 && other <= 2_000 && other % 10 === 0);
  }
});

test('a peer that is not through with what came before (500, Retry-After 0 to 10) is asked again; one that says more is not', async (t) => {
  for (const [seconds, comes] of [
    [3, true],
    [60, false],
  ] as const) {
    const p = await pair();
    const [hers, his] = connected(p);
    his.onReinvite = ({ accept }) => accept(ANSWER);
    let refused = false;
    p.network.lose = ({ line, text }) => {
      if (!line.startsWith('INVITE') || refused) return false;
      refused = true;
      const kept = text.split('\r\n').filter((header) => /^(Via|From|To|Call-ID|CSeq):/.test(header));
      const answer = ['SIP/2.0 500 Later', ...kept, `Retry-After: ${seconds}`, 'Content-Length: 0', '', ''];
      p.network.inject(BOB, ALICE, answer.join('\r\n'));
      return true;
    };
    const result = hers.reinvite(OFFER);
    p.clock.advance(2_500);
    t.is(count(p, 'INVITE'), 2);
    p.clock.advance(1_000);
    t.is((await result).ok, comes);
    t.is(count(p, 'INVITE'), comes ? 3 : 2);
  }
});
