/** Signing in by an identity provider, seen with a real one; and what somebody tries who is not who they say. */

import { createHash, generateKeyPairSync } from 'node:crypto';
import { totpCode } from '@belkluis/shared/access/totp';
import { codeIn } from '@belkluis/shared/base/testing/code-of';
import test from 'ava';
import { sql } from 'kysely';
import { both } from '../../db/testing/databases.ts';
import { msp, of, PASSWORD } from '../testing/msp.ts';
import { openOutbound } from './outbound.ts';
import { authority, jwt, lyingProvider, outbound, type Somebody } from './testing/identity-provider.ts';
import { address, eve, SECRET, settings, sqlite, world } from './testing/world.ts';

for (const database of both) {
  test(`${database.name}: somebody invited comes in by the provider, sets up a second factor here, and is known by subject from then on`, async (t) => {
    const { access, clock, scope, signIn, invite, events, verified } = await world(t, database);
    t.is(await codeIn(signIn(eve)), 'provider_nobody');
    const first = await signIn(eve, { invitation: await invite('eve@A.example') });
    t.is(first.stage, 'enrol');
    t.is(await codeIn(access.signedIn(first.session)), 'second_factor_needed');
    const { secret } = await access.signIn.beginTotp(first.session);
    const whole = await access.signIn.confirmTotp(first.session, totpCode(secret, clock.now()));
    t.like(await access.signedIn(whole), { name: 'Eve', email: 'Eve@a.example' });
    clock.advance(30_000);
    // She has married: the address is another, the subject is not.
    const again = await signIn({ ...eve, email: 'eve.b@a.example' });
    t.is(again.stage, 'code');
    t.is(await codeIn(access.signedIn(again.session)), 'second_factor_needed');
    const session = await access.signIn.enterCode(again.session, totpCode(secret, clock.now()), address());
    t.is((await access.signedIn(session)).id, (await access.people.list(scope)).find(({ name }) => name === 'Eve')!.id);
    // A password was never set: none is right.
    t.is(await codeIn(access.signIn.enterPassword('eve@a.example', '', address())), 'login_refused');
    t.is(await codeIn(access.own.changePassword(session, '', PASSWORD, address())), 'login_refused');
    t.deepEqual(
      events.filter(({ kind }) => /provider|admitted/.test(kind)).map(({ kind }) => kind),
      ['provider_added', 'person_admitted', 'provider_linked'],
    );
    t.notRegex(JSON.stringify(events), /eve-17|@a\.example|Directory/i);
    t.true(await verified());
  });

  test(`${database.name}: what the MSP believes of second factors makes a whole session, and nothing else does`, async (t) => {
    const { access, signIn, invite } = await world(t, database, { secondFactor: { acr: ['urn:two'], amr: ['mfa'] } });
    const strong = { ...eve, amr: ['pwd', 'mfa'] };
    const { session, stage } = await signIn(strong, { invitation: await invite('eve@a.example') });
    t.is(stage, 'full');
    t.true((await access.signedIn(session)).enrolled);
    t.is((await signIn({ ...eve, acr: 'urn:two' })).stage, 'full');
    // Whoever knows the password at the provider alone must not set up a factor here.
    t.is(await codeIn(signIn({ ...eve, amr: ['pwd'] })), 'provider_factor_missing');
    t.is(await codeIn(signIn(eve)), 'provider_factor_missing');
  });

  test(`${database.name}: an address that somebody has here already opens nothing; they connect the provider themselves`, async (t) => {
    const rules = [{ claim: 'groups', value: 'ops', grants: [of('operator')] }];
    const { access, provider, signIn, anna, goThrough, clock } = await world(t, database, { rules });
    const who = { sub: 'anna-1', email: 'anna@a.example', email_verified: true, groups: ['ops'] };
    t.is(await codeIn(signIn(who)), 'provider_address_taken');
    clock.advance(30_000);
    const other = await anna.signIn();
    const { session, stage } = await signIn(who, { session: other });
    t.is(stage, 'full');
    t.is((await access.signedIn(session)).id, anna.person.id);
    t.is(await codeIn(access.signedIn(other)), 'session_over');
    t.is((await signIn(who)).stage, 'code');
    t.is(await codeIn(signIn({ ...who, sub: 'anna-2' }, { session })), 'provider_linked');
    // Somebody lets her follow a link at the end of which their account would be hers.
    const { query, browser } = await goThrough({ ...who, sub: 'mallory' }, { session });
    t.is(await codeIn(access.oidc.finish(provider.id, query, browser, address(), null)), 'session_over');
    t.deepEqual(
      (await access.oidc.links(session)).map((one) => one.provider),
      [provider.id],
    );
    const after = await access.oidc.unlink(session, provider.id);
    t.is(await codeIn(access.oidc.unlink(after, provider.id)), 'provider_unknown');
    t.is(await codeIn(signIn(who)), 'provider_address_taken');
  });

  test(`${database.name}: providers are their MSP's, kept sealed, changed by one at a time`, async (t) => {
    const { access, provider, scope, other, anna, kysely, real, signIn, invite, places } = await world(t, database);
    const actor = anna.person.id;
    const { rows } = await sql`SELECT * FROM identity_providers`.execute(kysely);
    t.false(JSON.stringify(rows).includes(SECRET));
    t.deepEqual(await access.providers.list(other), []);
    t.is(await codeIn(access.providers.remove(other, provider.id, actor)), 'provider_unknown');
    const part = { msp: scope.msp, within: { customers: [], sites: [] } };
    t.is(await codeIn(access.providers.list(part)), 'scope_too_small');
    const next = settings(real.issuer, { name: 'Another' });
    t.is((await access.providers.change(scope, provider, next, null, actor)).version, 2);
    t.is(await codeIn(access.providers.change(scope, provider, next, null, actor)), 'provider_changed');
    const moved = settings('https://elsewhere.example');
    t.is(
      await codeIn(access.providers.change(scope, { ...provider, version: 2 }, moved, null, actor)),
      'provider_issuer',
    );
    const { session } = await signIn(eve, { invitation: await invite('eve@a.example') });
    const place = `${scope.msp} ${real.issuer.slice('https://'.length)} NL`;
    t.deepEqual(places(), [place]);
    await access.providers.declareAgain();
    t.deepEqual(places(), [place]);
    // Places of before and after it are declared though one may be no more.
    const columns = sql.raw('msp, version, settings, client_secret, hosts, created_at');
    for (const id of ['0', 'zz'])
      await sql`INSERT INTO identity_providers (id, ${columns}) SELECT ${id}, ${columns} FROM identity_providers WHERE id = ${provider.id}`.execute(
        kysely,
      );
    await sql`UPDATE identity_providers SET settings = REPLACE(settings, '"NL"', '"ZZ"') WHERE id = ${provider.id}`.execute(
      kysely,
    );
    await access.providers.declareAgain();
    t.deepEqual(places(), [place, place]);
    await sql`DELETE FROM identity_providers WHERE id <> ${provider.id}`.execute(kysely);
    await access.providers.declareAgain();
    await access.providers.remove(scope, provider.id, actor);
    t.deepEqual(places(), []);
    t.is(await codeIn(access.signIn.beginTotp(session)), 'session_over');
    t.is(await codeIn(access.oidc.begin(provider.id, address())), 'provider_unknown');
  });
}

