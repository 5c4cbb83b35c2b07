import { mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { totpCode } from '@belkluis/shared/access/totp';
import { seededChance } from '@belkluis/shared/base/chance';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import { Problem } from '@belkluis/shared/base/problem';
import test from 'ava';
import { openAccess } from './access.ts';
import type { AccessEvent } from './events.ts';
import { MAX_CODE_TRIES, SESSION_IDLE_MS, SESSION_LIFETIME_MS } from './limits.ts';

const PASSWORD = 'four words in a row';
const ADDRESS = '192.0.2.7';

async function box() {
  const path = join(mkdtempSync(join(tmpdir(), 'access-')), 'access.db');
  const clock = new ManualClock();
  const events: AccessEvent[] = [];
  let auditWorks = true;
  const append = (event: AccessEvent) => {
    if (!auditWorks) throw new Error('the audit log cannot be written');
    events.push(event);
  };
  const hashCost = { memoryKiB: 64, passes: 1 };
  const access = openAccess({ path, clock, chance: seededChance('access'), append, hashCost });
  const code = access.newSetUpCode(['custodian', 'admin']);
  const { totpSecret } = await access.choose(code, 'Robert Visser', PASSWORD, ADDRESS);
  const person = access.confirm(code, totpCode(totpSecret, clock.now()), ADDRESS);
  clock.advance(60_000);
  const passcode = () => totpCode(totpSecret, clock.now());
  const signIn = async () => {
    const first = await access.enterPassword('robert visser', PASSWORD, ADDRESS);
    const token = access.enterCode(first, passcode(), ADDRESS);
    clock.advance(30_000);
    return token;
  };
  const breakAudit = () => {
    auditWorks = false;
  };
  return { path, access, clock, events, person, code, passcode, signIn, breakAudit, totpSecret };
}

const codeOf = (error: unknown): string | undefined => (error instanceof Problem ? error.code : undefined);
const codeThrown = (action: () => unknown): string | undefined => {
  try {
    action();
  } catch (error) {
    return codeOf(error);
  }
  return undefined;
};

test('a set-up code makes one person with its roles, once', async (t) => {
  const { access, person, code, events } = await box();
  t.deepEqual(person.roles, ['custodian', 'admin']);
  t.false(access.empty());
  t.is(
    codeThrown(() => access.checkSetUpCode(code, ADDRESS)),
    'setup_code_refused',
  );
  t.deepEqual(events, [
    { kind: 'person_added', actor: person.id, facts: { person: person.id, roles: ['custodian', 'admin'] } },
  ]);
});

test('a set-up code is read however it is typed, and guesses are slowed down', async (t) => {
  const { access } = await box();
  const code = access.newSetUpCode(['dpo']);
  t.regex(code, /^([0-9A-Z]{4}-){3}[0-9A-Z]{4}$/);
  t.deepEqual(access.checkSetUpCode(` ${code.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o')} `, ADDRESS), [
    'dpo',
  ]);
  for (let guess = 0; guess < 5; guess++)
    t.is(
      codeThrown(() => access.checkSetUpCode('0000', ADDRESS)),
      'setup_code_refused',
    );
  t.is(
    codeThrown(() => access.checkSetUpCode(code, ADDRESS)),
    'login_wait',
  );
  t.deepEqual(access.checkSetUpCode(code, '192.0.2.8'), ['dpo']);
});

test('nobody is added when the audit log cannot be written', async (t) => {
  const { access, clock, breakAudit } = await box();
  const code = access.newSetUpCode(['dpo']);
  const { totpSecret } = await access.choose(code, 'Ingrid Bakker', PASSWORD, ADDRESS);
  breakAudit();
  t.throws(() => access.confirm(code, totpCode(totpSecret, clock.now()), ADDRESS));
  t.is(access.people().length, 1);
});

test('the set-up refuses short passwords, empty names and names that are taken', async (t) => {
  const { access } = await box();
  const code = access.newSetUpCode(['dpo']);
  const refusal = async (name: string, password: string) =>
    codeOf(await t.throwsAsync(access.choose(code, name, password, ADDRESS)));
  t.is(await refusal('Ingrid', 'eleven char'), 'password_short');
  t.is(await refusal('Ingrid', 'x'.repeat(257)), 'password_long');
  t.is(await refusal(' ', PASSWORD), 'name_invalid');
  t.is(await refusal('ＲＯＢＥＲＴ  visser', PASSWORD), 'name_taken');
});

test('password and code together let in; the token changes with the second factor', async (t) => {
  const { access, person, passcode, events } = await box();
  const first = await access.enterPassword('Robert Visser', PASSWORD, ADDRESS);
  t.is(access.signedIn(first), null);
  const token = access.enterCode(first, passcode(), ADDRESS);
  t.not(token, first);
  t.deepEqual(access.signedIn(token), person);
  t.false(access.awaitsCode(first));
  t.deepEqual(events.at(-1), { kind: 'login', actor: person.id, facts: {} });
});

test('a code counts once', async (t) => {
  const { access, passcode } = await box();
  const code = passcode();
  access.enterCode(await access.enterPassword('Robert Visser', PASSWORD, ADDRESS), code, ADDRESS);
  const again = await access.enterPassword('Robert Visser', PASSWORD, ADDRESS);
  t.is(
    codeThrown(() => access.enterCode(again, code, ADDRESS)),
    'code_refused',
  );
});

test('wrong name and wrong password look the same, and neither name nor password is in the audit log', async (t) => {
  const { access, events, person } = await box();
  const wrong = await t.throwsAsync(access.enterPassword('Robert Visser', 'wrong password', ADDRESS));
  const unknown = await t.throwsAsync(access.enterPassword('my password typed here', PASSWORD, ADDRESS));
  t.is(wrong?.message, unknown?.message);
  t.deepEqual(
    events.slice(1).map(({ kind, actor }) => [kind, actor]),
    [
      ['login_failed', person.id],
      ['login_failed', 'nobody'],
    ],
  );
  t.false(JSON.stringify(events).includes('typed here'));
});

test('failures slow down one person everywhere, and one address for everybody, also when tried at once', async (t) => {
  const { access, clock, signIn } = await box();
  const tries = await Promise.allSettled(
    Array.from({ length: 8 }, () => access.enterPassword('Robert Visser', 'wrong password', ADDRESS)),
  );
  const codes = tries.map((result) => (result.status === 'rejected' ? codeOf(result.reason) : 'in'));
  t.is(codes.filter((code) => code === 'login_refused').length, 5);
  t.is(codes.filter((code) => code === 'login_wait').length, 3);
  t.is(codeOf(await t.throwsAsync(access.enterPassword('ROBERT VISSER', PASSWORD, '192.0.2.99'))), 'login_wait');
  t.is(codeOf(await t.throwsAsync(access.enterPassword('Somebody Else', PASSWORD, ADDRESS))), 'login_wait');
  clock.advance(3_000);
  await t.notThrowsAsync(signIn());
});

test('five wrong codes void the password that was given', async (t) => {
  const { access, clock, passcode } = await box();
  const first = await access.enterPassword('Robert Visser', PASSWORD, ADDRESS);
  for (let wrong = 1; wrong <= MAX_CODE_TRIES; wrong++) {
    const bad = passcode() === '000000' ? '000001' : '000000';
    const expected = wrong < MAX_CODE_TRIES ? 'code_refused' : 'code_expired';
    t.is(
      codeThrown(() => access.enterCode(first, bad, ADDRESS)),
      expected,
    );
  }
  clock.advance(60_000);
  t.is(
    codeThrown(() => access.enterCode(first, passcode(), ADDRESS)),
    'code_expired',
  );
});

test('a session ends after 15 idle minutes, and after 8 hours of work', async (t) => {
  const { access, clock, signIn } = await box();
  const idle = await signIn();
  clock.advance(SESSION_IDLE_MS);
  t.is(access.signedIn(idle), null);
  const busy = await signIn();
  // Signing in took half a minute of the clock; a page every seven minutes keeps it from being idle.
  let spent = 30_000;
  for (; spent < SESSION_LIFETIME_MS; spent += SESSION_IDLE_MS / 2) {
    t.truthy(access.signedIn(busy), `after ${spent} ms`);
    clock.advance(SESSION_IDLE_MS / 2);
  }
  t.is(access.signedIn(busy), null, `after ${spent} ms`);
});

test('a clock that is set back ends the session', async (t) => {
  const { access, clock, signIn } = await box();
  const token = await signIn();
  clock.setWall(clock.now() - 3600_000);
  t.is(access.signedIn(token), null);
});

test('signing out ends it on the box, not only in the browser', async (t) => {
  const { access, signIn, events, person } = await box();
  const token = await signIn();
  access.signOut(token);
  t.is(access.signedIn(token), null);
  t.deepEqual(events.at(-1), { kind: 'logout', actor: person.id, facts: {} });
});

test('nobody is let in while the audit log cannot be written', async (t) => {
  const { access, passcode, breakAudit } = await box();
  const first = await access.enterPassword('Robert Visser', PASSWORD, ADDRESS);
  breakAudit();
  t.throws(() => access.enterCode(first, passcode(), ADDRESS), { message: /audit log/ });
});

test('the database holds no password, token or set-up code, and only its owner may read it', async (t) => {
  const { access, path, signIn } = await box();
  const token = await signIn();
  const code = access.newSetUpCode(['dpo']);
  access.close();
  t.is(statSync(path).mode & 0o777, 0o600);
  const bytes = readFileSync(path).toString('latin1');
  for (const secret of [PASSWORD, token, code, code.replaceAll('-', '')]) t.false(bytes.includes(secret));
});

test('a code that an act asks for again counts once, is logged when wrong, and guesses are slowed down', async (t) => {
  const { access, person, passcode, clock, events, signIn } = await box();
  await signIn();
  const tried = (code: string) => codeThrown(() => access.checkCode(person.id, code, ADDRESS));
  const right = passcode();
  t.is(tried(right), undefined);
  t.is(tried(right), 'code_refused', 'the same again');
  t.deepEqual(events.at(-1), { kind: 'login_failed', actor: person.id, facts: { why: 'code' } });
  t.is(
    codeThrown(() => access.checkCode('nobody', right, ADDRESS)),
    'code_refused',
  );
  clock.advance(120_000);
  for (let guess = 0; guess < 5; guess++) tried('000000');
  t.is(tried(passcode()), 'login_wait');
});
