import test from 'ava';
import type { IncomingCall } from './dialog/incoming-call.ts';
import type { CallFailure, OutgoingCall } from './dialog/outgoing-call.ts';
import type { Session } from './dialog/session.ts';
import { ALICE, BOB, type Pair, pair } from './testing/agents.ts';

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

test('a call: ringing, answer, both descriptions, goodbye', async (t) => {
  const p = await pair();
  const told: string[] = [];
  let his: Session | undefined;
  p.bob.onInvite = (call) => {
    t.deepEqual(call.sdp, OFFER);
    call.progress(180);
    p.clock.after(3000, () => {
      his = call.accept(ANSWER);
      his.onAck = () => told.push('ack');
      his.onEnded = ({ by }) => told.push(`bob ended by ${by}`);
    });
  };
  const call = p.alice.invite({ ...p.toBob, sdp: OFFER });
  let hers: Session | undefined;
  call.onProgress = ({ status }) => told.push(String(status));
  call.onAnswered = (session) => {
    hers = session;
    session.onEnded = ({ by }) => told.push(`alice ended by ${by}`);
    told.push('answered');
  };
  p.clock.advance(3100);
  t.deepEqual(told, ['180', 'answered', 'ack']);
  t.deepEqual(hers!.remoteSdp, ANSWER);
  t.deepEqual(his!.remoteSdp, OFFER);
  hers!.bye('Q.850;cause=16');
  p.clock.advance(100);
  t.deepEqual(told.slice(3), ['alice ended by local', 'bob ended by remote']);
  p.clock.advance(120_000);
  t.is(p.clock.pending, 0, 'nothing waits after the call');
  t.is(p.alice.dialogs + p.bob.dialogs, 0);
});

test('the callee hangs up, and both at once', async (t) => {
  const p = await pair();
  const [hers, his] = connected(p);
  const told: string[] = [];
  hers.onEnded = ({ by }) => told.push(`alice ${by}`);
  his.onEnded = ({ by }) => told.push(`bob ${by}`);
  his.bye();
  hers.bye();
  p.clock.advance(100);
  t.deepEqual(told.sort(), ['alice local', 'bob local']);
  t.is(count(p, 'SIP/2.0 481'), 0, 'a BYE that crosses another is answered 200');
  t.is(count(p, 'BYE'), 2);
});

test('busy, with nothing left behind', async (t) => {
  const p = await pair();
  p.bob.onInvite = (call) => call.reject(486);
  const call = p.alice.invite({ ...p.toBob, sdp: OFFER });
  let status = 0;
  call.onFailed = (failure) => {
    status = failure.status;
  };
  p.clock.advance(100);
  t.is(status, 486);
  t.is(count(p, 'ACK'), 1);
  p.clock.advance(120_000);
  t.is(p.clock.pending, 0);
});

test('a CANCEL waits for a provisional response, and the callee hears of it', async (t) => {
  const p = await pair();
  let cancelled = false;
  p.bob.onInvite = (call) => {
    call.onCancelled = () => {
      cancelled = true;
    };
    p.clock.after(150, () => call.progress(180));
  };
  const call = p.alice.invite({ ...p.toBob, sdp: OFFER });
  const failures: string[] = [];
  call.onFailed = ({ status, why }) => failures.push(`${status} ${why}`);
  call.cancel();
  p.clock.advance(100);
  t.is(count(p, 'CANCEL'), 0, 'RFC 3261 9.1: nothing to cancel yet');
  p.clock.advance(200);
  t.true(cancelled);
  t.deepEqual(failures, ['487 cancelled']);
  p.clock.advance(120_000);
  t.is(p.clock.pending, 0);
});

test('a 2xx that crosses our CANCEL is acknowledged, then ended', async (t) => {
  const p = await pair();
  let ended = '';
  p.bob.onInvite = (call) => {
    call.progress(180);
    p.clock.after(20, () => {
      call.accept(ANSWER).onEnded = ({ by }) => {
        ended = by;
      };
    });
  };
  const call = p.alice.invite({ ...p.toBob, sdp: OFFER });
  let answered = false;
  const failures: string[] = [];
  call.onAnswered = () => {
    answered = true;
  };
  call.onFailed = ({ why }) => failures.push(String(why));
  p.clock.advance(25);
  call.cancel();
  p.clock.advance(200);
  t.false(answered);
  t.deepEqual(failures, ['cancelled']);
  t.is(ended, 'remote');
});

