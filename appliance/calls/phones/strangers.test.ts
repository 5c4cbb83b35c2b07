/** What somebody without a password learns from the box: nothing that depends on who has an account. */
import { seededChance } from '@belkluis/shared/base/chance';
import { Counters } from '@belkluis/shared/base/counters';
import test from 'ava';
import type { MediaDoor } from '../../media/door.ts';
import { openGuard } from '../../sip/defence/guard.ts';
import { ha1Of } from '../../sip/digest/algorithm.ts';
import { answerChallenge } from '../../sip/digest/client.ts';
import { createDigestServer, type DigestServer } from '../../sip/digest/server.ts';
import { BOB as BOX, pair } from '../../sip/testing/agents.ts';
import { createB2bua } from '../b2bua.ts';
import { noManners } from '../testing/no-manners.ts';
import { noObjections } from '../testing/no-objections.ts';
import { authenticator, challenger } from './authenticate.ts';
import { createPhones } from './phones.ts';
import { createRegistrar } from './registrar.ts';

const DOMAIN = 'box.test';
const METHODS = ['REGISTER', 'INVITE', 'OPTIONS', 'SUBSCRIBE', 'MESSAGE', 'PUBLISH', 'NOTIFY', 'BYE'] as const;

/** Registrar, back-to-back user agent and all that stands before them, with an eye on what is asked of whom. */
async function box() {
  const p = await pair('strangers');
  const { clock, counters } = p;
  const work: string[] = [];
  const digest = createDigestServer({ realm: DOMAIN, clock, chance: seededChance('digest') });
  const watched: DigestServer = {
    ...digest,
    verify(request, ha1, source) {
      const verdict = digest.verify(request, ha1, source);
      work.push(`verify ${verdict.is}`);
      return verdict;
    },
  };
  const accounts = {
    find(user: string) {
      work.push('find');
      const known = { anna: 0, ben: Number.MAX_SAFE_INTEGER }[user];
      return known === undefined ? null : { user, ha1: ha1Of('MD5', user, DOMAIN, 'secret'), plainUntil: known };
    },
  };
  const guard = openGuard({ clock, counters: new Counters() });
  const parts = { accounts, digest: watched, guard, clock, counters };
  const authenticate = authenticator(parts);
  const registrar = createRegistrar({ authenticate, domain: DOMAIN, hosts: [BOX], clock });
  const media: MediaDoor = new Proxy({} as MediaDoor, {
    get() {
      throw new Error('a stranger reached the media');
    },
  });
  const b2bua = createB2bua({
    userAgent: p.bob,
    routing: createPhones({ registrar, authenticate, accounts, domain: DOMAIN, clock }).route,
    media,
    recorder: {
      ...noObjections,
      unable: () => null,
      begin: async () => ({ ok: false, reason: 'no_recipient' }),
      end() {},
      onLost() {},
      callEnded() {},
    },
    decide: () => ({ record: false, reason: 'no_rule', trafficDays: 7 }),
    manners: noManners,
    ringBack: null,
    address: BOX,
    ringMs: 60_000,
    clock,
    chance: seededChance('b2bua'),
    counters,
    log: () => {},
  });
  p.bob.onStranger = challenger({ digest: watched, guard, counters });
  p.bob.onInvite = (incoming) => b2bua.handle(incoming);
  p.bob.onRequest = ({ request, flow, respond }) =>
    respond(request.method === 'REGISTER' ? registrar.handle(request, flow) : { status: 405 });

  let peers = 0;
  /** One request, each time from another address unless told; returns the answer without what is random or was said by us. */
  const ask = async (method: string, user: string, how: { auth?: string; to?: string; from?: string } = {}) => {
    const from = how.from ?? `198.51.100.${++peers % 250}`;
    const to = how.to ?? user;
    const uri = method === 'REGISTER' ? `sip:${DOMAIN}` : `sip:${to}@${DOMAIN}`;
    const head = [
      `${method} ${uri} SIP/2.0`,
      'Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKx',
      `From: <sip:${user}@${DOMAIN}>;tag=f`,
      `To: <sip:${to}@${DOMAIN}>`,
      `Call-ID: ${method} ${peers}`.replace(/(?<=: \S+) /, '-'),
      `CSeq: 1 ${method}`,
      'Max-Forwards: 70',
      'Contact: <sip:x@10.0.0.1>',
      ...(how.auth ? [`Authorization: ${how.auth}`] : []),
    ];
    const before = p.network.sent.length;
    work.length = 0;
    p.network.inject(from, BOX, `${head.join('\r\n')}\r\nContent-Length: 0\r\n\r\n`);
    clock.advance(15);
    // Where a call goes may be found out later than its INVITE came.
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(15);
    const said = p.network.sent.slice(before + 1).map(({ text }) => text);
    clock.advance(40_000);
    const shape = said.map((text) =>
      text
        .replaceAll(from, 'SOURCE')
        .replace(/nonce="[^"]*"/, 'nonce')
        .replace(/^(From|To): <sip:[^@]*@/gm, '$1: <sip:USER@')
        .replace(/(To: .*;tag=)\w+/, '$1TAG')
        .replace(/^Call-ID: .*$/m, 'Call-ID'),
    );
    return { from, said, shape: shape.join('\n'), work: work.join(' ') };
  };
  /** The answer to a fresh challenge given to `from`. */
  const answer = async (
    method: string,
    user: string,
    password: string,
    from: string,
    more: { to?: string; forge?: (text: string) => string } = {},
  ) => {
    const [challenged] = (await ask('REGISTER', user, { from })).said;
    const challenge = /^WWW-Authenticate: (.*)$/m.exec(challenged!)![1]!.trim();
    const auth = answerChallenge({
      challenge,
      method,
      uri: `sip:${DOMAIN}`,
      user,
      password,
      cnonce: 'c0ffee',
      count: 1,
    })!;
    const { to } = more;
    return ask(method, user, { from, auth: more.forge ? more.forge(auth) : auth, ...(to === undefined ? {} : { to }) });
  };
  return { ...p, ask, answer, guard };
}

