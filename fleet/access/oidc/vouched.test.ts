/** Who comes in by a provider is in as long as it vouches, and may what its rules give. */
import { codeIn } from '@belkluis/shared/base/testing/code-of';
import test from 'ava';
import { both } from '../../db/testing/databases.ts';
import type { Role } from '../rights.ts';
import { Authenticator } from '../testing/authenticator.ts';
import { of, PASSWORD, site } from '../testing/msp.ts';
import { VOUCHED_MS } from './limits.ts';
import { address, eve, settings, sqlite, world } from './testing/world.ts';

for (const database of both) {
  test(`${database.name}: a rule lets new people in, as long as it holds, and never as owner`, async (t) => {
    const rules = [{ claim: 'groups', value: 'ops', grants: [of('operator'), of('auditor')] }];
    const { access, provider, scope, signIn, anna, real } = await world(t, database, { rules });
    t.is(await codeIn(signIn({ ...eve, groups: ['sales'] })), 'provider_nobody');
    t.is((await signIn({ ...eve, groups: ['sales', 'ops'] })).stage, 'enrol');
    t.deepEqual((await access.people.list(scope)).find(({ name }) => name === 'Eve')?.grants, rules[0]!.grants);
    t.is((await signIn({ ...eve, groups: 'ops' })).stage, 'enrol');
    t.is(await codeIn(signIn({ ...eve, groups: ['sales'] })), 'provider_nobody');
    const owner = [{ claim: 'groups', value: 'ops', grants: [of('owner')] }];
    const change = access.providers.change(
      scope,
      provider,
      settings(real.issuer, { rules: owner }),
      null,
      anna.person.id,
    );
    t.is(await codeIn(change), 'provider_invalid');
  });

  test(`${database.name}: whom a rule let in comes in as long as the provider vouches, whatever they hold here`, async (t) => {
    const rules = [{ claim: 'groups', value: 'ops', grants: [of('operator')] }];
    const { access, provider, scope, signIn, anna, add, real, events } = await world(t, database, { rules });
    const { passkeys } = access;
    const here = { origin: site.origin, verifies: true };
    const key = new Authenticator('eve');
    const member = { ...eve, groups: ['ops'] };
    const enrol = (await signIn(member)).session;
    const whole = await passkeys.finishEnrolment(enrol, key.create(await passkeys.beginEnrolment(enrol), here));
    const her = await access.signedIn(whole);
    const { token } = await access.tokens.make(her, { name: 'reads', acts: ['see boxes'], days: 365 });
    const byPasskey = async (session: string | null) =>
      await passkeys.finishSignIn(key.get(await passkeys.beginSignIn(), here), address(), session);

    t.is(await codeIn(byPasskey(null)), 'passkey_provider');
    t.like(events.at(-1), { kind: 'login_failed', actor: her.id, facts: { why: 'passkey_provider' } });
    t.is(await codeIn(byPasskey(whole)), 'passkey_provider', 'a whole session is no proof of now');
    const annas = await access.signIn.enterPassword('anna@a.example', PASSWORD, address());
    t.is(await codeIn(byPasskey(annas.session)), 'passkey_provider', 'somebody else waits');
    const first = await signIn(member);
    t.is(first.stage, 'code');
    t.is((await access.signedIn(await byPasskey(first.session))).id, her.id);
    t.is(await codeIn(byPasskey(first.session)), 'passkey_provider', 'it counts once');

    const again = await byPasskey((await signIn(member)).session);
    t.is(await codeIn(access.oidc.unlink(again, provider.id)), 'provider_rule');
    // Another provider that knows her, without a rule, is no way around; one with a rule takes over.
    const second = await add({ rules: [], subjects: [] }, scope, 'second');
    t.is(await codeIn(signIn(member, { session: again }, second.id)), 'provider_nobody');
    await access.providers.change(scope, second, settings(real.issuer, { clientId: 'second', rules }), null, 'x');
    const { session: both } = await signIn(member, { session: again }, second.id);
    t.is(await codeIn(access.oidc.unlink(both, second.id)), 'provider_rule');
    await access.providers.remove(scope, second.id, anna.person.id);
    t.is((await access.bearer(token)).person.id, her.id, 'the first one still vouches');
    const before = (await signIn(member)).session;

    await access.providers.remove(scope, provider.id, anna.person.id);
    t.is(await codeIn(access.bearer(token)), 'token_refused');
    t.is(await codeIn(byPasskey(before)), 'passkey_refused');
    t.is(await codeIn(byPasskey(null)), 'passkey_refused');
    t.is((await access.people.list(scope)).length, 2, 'an owner decides what becomes of her');
  });

  test(`${database.name}: a role is there as long as a rule gives it, and what an owner gave besides stays`, async (t) => {
    const rule = (value: string, role: Role) => ({ claim: 'groups', value, grants: [of(role)] });
    const [ops, checks] = [rule('ops', 'operator'), rule('checks', 'auditor')];
    const given = { rules: [ops, checks], secondFactor: { acr: [], amr: ['mfa'] } };
    const { access, provider, scope, signIn, anna, real, events } = await world(t, database, given);
    const member = (...groups: string[]) => ({ ...eve, amr: ['mfa'], groups });
    const her = (await access.signedIn((await signIn(member('ops', 'checks'))).session)).id;
    const roles = async () =>
      (await access.people.list(scope)).find(({ id }) => id === her)!.grants.map(({ role }) => role);
    const owner = anna.person.id;
    const both = [of('operator'), of('auditor')];
    await access.people.changeGrants(scope, her, [...both, of('read_only')], owner);
    const open = (await signIn(member('ops', 'checks'))).session;
    const { token } = await access.tokens.make(await access.signedIn(open), {
      name: 'x',
      acts: ['see boxes'],
      days: 9,
    });

    // The provider says so when she comes.
    t.is((await signIn(member('checks'))).stage, 'full');
    t.deepEqual(await roles(), ['auditor', 'read_only']);
    t.is(await codeIn(access.signedIn(open)), 'session_over');
    t.like(events.at(-2), { kind: 'rights_changed', actor: 'provider', facts: { person: her } });
    const back = (await signIn(member('ops', 'checks'))).session;
    t.deepEqual(await roles(), ['auditor', 'read_only', 'operator']);
    // What an owner took is not given back while the rule says what it said.
    await access.people.changeGrants(scope, her, [of('auditor'), of('read_only')], owner);
    t.is(await codeIn(access.signedIn(back)), 'session_over');
    const whole = (await signIn(member('ops', 'checks'))).session;
    t.deepEqual(await roles(), ['auditor', 'read_only']);

    // An owner writes the rules anew: at once.
    let { version } = provider;
    const rules = async (...given: readonly object[]) => {
      const next = settings(real.issuer, { secondFactor: { acr: [], amr: ['mfa'] }, rules: given });
      ({ version } = await access.providers.change(scope, { id: provider.id, version }, next, null, owner));
    };
    await rules(ops, checks);
    t.is((await access.signedIn(whole)).id, her, 'nothing was taken');
    await rules(ops);
    t.deepEqual(await roles(), ['read_only']);
    t.like(events.at(-1), { kind: 'rights_changed', actor: owner });
    t.is(await codeIn(access.signedIn(whole)), 'session_over');
    t.is((await access.bearer(token)).person.id, her);
    await rules();
    t.is(await codeIn(access.bearer(token)), 'token_unvouched');
    t.is(await codeIn(signIn(member('ops', 'checks'))), 'provider_nobody');
    t.deepEqual(await roles(), ['read_only']);
  });

  test(`${database.name}: of whom the provider does not let in any more nothing works, until it does`, async (t) => {
    const given = {
      rules: [{ claim: 'groups', value: 'ops', grants: [of('operator')] }],
      secondFactor: { acr: [], amr: ['mfa'] },
      domains: ['a.example', 'b.example'],
    };
    const { access, provider, scope, signIn, anna, real, clock, invite } = await world(t, database, given);
    const member = { ...eve, amr: ['mfa'], groups: ['ops'] };
    const strong = { ...member, groups: [] };
    const make = async (session: string) =>
      (await access.tokens.make(await access.signedIn(session), { name: 'x', acts: ['see boxes'], days: 90 })).token;
    const { session } = await signIn(member);
    const token = await make(session);
    const worksFor = async (session: string, token: string) => [
      await codeIn(access.signedIn(session)),
      await codeIn(access.bearer(token)),
    ];
    t.deepEqual(await worksFor(session, token), ['none', 'none']);
    t.is(await codeIn(signIn(strong)), 'provider_nobody');
    t.deepEqual(await worksFor(session, token), ['session_over', 'token_unvouched']);
    const again = (await signIn(member)).session;
    t.deepEqual(await worksFor(again, token), ['none', 'none']);
    t.is(await codeIn(signIn({ ...member, email: 'eve@elsewhere.example' })), 'provider_not_admitted');
    t.deepEqual(await worksFor(again, token), ['session_over', 'token_unvouched']);

    // Nobody says when somebody left there: so programs rest when nobody was let in for long.
    await signIn(member);
    clock.advance(VOUCHED_MS - 1);
    t.is(await codeIn(access.bearer(token)), 'none');
    clock.advance(1);
    t.is(await codeIn(access.bearer(token)), 'token_unvouched');
    t.is(await codeIn(access.allowToken(token, 'see boxes')), 'token_unvouched');
    const third = (await signIn(member)).session;
    t.deepEqual(await worksFor(third, token), ['none', 'none']);

    // An owner leaves out a domain, or a subject.
    const bob = { sub: 'bob', email: 'bob@b.example', email_verified: true, amr: ['mfa'] };
    const bobs = (await signIn(bob, { invitation: await invite('bob@b.example') })).session;
    await access.people.changeGrants(scope, (await access.signedIn(bobs)).id, [of('operator')], anna.person.id);
    const bobsNow = (await signIn(bob)).session;
    const bobsToken = await make(bobsNow);
    const annas = { ...bob, sub: 'anna-1', email: 'anna@b.example' };
    const annasNow = (await signIn(annas, { session: await anna.signIn() })).session;
    const annasToken = await make(annasNow);
    const next = settings(real.issuer, { ...given, domains: ['a.example'] });
    await access.providers.change(scope, provider, next, null, anna.person.id);
    t.deepEqual(await worksFor(third, token), ['none', 'none'], 'her domain is still there');
    t.deepEqual(await worksFor(bobsNow, bobsToken), ['session_over', 'token_unvouched']);
    clock.advance(VOUCHED_MS);
    t.is(await codeIn(access.bearer(token)), 'token_unvouched');
    t.is(await codeIn(access.bearer(annasToken)), 'none', 'she has a password, and comes in without the provider');
  });

  test(`${database.name}: whoever was invited through the provider and is no owner stays with it`, async (t) => {
    const given = { secondFactor: { acr: [], amr: ['mfa'] } };
    const { access, provider, signIn, invite, add, scope } = await world(t, database, given);
    const who = { ...eve, amr: ['mfa'] };
    const { session } = await signIn(who, { invitation: await invite('eve@a.example') });
    const here = { origin: site.origin, verifies: true };
    const key = new Authenticator('eve');
    const options = await access.passkeys.beginEnrolment(session);
    const whole = await access.passkeys.finishEnrolment(session, key.create(options, here));
    t.is(await codeIn(access.oidc.unlink(whole, provider.id)), 'provider_rule');
    const second = await add({ ...given, subjects: [eve.sub] }, scope, 'second');
    const { session: both } = await signIn(who, { session: whole }, second.id);
    const after = await access.oidc.unlink(both, provider.id);
    t.is(await codeIn(access.oidc.unlink(after, second.id)), 'provider_rule', 'the last one stays');
  });
}