test('a call that nobody answers on the wire fails after 32 s with the retransmissions of timer A', async (t) => {
  const p = await pair();
  p.network.lose = () => true;
  let why = '';
  p.alice.invite({ ...p.toBob, sdp: OFFER }).onFailed = (failure) => {
    why = `${failure.status} ${failure.why}`;
  };
  p.clock.advance(31_900);
  t.is(why, '');
  p.clock.advance(200);
  t.is(why, '408 timeout');
  t.is(count(p, 'INVITE'), 7, '0, 0.5, 1.5, 3.5, 7.5, 15.5 and 31.5 s');
});

test('every first copy of every message lost: the call still comes about and ends', async (t) => {
  const p = await pair();
  const seen = new Set<string>();
  p.network.lose = ({ text }) => {
    if (seen.has(text)) return false;
    seen.add(text);
    return true;
  };
  let his: Session | undefined;
  let ended = '';
  p.bob.onInvite = (call) => {
    his = call.accept(ANSWER);
    his.onEnded = ({ by }) => {
      ended = by;
    };
  };
  let hers: Session | undefined;
  p.alice.invite({ ...p.toBob, sdp: OFFER }).onAnswered = (session) => {
    hers = session;
  };
  p.clock.advance(10_000);
  t.truthy(hers);
  t.true(count(p, 'ACK') >= 2, 'a repeated 2xx is acknowledged again');
  hers!.bye();
  p.clock.advance(10_000);
  t.is(ended, 'remote');
});

test('no ACK ever: the callee ends the call after 64*T1 and says BYE', async (t) => {
  const p = await pair();
  p.network.lose = ({ line }) => line.startsWith('ACK');
  const [, his] = connected(p);
  let ended = '';
  his.onEnded = ({ by }) => {
    ended = by;
  };
  p.clock.advance(31_000);
  t.is(ended, '');
  p.clock.advance(2_000);
  t.is(ended, 'timeout');
  t.is(count(p, 'BYE'), 1);
});

test('a callee that hangs up at once waits for the ACK with its BYE', async (t) => {
  const p = await pair();
  p.bob.onInvite = (call) => call.accept(ANSWER).bye();
  let ended = '';
  p.alice.invite({ ...p.toBob, sdp: OFFER }).onAnswered = (session) => {
    session.onEnded = ({ by }) => {
      ended = by;
    };
  };
  p.clock.advance(100);
  t.is(ended, 'remote');
  const order = lines(p).map((line) => line.split(' ')[0]);
  t.true(order.indexOf('ACK') < order.indexOf('BYE'));
});

test('a peer that has restarted (481), or gone silent, ends the call here too', async (t) => {
  for (const restarted of [true, false]) {
    const p = await pair();
    const [hers] = connected(p);
    let ended = '';
    hers.onEnded = ({ by }) => {
      ended = by;
    };
    await p.bob.close();
    if (restarted) await p.join(BOB).start();
    const status = hers.info('application/dtmf', Buffer.from('5'));
    p.clock.advance(33_000);
    t.is(await status, restarted ? 481 : 408);
    t.is(ended, restarted ? 'remote' : 'timeout');
  }
});

test('forked answers: the first is the call, the other is acknowledged and ended', async (t) => {
  const p = await pair();
  const [hers] = connected(p);
  const ok = p.network.sent.find(({ line, text }) => line === 'SIP/2.0 200 OK' && text.includes('INVITE'))!;
  const fork = ok.text.replace(/(\r\nTo: [^\r]*;tag=)[^\r;]*/, '$1otherfork');
  p.network.inject(ok.from, ok.to, fork);
  p.clock.advance(100);
  t.false(hers.ended);
  const toFork = p.network.sent
    .filter(({ text }) => /\r\nTo: [^\r]*tag=otherfork/.test(text))
    .map(({ line }) => line.split(' ')[0]);
  t.deepEqual(
    toFork.filter((first) => first !== 'SIP/2.0'),
    ['ACK', 'BYE'],
  );
});

test('a callee’s BYE that overtakes its answer ends the call, which never stands', async (t) => {
  const p = await pair();
  p.bob.onInvite = (call) => {
    call.progress(180);
    p.clock.after(100, () => call.accept(ANSWER));
  };
  const call = p.alice.invite({ ...p.toBob, sdp: OFFER });
  const told: string[] = [];
  call.onAnswered = () => told.push('answered');
  call.onFailed = ({ status }) => told.push(String(status));
  p.clock.advance(60);
  const ringing = p.network.sent.find(({ line }) => line.startsWith('SIP/2.0 180'))!.text;
  const [, from, to, callId] = /\r\nFrom: ([^\r]*)\r\nTo: ([^\r]*)\r\nCall-ID: ([^\r]*)/.exec(ringing)!;
  const head = `BYE sip:alice@${ALICE} SIP/2.0\r\nVia: SIP/2.0/UDP ${BOB};branch=z9hG4bKearly\r\nFrom: ${to}\r\nTo: ${from}`;
  p.network.inject(BOB, ALICE, `${head}\r\nCall-ID: ${callId}\r\nCSeq: 1 BYE\r\nContent-Length: 0\r\n\r\n`);
  p.clock.advance(1_000);
  t.deepEqual(told, ['480']);
  t.is(count(p, 'ACK'), 1, 'the late answer is acknowledged all the same');
});