test('an address that nobody verified is none, and a domain is one exactly', async (t) => {
  const { signIn, invite, access, provider, scope, anna, real } = await world(t, sqlite);
  const tries: readonly Somebody[] = [
    { ...eve, email_verified: false },
    { ...eve, email_verified: 'true' },
    { sub: 'x', email: 'eve@a.example' },
    { ...eve, email: 'eve@evil-a.example' },
    { ...eve, email: 'eve@a.example.evil.example' },
    { ...eve, email: ['eve@a.example'] },
    { sub: 'x', email: 'a.example', email_verified: true, name: 'no address' },
  ];
  for (const who of tries.slice(0, 6))
    t.is(await codeIn(signIn(who, { invitation: await invite('eve@a.example') })), 'provider_not_admitted');
  t.is(await codeIn(signIn(eve, { invitation: await invite('other@a.example') })), 'provider_address_differs');
  // A directory that verifies every address and does not say so.
  await access.providers.change(scope, provider, settings(real.issuer, { trustsEmail: true }), null, anna.person.id);
  t.is(
    (await signIn({ sub: 'x', email: 'eve@a.example' }, { invitation: await invite('eve@a.example') })).stage,
    'enrol',
  );
  t.is(await codeIn(signIn({ ...eve, email_verified: false })), 'provider_not_admitted');
});