test('an owner who signs in by the provider alone does not lose the way in', async (t) => {
  const { access, scope, anna, provider, signIn } = await world(t, sqlite, {
    secondFactor: { acr: [], amr: ['mfa'] },
  });
  const { token } = await access.people.invite(scope, { email: 'eve@a.example', grants: [of('owner')] }, 'operator');
  const { session } = await signIn({ ...eve, amr: ['mfa'] }, { invitation: token });
  t.is(await codeIn(access.oidc.unlink(session, provider.id)), 'last_factor');
  const her = await access.signedIn(session);
  await access.people.remove(scope, anna.person.id, her.id);
  t.is(await codeIn(access.providers.remove(scope, provider.id, her.id)), 'provider_last_owner');
  // With the provider a passkey is a second factor alone; without it, it is a way in.
  const here = { origin: site.origin, verifies: true };
  const key = new Authenticator('eve');
  const { passkeys } = access;
  const whole = await passkeys.finishEnrolment(session, key.create(await passkeys.beginEnrolment(session), here));
  t.is(await codeIn(access.providers.remove(scope, provider.id, her.id)), 'provider_last_owner');
  await access.oidc.unlink(whole, provider.id);
  await access.providers.remove(scope, provider.id, her.id);
  const alone = await passkeys.finishSignIn(key.get(await passkeys.beginSignIn(), here), address());
  t.is((await access.signedIn(alone)).id, her.id);
});

