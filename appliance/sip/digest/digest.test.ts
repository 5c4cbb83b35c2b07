import { seededChance } from '@belkluis/shared/base/chance';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import type { SipRequest } from '../message/message.ts';
import { parseMessage } from '../message/parse.ts';
import { writeRequest } from '../message/write.ts';
import { type DigestAlgorithm, digestResponse, ha1Of, noHa1 } from './algorithm.ts';
import { answerChallenge } from './client.ts';
import { createNonces, NONCE_LIFETIME_MS } from './nonces.ts';
import { createDigestServer } from './server.ts';

/** Where the requests come from. */
const HERE = '192.0.2.1';

const mufasa = {
  nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
  method: 'GET',
  uri: '/dir/index.html',
  qop: { nc: '00000001', cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ' },
};

test('the examples of RFC 7616 3.9.1', (t) => {
  const answer = (algorithm: DigestAlgorithm) =>
    digestResponse({
      ...mufasa,
      algorithm,
      ha1: ha1Of(algorithm, 'Mufasa', 'http-auth@example.org', 'Circle of Life'),
    });
  t.is(answer('MD5'), '8ca523f5e9506fed4657c9700eebdbec');
  t.is(answer('SHA-256'), '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1');
});

test('the example of RFC 7616 3.9.2, as its erratum 4897 has it', (t) => {
  const answer = digestResponse({
    algorithm: 'SHA-512-256',
    ha1: ha1Of('SHA-512-256', 'J\u00e4s\u00f8n Doe', 'api@example.org', 'Secret, or not?'),
    nonce: '5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK',
    method: 'GET',
    uri: '/doe.json',
    qop: { nc: '00000001', cnonce: 'NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v' },
  });
  t.is(answer, '3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5');
});

test('the example of RFC 2617 3.5', (t) => {
  const ha1 = ha1Of('MD5', 'Mufasa', 'testrealm@host.com', 'Circle Of Life');
  const qop = { nc: '00000001', cnonce: '0a4f113b' };
  const nonce = 'dcd98b7102dd2f0e8b11d0f600bfb0c093';
  const answer = digestResponse({ algorithm: 'MD5', ha1, nonce, method: 'GET', uri: '/dir/index.html', qop });
  t.is(answer, '6629fae49393a05397450978507c4ef1');
});

function scene(algorithm: DigestAlgorithm = 'MD5') {
  const clock = new ManualClock();
  const server = createDigestServer({ realm: 'phones', algorithm, clock, chance: seededChance('digest') });
  const ha1 = ha1Of(algorithm, 'anna', 'phones', 'secret');
  const register = (challenge: string, password = 'secret', count = 1) => {
    const authorization = answerChallenge({
      challenge,
      method: 'REGISTER',
      uri: 'sip:phones',
      user: 'anna',
      password,
      cnonce: 'abc',
      count,
    })!;
    return writeRequest({ method: 'REGISTER', uri: 'sip:phones', headers: [['Authorization', authorization]] });
  };
  return { clock, server, ha1, register };
}

for (const algorithm of ['MD5', 'SHA-256', 'SHA-512-256'] as const) {
  test(`${algorithm}: who knows the password comes in, who does not stays out`, (t) => {
    const { server, ha1, register } = scene(algorithm);
    const right = register(server.challenge(HERE));
    t.is(server.claimedUser(right), 'anna');
    t.is(server.verify(right, ha1, HERE).is, 'ok');
    t.is(server.verify(register(server.challenge(HERE), 'guess'), ha1, HERE).is, 'wrong');
    t.is(server.verify(right, null, HERE).is, 'wrong', 'a user that does not exist');
  });
}

test('a request heard on the wire is worth nothing a second time', (t) => {
  const { server, ha1, register } = scene();
  const challenge = server.challenge(HERE);
  const first = register(challenge);
  t.is(server.verify(first, ha1, HERE).is, 'ok');
  t.is(server.verify(first, ha1, HERE).is, 'replay');
  t.is(server.verify(register(challenge, 'secret', 2), ha1, HERE).is, 'ok');
  t.is(server.verify(first, ha1, HERE).is, 'replay');
});

test('an answer without qop serves once', (t) => {
  const { server, ha1, register } = scene();
  const old = register(server.challenge(HERE).replace(', qop="auth"', ''));
  t.notRegex(old.headers.get('Authorization')!, /nc=/);
  t.is(server.verify(old, ha1, HERE).is, 'ok');
  t.is(server.verify(old, ha1, HERE).is, 'replay');
});

test('an answer for one method is no answer for another', (t) => {
  const { server, ha1, register } = scene();
  const heard = register(server.challenge(HERE)).headers.entries();
  const invite = writeRequest({ method: 'INVITE', uri: 'sip:0900@phones', headers: heard });
  t.is(server.verify(invite, ha1, HERE).is, 'wrong');
});

test('a nonce that had to be forgotten cannot be said again', (t) => {
  const clock = new ManualClock();
  const nonces = createNonces({ clock, chance: seededChance('table'), capacity: 2 });
  const [heard, ...others] = [1, 2, 3].map(() => {
    clock.advance(10);
    return nonces.issue(HERE);
  });
  t.is(nonces.use(heard!, 1, HERE), 'ok');
  for (const nonce of others) t.is(nonces.use(nonce, 1, HERE), 'ok');
  t.is(nonces.use(heard!, 1, HERE), 'stale');
  t.is(nonces.use(others[0]!, 2, HERE), 'ok', 'those remembered go on');
});

test('a user name in any script is hashed as it is written', (t) => {
  const server = createDigestServer({ realm: 'phones', clock: new ManualClock(), chance: seededChance('utf8') });
  const user = 'Zoë "Z"';
  const authorization = answerChallenge({
    challenge: server.challenge(HERE),
    method: 'REGISTER',
    uri: 'sip:phones',
    user,
    password: 'pässwörd',
    cnonce: 'abc',
    count: 1,
  })!;
  const { bytes } = writeRequest({
    method: 'REGISTER',
    uri: 'sip:phones',
    headers: [['Authorization', authorization]],
  });
  const received = parseMessage(bytes) as SipRequest;
  t.is(server.claimedUser(received), user);
  t.is(server.verify(received, ha1Of('MD5', user, 'phones', 'pässwörd'), HERE).is, 'ok');
});

test('a nonce runs out', (t) => {
  const { clock, server, ha1, register } = scene();
  const challenge = server.challenge(HERE);
  clock.advance(NONCE_LIFETIME_MS);
  t.is(server.verify(register(challenge), ha1, HERE).is, 'ok');
  clock.advance(1);
  t.is(server.verify(register(challenge, 'secret', 2), ha1, HERE).is, 'stale');
  t.regex(server.challenge(HERE, true), /stale=true$/);
});

test('a nonce is good for whom it was given to; elsewhere nothing is said of the digest', (t) => {
  const { server, ha1, register } = scene();
  const challenge = server.challenge(HERE);
  for (const password of ['secret', 'guess']) {
    t.is(server.presented(register(challenge, password), '192.0.2.66').is, 'stale');
    t.is(server.verify(register(challenge, password), ha1, '192.0.2.66').is, 'stale');
  }
  t.is(server.presented(register(challenge), HERE).is, 'answers');
  t.is(server.verify(register(challenge), ha1, HERE).is, 'ok', 'and nothing was used up');
});

test('a nonce that we did not make is none', (t) => {
  const { server, ha1, register } = scene();
  const made = server.challenge(HERE);
  t.is(server.verify(register('Digest realm="phones", nonce="1.2.3", qop="auth"'), ha1, HERE).is, 'stale');
  t.is(server.verify(register(made.replace(/nonce="[^.]*/, 'nonce="zz')), ha1, HERE).is, 'stale');
  t.is(
    server.verify(
      register(
        scene()
          .server.challenge(HERE)
          .replace(/.(?=", algorithm)/, 'g'),
      ),
      ha1,
      HERE,
    ).is,
    'stale',
  );
});

test('nobody is let in as a user that does not exist', (t) => {
  const { server } = scene();
  const nonce = /nonce="([^"]+)"/.exec(server.challenge(HERE))![1]!;
  const response = digestResponse({
    algorithm: 'MD5',
    ha1: noHa1('MD5'),
    nonce,
    method: 'REGISTER',
    uri: 'sip:phones',
    qop: null,
  });
  const text = `Digest username="ghost", realm="phones", nonce="${nonce}", uri="sip:phones", response="${response}"`;
  const ghost = writeRequest({ method: 'REGISTER', uri: 'sip:phones', headers: [['Authorization', text]] });
  t.is(server.verify(ghost, null, HERE).is, 'wrong');
});

test('credentials that cannot be read are told from wrong ones', (t) => {
  const { server, ha1, register } = scene();
  const text = register(server.challenge(HERE)).headers.get('Authorization')!;
  const verdict = (authorization: string) =>
    server.verify(
      writeRequest({ method: 'REGISTER', uri: 'sip:phones', headers: [['Authorization', authorization]] }),
      ha1,
      HERE,
    ).is;
  t.is(verdict(text.replace('nc=00000001', 'nc=1')), 'malformed');
  t.is(verdict(text.replace('qop=auth', 'qop=auth-int')), 'malformed');
  t.is(verdict(text.replace('algorithm=MD5', 'algorithm=SHA-256')), 'malformed');
  t.is(verdict(text.replace(/username="anna", /, '')), 'malformed');
  t.is(verdict(text.replace('realm="phones"', 'realm="phones')), 'malformed');
  t.is(verdict(`${text}, realm="phones"`), 'malformed');
  t.is(verdict(text.replace(/response="(.)/, (_, first) => `response="${first === '0' ? '1' : '0'}`)), 'wrong');
});

test('credentials of another realm or scheme, or none, ask for a challenge', (t) => {
  const { server, ha1, register } = scene();
  t.is(server.verify(register('Digest realm="other", nonce="x"'), ha1, HERE).is, 'absent');
  const strange = writeRequest({ method: 'REGISTER', uri: 'sip:phones', headers: [['Authorization', 'Strange abc']] });
  t.is(server.verify(strange, ha1, HERE).is, 'absent');
});
