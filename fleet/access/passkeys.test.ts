import { totpCode } from '@belkluis/shared/access/totp';
import { codeIn } from '@belkluis/shared/base/testing/code-of';
import test from 'ava';
import { both } from '../db/testing/databases.ts';
import { CHALLENGE_LIFETIME_MS } from './limits.ts';
import { Authenticator } from './testing/authenticator.ts';
import { ADDRESS, msp, of, PASSWORD, site } from './testing/msp.ts';

const here = { origin: site.origin, verifies: true };

for (const database of both) {
  test(`${database.name}: a passkey is a second factor, and alone signs in`, async (t) => {
    const { access, scope, events } = await msp(t, database);
    const { passkeys, people } = access;
    const { token } = await people.invite(scope, { email: 'b@a.example', grants: [of('operator')] }, 'operator');
    const session = await people.accept(token, 'Ben', PASSWORD);
    const key = new Authenticator('ben');
    const options = await passkeys.beginEnrolment(session);
    t.like(options, {
      rp: { id: site.host },
      attestation: 'none',
      authenticatorSelection: { userVerification: 'required' },
    });
    const whole = await passkeys.finishEnrolment(session, key.create(options, here));
    t.deepEqual((await access.allow(whole, 'manage boxes')).scope, scope);
    t.is(await codeIn(access.signedIn(session)), 'session_over');
    t.deepEqual(
      events.slice(-2).map(({ kind }) => kind),
      ['passkey_enrolled', 'login'],
    );
    const again = await passkeys.finishSignIn(key.get(await passkeys.beginSignIn(), here), ADDRESS);
    const ben = await access.signedIn(again);
    t.is(ben.name, 'Ben');
    // Whoever knows the password has no way around the passkey.
    const first = await access.signIn.enterPassword('b@a.example', PASSWORD, ADDRESS);
    t.is(first.stage, 'code');
    t.is(await codeIn(access.signIn.beginTotp(first.session)), 'second_factor_needed');
    t.is(await codeIn(access.signIn.enterCode(first.session, '000000', ADDRESS)), 'code_refused');
    await people.remove(scope, ben.id, 'operator');
    t.is(await codeIn(passkeys.finishSignIn(key.get(await passkeys.beginSignIn(), here), ADDRESS)), 'passkey_refused');
  });

  test(`${database.name}: what was answered before, elsewhere, late, by another key or without a finger lets nobody in`, async (t) => {
    const { access, anna, clock, events } = await msp(t, database);
    const { passkeys } = access;
    const key = new Authenticator('anna');
    const elsewhere = { ...here, origin: 'https://fleet.example.evil' };
    for (const bad of [elsewhere, { ...here, verifies: false }]) {
      const options = await passkeys.beginEnrolment(anna.session);
      t.is(await codeIn(passkeys.finishEnrolment(anna.session, key.create(options, bad))), 'passkey_refused');
    }
    const made = key.create(await passkeys.beginEnrolment(anna.session), here);
    const whole = await passkeys.finishEnrolment(anna.session, made);
    t.is(await codeIn(passkeys.finishEnrolment(whole, made)), 'passkey_refused');
    const said = async (by: Authenticator, how = here) =>
      codeIn(passkeys.finishSignIn(by.get(await passkeys.beginSignIn(), how), ADDRESS));
    const good = key.get(await passkeys.beginSignIn(), here);
    t.is(await codeIn(passkeys.finishSignIn(good, ADDRESS)), 'none');
    t.is(await codeIn(passkeys.finishSignIn(good, ADDRESS)), 'passkey_refused', 'before');
    t.is(await said(key, elsewhere), 'passkey_refused');
    t.is(await said(key, { ...here, verifies: false }), 'passkey_refused');
    t.like(events.at(-1), { kind: 'login_failed', actor: anna.person.id, facts: { why: 'passkey' } });
    t.is(await said(new Authenticator('anna')), 'passkey_refused', 'the same id, another key');
    clock.advance(3_600_001);
    const late = key.get(await passkeys.beginSignIn(), here);
    clock.advance(CHALLENGE_LIFETIME_MS);
    t.is(await codeIn(passkeys.finishSignIn(late, ADDRESS)), 'passkey_refused', 'late');
    key.counter = 0;
    t.is(await said(key), 'passkey_refused', 'a copy that counts behind');
    t.is(
      await codeIn(passkeys.finishSignIn({ ...late, response: { ...late.response, clientDataJSON: 'eA' } }, ADDRESS)),
      'passkey_refused',
    );
    const enrolment = await passkeys.beginEnrolment(await anna.signIn());
    const stolen = { ...(await passkeys.beginSignIn()), challenge: enrolment.challenge };
    t.is(
      await codeIn(passkeys.finishSignIn(key.get(stolen, here), '198.51.100.1')),
      'passkey_refused',
      'for another purpose',
    );
  });

  test(`${database.name}: of two who know the password, the second adds no factor beside the first`, async (t) => {
    const { access, scope, clock } = await msp(t, database);
    const { passkeys, people, signIn } = access;
    const { token } = await people.invite(scope, { email: 'b@a.example', grants: [of('owner')] }, 'operator');
    const mine = await people.accept(token, 'Ben', PASSWORD);
    const theirs = (await signIn.enterPassword('b@a.example', PASSWORD, ADDRESS)).session;
    const { secret } = await signIn.beginTotp(mine);
    const key = new Authenticator('eve').create(await passkeys.beginEnrolment(theirs), here);
    // Both are looked at while neither is there; an authenticator's answer takes longer to check.
    const said = await Promise.allSettled([
      signIn.confirmTotp(mine, totpCode(secret, clock.now())),
      passkeys.finishEnrolment(theirs, key),
    ]);
    t.deepEqual(said.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
  });

  test(`${database.name}: factors and password can be changed, never to less than two, and what was open ends`, async (t) => {
    const { access, anna, works, events, clock } = await msp(t, database);
    const { own, passkeys } = access;
    let session = anna.session;
    t.is(await codeIn(own.removeTotp(session)), 'last_factor');
    const key = new Authenticator('anna');
    session = await passkeys.finishEnrolment(session, key.create(await passkeys.beginEnrolment(session), here));
    const [passkey] = await own.passkeys(session);
    const other = await passkeys.finishSignIn(key.get(await passkeys.beginSignIn(), here), ADDRESS);
    session = await own.removeTotp(session);
    t.is(await codeIn(access.signedIn(other)), 'session_over');
    t.is(await codeIn(own.removePasskey(session, passkey!.id)), 'last_factor');
    t.is(await codeIn(own.removePasskey(session, 'another')), 'passkey_unknown');
    const { secret } = await access.signIn.beginTotp(session);
    session = await access.signIn.confirmTotp(session, totpCode(secret, clock.now()));
    session = await own.removePasskey(session, passkey!.id);
    t.is(await codeIn(passkeys.finishSignIn(key.get(await passkeys.beginSignIn(), here), ADDRESS)), 'passkey_refused');
    const next = 'five other words in a row';
    t.is(await codeIn(own.changePassword(session, 'not the password', next, ADDRESS)), 'login_refused');
    t.is(await codeIn(own.changePassword(session, PASSWORD, 'short', ADDRESS)), 'password_short');
    works.audit = false;
    await t.throwsAsync(own.changePassword(session, PASSWORD, next, ADDRESS), { message: 'the log takes nothing' });
    works.audit = true;
    const whole = await own.changePassword(session, PASSWORD, next, ADDRESS);
    t.is(await codeIn(access.signedIn(session)), 'session_over');
    t.is(await codeIn(access.signedIn(whole)), 'none');
    t.is(await codeIn(access.signIn.enterPassword('anna@a.example', PASSWORD, ADDRESS)), 'login_refused');
    const { session: first } = await access.signIn.enterPassword('anna@a.example', next, ADDRESS);
    t.is(await codeIn(own.changePassword(first, next, PASSWORD, ADDRESS)), 'second_factor_needed');
    for (const kind of ['totp_removed', 'passkey_removed', 'password_changed'])
      t.true(
        events.some((event) => event.kind === kind),
        kind,
      );
  });
}