test('an owner without a way in does not make another one the last but one', async (t) => {
  const { access, scope, anna, provider, signIn, join } = await world(t, sqlite, {
    secondFactor: { acr: [], amr: ['mfa'] },
  });
  const strong = { ...eve, amr: ['mfa'] };
  const { token } = await access.people.invite(scope, { email: 'eve@a.example', grants: [of('owner')] }, 'operator');
  const her = (await access.signedIn((await signIn(strong, { invitation: token })).session)).id;
  const { people, providers } = access;
  // Each is the other's second while the provider is there.
  const operator = [of('operator')];
  await people.changeGrants(scope, anna.person.id, operator, her);
  t.is(await codeIn(people.changeGrants(scope, her, operator, her)), 'last_owner');
  await people.changeGrants(scope, anna.person.id, [of('owner')], her);
  await providers.remove(scope, provider.id, anna.person.id);
  for (const act of [
    people.remove(scope, anna.person.id, 'x'),
    people.changeGrants(scope, anna.person.id, operator, 'x'),
  ])
    t.is(await codeIn(act), 'last_owner');
  const { person } = await join('piet@a.example', [of('owner')]);
  await people.remove(scope, anna.person.id, person.id);
  t.is(await codeIn(people.remove(scope, person.id, 'x')), 'last_owner');
});