const users = ['anna', 'ben', 'x', '100', 'zed.zulu+1', 'a'.repeat(60)];

test('each request is answered alike for every user, whatever it presents, and costs the same work', async (t) => {
  const { ask, answer } = await box();
  let peers = 0;
  const fresh = () => `203.0.113.${++peers}`;
  const ways: Record<string, (method: string, user: string) => Promise<{ shape: string; work: string }>> = {
    'no credentials': (method, user) => ask(method, user),
    'a user called by another': (method, user) => ask(method, 'x', { to: user }),
    'a wrong password': (method, user) => answer(method, user, 'guess', fresh()),
    'a nonce that is not ours': (method, user) =>
      answer(method, user, 'guess', fresh(), { forge: (text) => text.replace(/nonce="/, 'nonce="0') }),
    'credentials that cannot be read': (method, user) =>
      answer(method, user, 'guess', fresh(), { forge: (text) => text.replace('qop=auth', 'qop=other') }),
    'credentials of one for another': (method, user) => answer(method, user, 'guess', fresh(), { to: 'ben' }),
  };
  for (const [way, present] of Object.entries(ways)) {
    for (const method of METHODS) {
      peers = 0;
      const seen = [];
      for (const user of users) seen.push(await present(method, user));
      t.not(seen[0]!.shape, '', `${method} with ${way} is answered`);
      for (const { shape, work } of seen) {
        t.is(shape, seen[0]!.shape, `${method} with ${way}`);
        t.is(work, seen[0]!.work, `${method} with ${way}`);
      }
    }
  }
});

test('a call without a password reaches no routing: who is called makes no difference, and nothing is begun for it', async (t) => {
  const { ask, answer, bob, counters } = await box();
  for (const to of ['anna', 'ben', 'nobody', '00900123']) {
    t.regex((await ask('INVITE', 'anna', { to })).said[0]!, /^SIP\/2.0 401 /, to);
    const wrong = await answer('INVITE', 'anna', 'guess', `203.0.113.${to.length}`, { to });
    t.regex(wrong.said[0]!, /^SIP\/2.0 (100|401) /, to);
  }
  t.is(bob.dialogs, 0);
  t.is(counters.get('sip.handler_failed'), 0);
  // The password is what opens: now the same numbers do differ.
  t.regex((await answer('INVITE', 'ben', 'secret', '203.0.113.40', { to: 'nobody' })).said.join('\n'), /SIP\/2.0 404 /);
  t.regex((await answer('INVITE', 'ben', 'secret', '203.0.113.41', { to: 'anna' })).said.join('\n'), /SIP\/2.0 480 /);
});

test('that a phone needs TLS, or that From is another, is said to nobody but who has the password', async (t) => {
  const { answer } = await box();
  t.regex((await answer('REGISTER', 'anna', 'guess', '203.0.113.1')).said[0]!, /^SIP\/2.0 401 /);
  t.regex((await answer('REGISTER', 'anna', 'secret', '203.0.113.2')).said[0]!, /^SIP\/2.0 403 TLS Required/);
  t.regex(
    (await answer('REGISTER', 'ben', 'secret', '203.0.113.3', { to: 'anna' })).said[0]!,
    /^SIP\/2.0 403 To must be/,
  );
  t.regex((await answer('REGISTER', 'ben', 'secret', '203.0.113.3')).said[0]!, /^SIP\/2.0 200 /);
});

test('a scan of the house finds nobody and is banned, and a phone that is known goes on beside it', async (t) => {
  const { ask, answer, guard } = await box();
  t.regex((await answer('REGISTER', 'ben', 'secret', '203.0.113.3')).said[0]!, /^SIP\/2.0 200 /);
  const seen = new Set<string>();
  for (let i = 100; i < 109; i++)
    seen.add((await ask('REGISTER', i === 105 ? 'anna' : `${i}`, { from: '203.0.113.66' })).shape);
  t.is(seen.size, 1);
  t.like(guard.bans()[0], { source: '203.0.113.66', why: 'names' });
  t.regex((await answer('INVITE', 'ben', 'secret', '203.0.113.3', { to: 'anna' })).said.join('\n'), /SIP\/2.0 480 /);
});
