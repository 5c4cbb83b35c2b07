import { seededChance } from '@belkluis/shared/base/chance';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import { writeRequest } from '../message/write.ts';
import { type DigestAlgorithm, digestResponse, ha1Of } from './algorithm.ts';
import { answerChallenge } from './client.ts';
import { createDigestServer } from './server.ts';

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
    const right = register(server.challenge());
    t.is(server.claimedUser(right), 'anna');
    t.is(server.verify(right, ha1).is, 'ok');
    t.is(server.verify(register(server.challenge(), 'guess'), ha1).is, 'wrong');
    t.is(server.verify(right, null).is, 'wrong', 'a user that does not exist');
  });
}

test('a request heard on the wire is worth nothing a second time', (t) => {
  const { server, ha1, register } = scene();
  const challenge = server.challenge();
  const first = register(challenge);
  t.is(server.verify(first, ha1).is, 'ok');
  t.is(server.verify(first, ha1).is, 'stale');
  t.is(server.verify(register(challenge, 'secret', 2), ha1).is, 'ok');
});

test('a nonce runs out, and one of our own making is needed', (t) => {
  const { clock, server, ha1, register } = scene();
  const challenge = server.challenge();
  clock.advance(600_001);
  t.is(server.verify(register(challenge), ha1).is, 'stale');
  t.is(server.verify(register('Digest realm="phones", nonce="1.2.3", qop="auth"'), ha1).is, 'stale');
});

test('credentials of another realm or scheme, or none, ask for a challenge', (t) => {
  const { server, ha1, register } = scene();
  t.is(server.verify(register('Digest realm="other", nonce="x"'), ha1).is, 'absent');
  const strange = writeRequest({ method: 'REGISTER', uri: 'sip:phones', headers: [['Authorization', 'Strange abc']] });
  t.is(server.verify(strange, ha1).is, 'absent');
});