test('a peer that says nothing in the time it is given is given up: nothing more is sent to it, and it rings for nobody', async (t) => {
  const p = await pair();
  p.network.lose = ({ to }) => to === BOB;
  let why = '';
  p.alice.invite({ ...p.toBob, sdp: OFFER, firstResponseMs: 4000 }).onFailed = (failure) => {
    why = `${failure.status} ${failure.why}`;
  };
  p.clock.advance(3900);
  t.is(why, '');
  t.is(count(p, 'INVITE'), 4);
  p.network.lose = () => false;
  let rang = false;
  p.bob.onInvite = () => {
    rang = true;
  };
  p.clock.advance(120_000);
  t.is(why, '408 timeout');
  t.false(rang);
  t.is(count(p, 'INVITE'), 4);
  t.is(p.clock.pending, 0);
});

test('a peer that was given up and wakes up is told that nobody waits: CANCEL while it rings, ACK and BYE when it answers', async (t) => {
  for (const wakes of ['rings', 'answers'] as const) {
    const p = await pair(wakes);
    const heard: string[] = [];
    p.bob.onInvite = (call) => {
      call.onCancelled = () => heard.push('cancelled');
      p.clock.after(6000, () => {
        if (wakes === 'rings') return call.progress(180);
        call.accept(ANSWER).onEnded = ({ by }) => heard.push(`ended by ${by}`);
      });
    };
    // Its 100 does not get through either.
    p.network.lose = ({ line }) => line.startsWith('SIP/2.0 100');
    let failures = 0;
    p.alice.invite({ ...p.toBob, sdp: OFFER, firstResponseMs: 4000 }).onFailed = () => failures++;
    p.clock.advance(5000);
    t.is(failures, 1);
    p.clock.advance(120_000);
    t.deepEqual(heard, [wakes === 'rings' ? 'cancelled' : 'ended by remote']);
    t.is(count(p, 'ACK'), 1);
    t.is(failures, 1, 'nothing is told twice');
    t.is(p.alice.dialogs + p.clock.pending, 0);
  }
});

test('a peer that rings in time may take as long as it likes', async (t) => {
  const p = await pair();
  let answered = false;
  p.bob.onInvite = (call) => {
    call.progress(180);
    p.clock.after(60_000, () => call.accept(ANSWER));
  };
  p.alice.invite({ ...p.toBob, sdp: OFFER, firstResponseMs: 4000 }).onAnswered = () => {
    answered = true;
  };
  p.clock.advance(61_000);
  t.true(answered);
});

test('whoever counts a call hears its whole life once, at both ends, however it ends', async (t) => {
  const lives = async (bob: (call: IncomingCall, p: Pair) => void, later: (p: Pair, call: OutgoingCall) => void) => {
    const p = await pair();
    const heard: string[] = [];
    p.bob.onInvite = (call) => {
      call.onOver = () => heard.push('bob over');
      bob(call, p);
    };
    const watch = {
      tried: () => heard.push('tried'),
      failed: ({ status }: CallFailure) => heard.push(`failed ${status}`),
      answered: () => heard.push('answered'),
      over: () => heard.push('over'),
    };
    const call = p.alice.invite({ ...p.toBob, sdp: OFFER, watch });
    // Whoever holds the session by then does not matter.
    call.onAnswered = (session) => {
      session.onEnded = () => {};
    };
    p.clock.advance(100);
    later(p, call);
    p.clock.advance(60_000);
    return heard.sort();
  };
  const nothing = () => {};
  const answer = (call: IncomingCall) => void call.accept(ANSWER);
  const hangUp = (call: IncomingCall, p: Pair) => {
    const session = call.accept(ANSWER);
    p.clock.after(1000, () => session.bye());
  };
  t.deepEqual(await lives(hangUp, nothing), ['answered', 'bob over', 'over', 'tried']);
  t.deepEqual(await lives((call) => call.reject(486), nothing), ['bob over', 'failed 486', 'tried']);
  const ring = (call: IncomingCall) => call.progress(180);
  t.deepEqual(await lives(ring, (_, call) => call.cancel()), ['bob over', 'failed 487', 'tried']);
  t.deepEqual(await lives(answer, nothing), ['answered', 'tried'], 'it goes on');
});