test('an answer counts once, in the browser that began, at the door of its provider', async (t) => {
  const { access, provider, goThrough, invite, add, other, signIn } = await world(t, sqlite);
  const finish = (query: URLSearchParams, browser: string, at = provider.id) =>
    codeIn(access.oidc.finish(at, query, browser, address()));
  const invitation = await invite('eve@a.example');
  const [mine, theirs] = [await goThrough(eve, { invitation }), await goThrough({ ...eve, sub: 'mallory' })];
  t.is(await finish(mine.query, 'another browser'), 'provider_expired');
  // Mallory's answer in Eve's browser: she would work in his account.
  t.is(await finish(theirs.query, mine.browser), 'provider_refused');
  const again = await goThrough(eve, { invitation });
  t.is(await finish(again.query, again.browser), 'none');
  t.is(await finish(again.query, again.browser), 'provider_expired');
  // A code that was used, and one without a state.
  const used = await goThrough(eve);
  used.query.set('code', again.query.get('code')!);
  t.is(await finish(used.query, used.browser), 'provider_refused');
  const bare = await goThrough(eve);
  bare.query.delete('state');
  t.is(await finish(bare.query, bare.browser), 'provider_refused');
  // The same issuer at another MSP: another provider, whose people are others.
  const foreign = await add({}, other, 'other-client');
  t.is(await codeIn(signIn(eve, {}, foreign.id)), 'provider_nobody');
  t.is(await codeIn(signIn(eve, { invitation: await invite('eve@a.example') }, foreign.id)), 'invitation_refused');
  const carried = await goThrough(eve);
  t.is(await finish(carried.query, carried.browser, foreign.id), 'provider_expired');
  // A code that was made for another client.
  const [own, forOther] = [await goThrough(eve), await goThrough(eve, {}, foreign.id)];
  own.query.set('code', forOther.query.get('code')!);
  t.is(await finish(own.query, own.browser), 'provider_refused');
  const issuer = await goThrough(eve);
  issuer.query.set('iss', 'https://evil.example');
  t.is(await finish(issuer.query, issuer.browser), 'provider_refused');
  issuer.query.delete('iss');
  const denied = await goThrough(eve);
  denied.query.delete('code');
  denied.query.set('error', 'access_denied');
  t.is(await finish(denied.query, denied.browser), 'provider_denied');
});

test('tries are slowed for each address', async (t) => {
  const { access, provider } = await world(t, sqlite);
  const said = new Set<string>();
  for (let tried = 0; tried < 10; tried++)
    said.add(await codeIn(access.oidc.finish(provider.id, new URLSearchParams(), `guess ${tried}`, '192.0.2.9')));
  t.deepEqual([...said], ['provider_expired', 'login_wait']);
  t.is(await codeIn(access.oidc.begin(provider.id, '192.0.2.9')), 'login_wait');
});

test('sign-ins that took too long are over, and who comes in is connected to nobody without a session', async (t) => {
  const { access, provider, goThrough, clock, other, join } = await world(t, sqlite);
  const { query, browser } = await goThrough(eve);
  clock.advance(10 * 60_000);
  t.is(await codeIn(access.oidc.finish(provider.id, query, browser, address())), 'provider_expired');
  t.is(await codeIn(access.oidc.begin(provider.id, address(), { session: 'none' })), 'session_over');
  const foreign = await join('b@b.example', [of('owner')], other);
  t.is(await codeIn(access.oidc.begin(provider.id, address(), { session: foreign.session })), 'provider_unknown');
});

