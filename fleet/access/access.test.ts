import { totpCode } from '@belkluis/shared/access/totp';
import { codeIn } from '@belkluis/shared/base/testing/code-of';
import test from 'ava';
import { sql } from 'kysely';
import type { AnyTables } from '../db/open.ts';
import { both } from '../db/testing/databases.ts';
import {
  CODE_PATIENCE_MS,
  INVITATION_LIFETIME_MS,
  MAX_CODE_TRIES,
  MAX_TOKEN_DAYS,
  PERSON_DAYS,
  SESSION_IDLE_MS,
  SESSION_LIFETIME_MS,
} from './limits.ts';
import { statusOf } from './problems.ts';
import { acts } from './rights.ts';
import { ADDRESS, accessOn, msp, of, PASSWORD } from './testing/msp.ts';

const DAY_MS = 86_400_000;

/** Everything in this room's tables, as text: what a thief of the database has. */
async function dump(database: AnyTables): Promise<string> {
  const all = [];
  for (const table of ['people', 'sessions', 'invitations', 'passkeys', 'challenges', 'api_tokens'])
    all.push((await sql`SELECT * FROM ${sql.table(table)} ORDER BY 1`.execute(database)).rows);
  return JSON.stringify(all);
}

for (const database of both) {
  test(`${database.name}: a password alone opens nothing but the setting up of a second factor`, async (t) => {
    const { access, scope, clock } = await msp(t, database);
    const { token } = await access.people.invite(scope, { email: 'Ben@a.example', grants: [of('owner')] }, 'operator');
    t.deepEqual(await access.people.invited(token), { email: 'Ben@a.example' });
    const accepted = await access.people.accept(token, 'Ben', PASSWORD);
    const { session, stage } = await access.signIn.enterPassword(' BEN@a.example', PASSWORD, ADDRESS);
    t.is(stage, 'enrol');
    for (const each of [accepted, session]) {
      for (const act of acts) t.is(await codeIn(access.allow(each, act)), 'second_factor_needed', act);
      t.is(await codeIn(access.signedIn(each)), 'second_factor_needed');
    }
    t.is(statusOf.second_factor_needed, 403);
    t.is(await codeIn(access.signIn.enterCode(session, '000000', ADDRESS)), 'code_expired');
    t.is(await codeIn(access.signIn.confirmTotp(session, '000000')), 'totp_not_begun');
    const { secret, uri } = await access.signIn.beginTotp(session);
    t.regex(uri, /^otpauth:\/\/totp\//);
    t.is(await codeIn(access.signIn.confirmTotp(session, '000000')), 'code_refused');
    const whole = await access.signIn.confirmTotp(session, totpCode(secret, clock.now()));
    t.deepEqual((await access.allow(whole, 'manage people')).scope, scope);
    for (const each of [accepted, session]) t.is(await codeIn(access.signedIn(each)), 'session_over');
    t.is(await codeIn(access.signIn.beginTotp(whole)), 'totp_there');
    const again = await access.signIn.enterPassword('ben@a.example', PASSWORD, ADDRESS);
    t.is(again.stage, 'code');
    t.is(await codeIn(access.signIn.beginTotp(again.session)), 'second_factor_needed');
    t.is(await codeIn(access.passkeys.beginEnrolment(again.session)), 'second_factor_needed');
    t.is(await codeIn(access.allow(again.session, 'see boxes')), 'second_factor_needed');
  });

  test(`${database.name}: of two who know the password, the second sets up nothing`, async (t) => {
    const { access, scope, clock } = await msp(t, database);
    const { token } = await access.people.invite(scope, { email: 'b@a.example', grants: [of('operator')] }, 'operator');
    const mine = await access.people.accept(token, 'Ben', PASSWORD);
    const theirs = (await access.signIn.enterPassword('b@a.example', PASSWORD, ADDRESS)).session;
    const secrets = [await access.signIn.beginTotp(mine), await access.signIn.beginTotp(theirs)];
    const [first, second] = await Promise.allSettled([
      access.signIn.confirmTotp(mine, totpCode(secrets[0]!.secret, clock.now())),
      access.signIn.confirmTotp(theirs, totpCode(secrets[1]!.secret, clock.now())),
    ]);
    t.deepEqual([first.status, second.status].sort(), ['fulfilled', 'rejected']);
  });

  test(`${database.name}: a code counts once, also when it is given twice at once in two processes`, async (t) => {
    const { access, kysely, clock, anna } = await msp(t, database);
    clock.advance(30_000);
    const other = accessOn(kysely, clock).access;
    const enter = async (by: typeof access) =>
      (await by.signIn.enterPassword('anna@a.example', PASSWORD, ADDRESS)).session;
    const [one, two] = [await enter(access), await enter(other)];
    const code = anna.code();
    const said = await Promise.all([
      codeIn(access.signIn.enterCode(one, code, ADDRESS)),
      codeIn(other.signIn.enterCode(two, code, ADDRESS)),
    ]);
    t.deepEqual(said.sort(), ['code_refused', 'none']);
    t.is(await codeIn(access.signIn.enterCode(await enter(access), code, ADDRESS)), 'code_refused');
    clock.advance(30_000);
    t.is(await codeIn(access.signIn.enterCode(await enter(access), anna.code(), ADDRESS)), 'none');
    const late = await enter(access);
    clock.advance(CODE_PATIENCE_MS);
    t.is(await codeIn(access.signIn.enterCode(late, anna.code(), ADDRESS)), 'code_expired');
  });

  test(`${database.name}: guesses are slowed down, void what was given, and are in the log without what was typed`, async (t) => {
    const { access, events, clock, anna, scope } = await msp(t, database);
    const wrong = await codeIn(access.signIn.enterPassword('anna@a.example', 'a wrong password', ADDRESS));
    const nobody = await codeIn(access.signIn.enterPassword('my password typed here', PASSWORD, ADDRESS));
    t.deepEqual([wrong, nobody], ['login_refused', 'login_refused']);
    t.deepEqual(events.slice(-2), [
      { kind: 'login_failed', actor: anna.person.id, facts: { msp: scope.msp, why: 'password' } },
      { kind: 'login_failed', actor: 'nobody', facts: { msp: null, why: 'password' } },
    ]);
    clock.advance(3_600_001);
    const { session } = await access.signIn.enterPassword('anna@a.example', PASSWORD, ADDRESS);
    for (let guess = 1; guess <= MAX_CODE_TRIES; guess++)
      t.is(
        await codeIn(access.signIn.enterCode(session, '000000', `192.0.2.${guess}`)),
        guess < MAX_CODE_TRIES ? 'code_refused' : 'code_expired',
      );
    t.is(await codeIn(access.signIn.enterPassword('anna@a.example', PASSWORD, '198.51.100.1')), 'login_wait');
    clock.advance(60_000);
    t.is(await codeIn(access.signIn.enterCode(session, anna.code(), ADDRESS)), 'code_expired');
    t.false(JSON.stringify(events).includes('typed'));
  });

  test(`${database.name}: a session ends when idle, after a day's work, on sign-out and on a clock set back`, async (t) => {
    const { access, clock, anna } = await msp(t, database);
    const idle = await anna.signIn();
    clock.advance(SESSION_IDLE_MS);
    t.is(await codeIn(access.signedIn(idle)), 'session_over');
    const busy = await anna.signIn();
    for (let spent = 0; spent < SESSION_LIFETIME_MS; spent += SESSION_IDLE_MS / 2) {
      t.is(await codeIn(access.signedIn(busy)), 'none', String(spent));
      clock.advance(SESSION_IDLE_MS / 2);
    }
    t.is(await codeIn(access.signedIn(busy)), 'session_over');
    const out = await anna.signIn();
    await access.signIn.signOut(out);
    t.is(await codeIn(access.signedIn(out)), 'session_over');
    const back = await anna.signIn();
    clock.setWall(clock.now() - 3_600_000);
    t.is(await codeIn(access.signedIn(back)), 'session_over');
  });

  test(`${database.name}: a change of rights ends what is open, and counts from then on`, async (t) => {
    const { access, scope, join, anna, msps } = await msp(t, database);
    const ben = await join('ben@a.example', [of('operator', { customer: 'c1' }), of('policy_author', { site: 's1' })]);
    const within = async (act: 'manage boxes' | 'write policies' | 'see boxes') =>
      (await access.allow(ben.session, act)).scope.within;
    t.deepEqual(await within('manage boxes'), { customers: ['c1'], sites: [] });
    t.deepEqual(await within('write policies'), { customers: [], sites: ['s1'] });
    t.deepEqual(await within('see boxes'), { customers: ['c1'], sites: ['s1'] });
    for (const act of ['sign policies', 'see audit log', 'manage people'] as const)
      t.is(await codeIn(access.allow(ben.session, act)), 'not_allowed', act);
    await access.people.changeGrants(scope, ben.person.id, [of('read_only')], anna.person.id);
    t.is(await codeIn(access.signedIn(ben.session)), 'session_over');
    const again = await ben.signIn();
    t.is(await codeIn(access.allow(again, 'manage boxes')), 'not_allowed');
    t.deepEqual((await access.allow(again, 'see boxes')).scope, scope);
    const { token } = await access.tokens.make(anna.person, { name: 'x', acts: ['see boxes'], days: 1 });
    await msps.archive(scope.msp, 'operator');
    t.is(await codeIn(access.allow(again, 'see boxes')), 'msp_archived');
    t.is(await codeIn(access.allowToken(token, 'see boxes')), 'msp_archived');
    await msps.restore(scope.msp, 'operator');
    t.is(await codeIn(access.allow(again, 'see boxes')), 'none');
    await access.people.remove(scope, ben.person.id, anna.person.id);
    t.is(await codeIn(access.signedIn(again)), 'session_over');
    t.is(await codeIn(ben.signIn()), 'login_refused');
  });

  test(`${database.name}: an MSP keeps an owner who can sign in, also when two remove each other at once`, async (t) => {
    const { access, scope, join, anna } = await msp(t, database);
    const { remove, changeGrants, invite, accept, list } = access.people;
    t.is(await codeIn(remove(scope, anna.person.id, anna.person.id)), 'last_owner');
    const { token } = await invite(scope, { email: 'b@a.example', grants: [of('owner')] }, anna.person.id);
    await accept(token, 'Ben', PASSWORD);
    t.is(
      await codeIn(changeGrants(scope, anna.person.id, [of('auditor')], anna.person.id)),
      'last_owner',
      'Ben cannot sign in',
    );
    const eva = await join('eva@a.example', [of('owner')]);
    const said = await Promise.all([
      codeIn(remove(scope, anna.person.id, eva.person.id)),
      codeIn(changeGrants(scope, eva.person.id, [of('read_only')], anna.person.id)),
    ]);
    t.deepEqual(said.sort(), ['last_owner', 'none']);
    t.is((await list(scope)).filter(({ enrolled, grants }) => enrolled && grants[0]!.role === 'owner').length, 1);
  });

  test(`${database.name}: roles that somebody else changed meanwhile are not overwritten`, async (t) => {
    const { access, scope, join, anna } = await msp(t, database);
    const { changeGrants } = access.people;
    const ben = await join('b@a.example', [of('owner'), of('auditor')]);
    const was = ben.person.grants;
    await changeGrants(scope, ben.person.id, [of('auditor')], anna.person.id, was);
    const late = changeGrants(scope, ben.person.id, [...was, of('policy_signer')], anna.person.id, was);
    t.is(await codeIn(late), 'grants_changed');
    const one = (await access.people.list(scope)).find(({ id }) => id === ben.person.id);
    t.deepEqual(one?.grants, [of('auditor')]);
  });

  test(`${database.name}: an invitation is good once, for a week, until it is withdrawn, and only where it was made`, async (t) => {
    const { access, scope, other, clock, anna, join } = await msp(t, database);
    const { invite, accept, withdraw, invitations } = access.people;
    const ask = { email: 'b@a.example', grants: [of('read_only')] };
    const one = await invite(scope, ask, anna.person.id);
    const twice = await Promise.all([0, 1].map(() => codeIn(accept(one.token, 'Ben', PASSWORD))));
    t.is(twice.filter((said) => said === 'none').length, 1, twice.join());
    t.is(await codeIn(accept(one.token, 'Ben', PASSWORD)), 'invitation_refused');
    t.is(await codeIn(accept((await invite(other, ask, 'operator')).token, 'Ben', PASSWORD)), 'email_taken');
    const late = await invite(scope, { ...ask, email: 'c@a.example' }, anna.person.id);
    clock.advance(INVITATION_LIFETIME_MS);
    t.is(await codeIn(accept(late.token, 'Cem', PASSWORD)), 'invitation_refused');
    const gone = await invite(scope, { ...ask, email: 'd@a.example' }, anna.person.id);
    t.is(await codeIn(withdraw(other, gone.id, 'eve')), 'invitation_unknown');
    t.deepEqual(
      (await invitations(scope)).map(({ email }) => email),
      ['d@a.example'],
    );
    await withdraw(scope, gone.id, anna.person.id);
    t.is(await codeIn(accept(gone.token, 'Dora', PASSWORD)), 'invitation_refused');
    for (const [bad, code] of [
      [{ ...ask, email: 'nobody' }, 'email_invalid'],
      [{ ...ask, grants: [] }, 'grants_invalid'],
      [{ ...ask, grants: [of('owner', { customer: 'c1' })] }, 'grants_invalid'],
      [{ ...ask, grants: [of('operator', { customer: 'c1', site: 's1' })] }, 'grants_invalid'],
    ] as const)
      t.is(await codeIn(invite(scope, bad, anna.person.id)), code);
    const theirs = await join('x@b.example', [of('owner')], other);
    for (const act of [
      access.people.remove(scope, theirs.person.id, anna.person.id),
      access.people.changeGrants(scope, theirs.person.id, [of('read_only')], anna.person.id),
    ])
      t.is(await codeIn(act), 'person_unknown');
    const small = { msp: scope.msp, within: { customers: ['c1'], sites: [] } };
    t.is(await codeIn(invite(small, ask, anna.person.id)), 'scope_too_small');
    t.is(await codeIn(access.people.list(small)), 'scope_too_small');
  });

  test(`${database.name}: a token does what it was made for, less what its person may no more, until its day`, async (t) => {
    const { access, scope, clock, join, anna } = await msp(t, database);
    const ben = await join('ben@a.example', [of('operator', { customer: 'c1' }), of('policy_signer')]);
    const { make, end, list } = access.tokens;
    const name = 'Ticket system';
    const { id, token } = await make(ben.person, { name, acts: ['see boxes', 'manage boxes'], days: 30 });
    t.deepEqual((await access.allowToken(token, 'manage boxes')).scope.within, { customers: ['c1'], sites: [] });
    t.is(await codeIn(access.allowToken(token, 'see alerts')), 'not_allowed');
    t.is(await codeIn(access.allowToken(`${token}x`, 'see boxes')), 'token_refused');
    t.is(await codeIn(access.signedIn(token)), 'session_over');
    for (const bad of [[], ['sign policies'], ['write policies'], ['make tokens']] as const)
      t.is(await codeIn(make(ben.person, { name, acts: bad, days: 30 })), 'token_acts');
    for (const days of [0, 1.5, MAX_TOKEN_DAYS + 1])
      t.is(await codeIn(make(ben.person, { name, acts: ['see boxes'], days })), 'token_days');
    await access.people.changeGrants(scope, ben.person.id, [of('read_only')], anna.person.id);
    t.is(await codeIn(access.allowToken(token, 'manage boxes')), 'not_allowed');
    t.is(await codeIn(access.allowToken(token, 'see boxes')), 'none');
    t.is(await codeIn(end(anna.person, id)), 'token_unknown');
    clock.advance(30 * DAY_MS);
    t.is(await codeIn(access.allowToken(token, 'see boxes')), 'token_refused');
    t.deepEqual(await list(ben.person), []);
    const next = await make(ben.person, { name, acts: ['see boxes'], days: 1 });
    await end(ben.person, next.id);
    t.is(await codeIn(access.allowToken(next.token, 'see boxes')), 'token_refused');
  });

  test(`${database.name}: what the log does not take does not happen`, async (t) => {
    const { access, kysely, scope, anna, works, clock, join } = await msp(t, database);
    const ben = await join('ben@a.example', [of('operator')]);
    const { token } = await access.people.invite(scope, { email: 'c@a.example', grants: [of('owner')] }, 'operator');
    clock.advance(30_000);
    const first = await access.signIn.enterPassword('ben@a.example', PASSWORD, ADDRESS);
    const made = await access.tokens.make(ben.person, { name: 'x', acts: ['see boxes'], days: 1 });
    await access.signedIn(anna.session);
    const before = await dump(kysely);
    works.audit = false;
    for (const act of [
      () => access.people.invite(scope, { email: 'd@a.example', grants: [of('owner')] }, anna.person.id),
      () => access.people.accept(token, 'Cem', PASSWORD),
      () => access.people.changeGrants(scope, ben.person.id, [of('owner')], anna.person.id),
      () => access.people.remove(scope, ben.person.id, anna.person.id),
      () => access.signIn.enterCode(first.session, ben.code(), ADDRESS),
      () => access.signIn.signOut(anna.session),
      () => access.tokens.make(ben.person, { name: 'y', acts: ['see boxes'], days: 1 }),
      () => access.tokens.end(ben.person, made.id),
    ])
      t.regex(String(await act().catch(({ message }) => message)), /takes nothing/);
    t.is(await dump(kysely), before);
    works.audit = true;
    t.is(await codeIn(access.signIn.enterCode(first.session, ben.code(), ADDRESS)), 'none');
  });

  test(`${database.name}: a stolen database signs nobody in, and who is unused leaves, but not the last owner`, async (t) => {
    const { access, kysely, scope, anna, clock, join, events, verified } = await msp(t, database);
    const ben = await join('ben@a.example', [of('operator')]);
    const { token: link } = await access.people.invite(
      scope,
      { email: 'c@a.example', grants: [of('owner')] },
      'operator',
    );
    const { token } = await access.tokens.make(ben.person, { name: 'x', acts: ['see boxes'], days: 1 });
    const stolen = await dump(kysely);
    for (const secret of [PASSWORD, anna.session, ben.session, link, token]) t.false(stolen.includes(secret));
    clock.advance(PERSON_DAYS * DAY_MS);
    t.is(await access.people.forgetExpired(), 1);
    t.deepEqual(events.at(-1), {
      kind: 'person_removed',
      actor: 'purge',
      facts: { msp: scope.msp, person: ben.person.id, why: 'unused' },
    });
    t.deepEqual(
      (await access.people.list(scope)).map(({ id }) => id),
      [anna.person.id],
    );
    t.is(JSON.parse(await dump(kysely)).flat().length, 1);
    t.true(await verified());
  });
}
