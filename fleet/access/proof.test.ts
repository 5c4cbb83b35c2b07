/** The second factor again: what an open session may not do alone. */

import { totpCode } from '@belkluis/shared/access/totp';
import { codeIn } from '@belkluis/shared/base/testing/code-of';
import test from 'ava';
import { both } from '../db/testing/databases.ts';
import { ENROL_PATIENCE_MS, MAX_CODE_TRIES } from './limits.ts';
import { Authenticator } from './testing/authenticator.ts';
import { ADDRESS, msp, of, PASSWORD, site } from './testing/msp.ts';

const here = { origin: site.origin, verifies: true };

for (const database of both) {
  test(`${database.name}: a code proves once, a wrong one counts and ends the session in the end`, async (t) => {
    const { access, scope, clock, events } = await msp(t, database);
    const { token } = await access.people.invite(scope, { email: 'c@a.example', grants: [of('policy_signer')] }, 'x');
    const enrol = await access.people.accept(token, 'Cas', PASSWORD);
    t.is(await codeIn(access.signIn.proveByCode(enrol, '000000', ADDRESS)), 'second_factor_needed');
    const { secret } = await access.signIn.beginTotp(enrol);
    const session = await access.signIn.confirmTotp(enrol, totpCode(secret, clock.now()));
    const prove = (code: string) => codeIn(access.signIn.proveByCode(session, code, ADDRESS));
    t.is(await prove(totpCode(secret, clock.now())), 'code_refused', 'it was used to set the app up');
    clock.advance(30_000);
    t.is(await prove(totpCode(secret, clock.now())), 'none');
    t.is(await prove(totpCode(secret, clock.now())), 'code_refused', 'it counts once');
    t.is(events.filter(({ kind }) => kind === 'login_failed').length, 2);
    for (let at = 2; at < MAX_CODE_TRIES; at++) {
      clock.advance(15 * 60_000 - 1);
      await access.signedIn(session);
      await prove('000000');
    }
    t.is(await codeIn(access.signedIn(session)), 'session_over');
  });

  test(`${database.name}: a passkey proves for its own person and this session's challenge alone`, async (t) => {
    const { access, anna, scope } = await msp(t, database);
    const { passkeys, people } = access;
    const { token } = await people.invite(scope, { email: 'b@a.example', grants: [of('operator')] }, 'operator');
    const first = await people.accept(token, 'Ben', PASSWORD);
    const key = new Authenticator('ben');
    const session = await passkeys.finishEnrolment(first, key.create(await passkeys.beginEnrolment(first), here));
    const answer = key.get(await passkeys.beginProof(session), here);
    t.is(await codeIn(passkeys.finishProof(anna.session, answer, ADDRESS)), 'passkey_refused', 'of somebody else');
    const good = key.get(await passkeys.beginProof(session), here);
    t.is(await codeIn(passkeys.finishProof(session, good, ADDRESS)), 'none');
    t.is(await codeIn(passkeys.finishProof(session, good, ADDRESS)), 'passkey_refused', 'it counts once');
    const toSignIn = key.get(await passkeys.beginSignIn(), here);
    t.is(await codeIn(passkeys.finishProof(session, toSignIn, ADDRESS)), 'passkey_refused', 'a challenge to sign in');
    const toProve = key.get(await passkeys.beginProof(session), here);
    t.is(await codeIn(passkeys.finishSignIn(toProve, ADDRESS)), 'passkey_refused', 'a challenge to prove');
    const hers = key.get(await passkeys.beginProof(anna.session), here);
    t.is(await codeIn(passkeys.finishProof(anna.session, hers, ADDRESS)), 'passkey_refused', 'another’s key');
  });
  test(`${database.name}: a challenge to prove with, which any open session is given, makes no passkey`, async (t) => {
    const { access, anna } = await msp(t, database);
    const { passkeys } = access;
    const { challenge } = await passkeys.beginProof(anna.session);
    const forged = { rp: { id: site.host, name: '' }, challenge } as Parameters<Authenticator['create']>[0];
    const made = new Authenticator('eve').create(forged, here);
    t.is(await codeIn(passkeys.finishEnrolment(anna.session, made)), 'passkey_refused');
    const key = new Authenticator('anna');
    const options = await passkeys.beginEnrolment(anna.session);
    const asked = { challenge: options.challenge, rpId: site.host } as Parameters<Authenticator['get']>[0];
    t.is(await codeIn(passkeys.finishProof(anna.session, key.get(asked, here), ADDRESS)), 'passkey_refused');
    t.is(await codeIn(passkeys.finishEnrolment(anna.session, key.create(options, here))), 'none');
  });

  test(`${database.name}: who has just come in is told from who sits at an open session`, async (t) => {
    const { access, anna, clock } = await msp(t, database);
    const young = () => codeIn(access.own.checkYoung(anna.session));
    t.is(await young(), 'none');
    clock.advance(ENROL_PATIENCE_MS - 1);
    t.is(await young(), 'none');
    await access.signedIn(anna.session);
    clock.advance(1);
    t.is(await young(), 'sign_in_again');
  });
}