test('a token is believed with the right signature, nonce, audience and issuer alone', async (t) => {
  const { access, scope, anna } = await msp(t, sqlite, outbound);
  const { issuer, world: lies, keys } = await lyingProvider(t);
  const rules = [{ claim: 'groups', value: 'ops', grants: [of('operator')] }];
  const provider = await access.providers.add(scope, settings(issuer, { rules }), SECRET, anna.person.id);
  const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const rs256 = { alg: 'RS256', kid: 'one' };
  const publicPem = keys.publicKey.export({ format: 'pem', type: 'spki' }) as string;
  async function tell(make: (claims: Record<string, unknown>) => string): Promise<string> {
    const { url, browser } = await access.oidc.begin(provider.id, address());
    const asked = new URL(url).searchParams;
    const now = Math.floor(Date.now() / 1000);
    const whole = {
      iss: issuer,
      aud: 'fleet',
      iat: now,
      exp: now + 60,
      nonce: asked.get('nonce'),
      groups: ['ops'],
      ...eve,
    };
    let verifier = '';
    lies.token = (body) => {
      verifier = body.get('code_verifier') ?? '';
      return make(whole);
    };
    const query = new URLSearchParams({ code: 'c', state: asked.get('state')!, iss: issuer });
    const code = await codeIn(access.oidc.finish(provider.id, query, browser, address()));
    t.is(createHash('sha256').update(verifier).digest('base64url'), asked.get('code_challenge')!);
    return code;
  }
  const signed = (change: Record<string, unknown>) => (claims: Record<string, unknown>) =>
    jwt(rs256, { ...claims, ...change }, keys.privateKey);
  const refused: Record<string, (claims: Record<string, unknown>) => string> = {
    'alg none': (claims) => jwt({ alg: 'none' }, claims, null),
    'no signature': (claims) => jwt(rs256, claims, null),
    'HS256 by the client secret': (claims) => jwt({ alg: 'HS256' }, claims, SECRET),
    'HS256 by the public key': (claims) => jwt({ alg: 'HS256', kid: 'one' }, claims, publicPem),
    'the key of a stranger': (claims) => jwt(rs256, claims, stranger),
    'another nonce': signed({ nonce: 'another' }),
    'no nonce': signed({ nonce: undefined }),
    'for another client': signed({ aud: 'another' }),
    'for several, of another': signed({ aud: ['fleet', 'another'], azp: 'another' }),
    'of another issuer': signed({ iss: 'https://evil.example' }),
    'over long ago': signed({ iat: 1, exp: 2 }),
    'without a subject': signed({ sub: undefined }),
  };
  for (const [name, make] of Object.entries(refused)) t.is(await tell(make), 'provider_refused', name);
  t.is((await access.people.list(scope)).length, 1);
  t.is(await tell(signed({})), 'none');
  t.is((await access.people.list(scope)).length, 2);
});

test('that all providers are declared anew now and then does not make the fleet ask them again', async (t) => {
  const { access, scope, anna } = await msp(t, sqlite, outbound);
  const { issuer, world: said } = await lyingProvider(t);
  const { id } = await access.providers.add(scope, settings(issuer), SECRET, anna.person.id);
  for (let time = 0; time < 3; time++) {
    await access.oidc.begin(id, address());
    await access.providers.declareAgain();
  }
  t.is(said.described, 2, 'when it was added, and when somebody came first');
});

test('a provider that names other addresses than before is not followed there', async (t) => {
  const { access, scope, anna } = await msp(t, sqlite, outbound);
  const [first, second] = [await lyingProvider(t), await lyingProvider(t)];
  const provider = await access.providers.add(scope, settings(first.issuer), SECRET, anna.person.id);
  first.world.metadata = { token_endpoint: `${second.issuer}/token` };
  t.is(await codeIn(access.oidc.begin(provider.id, address())), 'provider_moved');
  t.is(second.world.asked, 0);
  first.world.metadata = { issuer: second.issuer };
  t.is(await codeIn(access.oidc.begin(provider.id, address())), 'provider_refused');
});

test('the fleet asks nobody inside its own network because somebody typed so', async (t) => {
  const { issuer } = await lyingProvider(t);
  const { access, scope, anna } = await msp(t, sqlite, openOutbound({ authorities: authority }));
  for (const at of [issuer, issuer.replace('127.0.0.1', 'localhost'), 'https://[::1]:1', 'https://2130706433'])
    t.is(await codeIn(access.providers.add(scope, settings(at), SECRET, anna.person.id)), 'provider_unreachable', at);
  for (const at of ['http://a.example', 'https://a.example/?x', 'https://u:p@a.example', 'file:///etc/passwd'])
    t.is(await codeIn(access.providers.add(scope, settings(at), SECRET, anna.person.id)), 'provider_invalid', at);
});
