import test from 'ava';
import { pair } from '../testing/agents.ts';
import type { IncomingCall } from './incoming-call.ts';

const SDP = Buffer.from('v=0\r\n');
const credentials = { user: 'alice', password: 'correct horse' };
const challenge = (nonce: string, more = ''): [string, string] => [
  'Proxy-Authenticate',
  `Digest realm="box", nonce="${nonce}", qop="auth", algorithm=MD5${more}`,
];
const given = ({ invite }: IncomingCall) => invite.headers.get('Proxy-Authorization') ?? '';

test('a challenged call is made again with an answer, and its ACK carries the same', async (t) => {
  const p = await pair();
  p.bob.onInvite = (call) => {
    if (given(call) === '') return call.reject(407, undefined, [challenge('n1')]);
    t.regex(
      given(call),
      /^Digest username="alice", realm="box", nonce="n1", uri="sip:bob@192.0.2.2", response="[0-9a-f]{32}"/,
    );
    t.regex(call.invite.headers.get('CSeq')!, /^2 INVITE$/);
    call.accept(SDP);
  };
  let answered = false;
  p.alice.invite({ ...p.toBob, sdp: SDP, credentials }).onAnswered = () => {
    answered = true;
  };
  p.clock.advance(500);
  t.true(answered);
  const acks = p.network.sent.filter(({ line }) => line.startsWith('ACK'));
  t.is(acks.length, 2);
  t.regex(acks[1]!.text, /\r\nProxy-Authorization: Digest username="alice"/);
  t.true(p.network.sent.every(({ text }) => !text.includes('correct horse')));
});

test('a refused answer is not given again; a stale nonce is answered once more; no credentials, no second try', async (t) => {
  for (const [second, tries] of [
    [challenge('n2'), 2],
    [challenge('n2', ', stale=true'), 3],
  ] as const) {
    const p = await pair();
    let heard = 0;
    p.bob.onInvite = (call) => {
      heard++;
      call.reject(407, undefined, [given(call) === '' ? challenge('n1') : second]);
    };
    let status = 0;
    p.alice.invite({ ...p.toBob, sdp: SDP, credentials }).onFailed = (failure) => {
      status = failure.status;
    };
    p.clock.advance(1000);
    t.is(heard, tries);
    t.is(status, 407);
  }
  const p = await pair();
  let heard = 0;
  p.bob.onInvite = (call) => {
    heard++;
    call.reject(407, undefined, [challenge('n1')]);
  };
  p.alice.invite({ ...p.toBob, sdp: SDP });
  p.clock.advance(1000);
  t.is(heard, 1);
});

test('a registration is challenged and answered; a call in progress may be challenged too', async (t) => {
  const p = await pair();
  p.bob.onRequest = ({ request, respond }) => {
    const authorized = request.headers.has('Authorization');
    respond(authorized ? { status: 200 } : { status: 401, headers: [['WWW-Authenticate', challenge('r')[1]]] });
  };
  const registered = p.alice.request({ ...p.toBob, method: 'REGISTER', credentials });
  p.clock.advance(200);
  t.is((await registered).status, 200);

  p.bob.onInvite = (call) => {
    const session = call.accept(SDP);
    session.onInfo = ({ request, respond }) => respond(request.headers.has('Proxy-Authorization') ? 200 : 407);
  };
  const info = new Promise<number>((resolve) => {
    p.alice.invite({ ...p.toBob, sdp: SDP, credentials }).onAnswered = (session) => {
      void session.info('application/dtmf', Buffer.from('1')).then(resolve);
    };
  });
  p.clock.advance(500);
  t.is(await info, 407, 'a 407 without a challenge is an answer like others');
});
