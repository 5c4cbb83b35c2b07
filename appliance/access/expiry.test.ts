import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { totpCode } from '@belkluis/shared/access/totp';
import { seededChance } from '@belkluis/shared/base/chance';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import Database from 'better-sqlite3';
import { openAccess } from './access.ts';
import type { AccessEvent } from './events.ts';
import { SETUP_CODE_LIFETIME_MS } from './limits.ts';
import { openPhones } from './phones.ts';
import type { Role } from './roles.ts';

const DAY = 86_400_000;
const ADDRESS = '192.0.2.7';
const PASSWORD = 'four words in a row';

function scene() {
  const folder = mkdtempSync(join(tmpdir(), 'directory-'));
  const clock = new ManualClock();
  const chance = seededChance('directory');
  const events: AccessEvent[] = [];
  const terms = { directoryDays: 365 };
  const access = openAccess({
    path: join(folder, 'access.db'),
    clock,
    chance,
    append: (event) => events.push(event),
    hashCost: { memoryKiB: 64, passes: 1 },
    directoryDays: () => terms.directoryDays,
  });
  const phones = openPhones(join(folder, 'phones.db'), () => terms.directoryDays);
  const add = async (name: string, roles: readonly Role[]) => {
    const code = access.newSetUpCode(roles);
    const { totpSecret } = await access.choose(code, name, PASSWORD, ADDRESS);
    access.confirm(code, totpCode(totpSecret, clock.now()), ADDRESS);
    clock.advance(60_000);
    return async () => {
      const first = await access.enterPassword(name, PASSWORD, ADDRESS);
      const token = access.enterCode(first, totpCode(totpSecret, clock.now()), ADDRESS);
      clock.advance(60_000);
      return token;
    };
  };
  const holding = (text: string) =>
    readdirSync(folder).filter((name) => readFileSync(join(folder, name)).includes(Buffer.from(text)));
  const names = () => access.people().map(({ name }) => name);
  return { folder, clock, chance, events, terms, access, phones, add, holding, names };
}

test('a login that nobody uses leaves when the policy says, and no file holds its name', async (t) => {
  const { access, clock, events, add, holding, names } = scene();
  await add('Ingrid de Boer', ['dpo']);
  await add('Wilhelmina Quist', ['custodian']);
  const signIn = await add('Robert Visser', ['custodian']);
  t.true(holding('Wilhelmina').length > 0, 'the test can find names');
  clock.advance(200 * DAY);
  await signIn();
  clock.advance(200 * DAY);
  t.is(access.forgetExpired(), 1);
  t.deepEqual(names(), ['Ingrid de Boer', 'Robert Visser'], 'the only one who decides stays, unused as it is');
  t.deepEqual(holding('Wilhelmina'), []);
  t.like(events.at(-1), { kind: 'person_removed', actor: 'purge', facts: { why: 'unused' } });
});

test('a shorter term counts for those who are there', async (t) => {
  const { access, clock, terms, add, names } = scene();
  await add('Ingrid de Boer', ['dpo']);
  await add('Robert Visser', ['custodian']);
  clock.advance(40 * DAY);
  t.is(access.forgetExpired(), 0);
  terms.directoryDays = 30;
  t.is(access.forgetExpired(), 1);
  t.deepEqual(names(), ['Ingrid de Boer']);
});

test('who is taken out is signed out at once; the last who decides cannot be', async (t) => {
  const { access, add, holding } = scene();
  await add('Ingrid de Boer', ['dpo']);
  const signIn = await add('Wilhelmina Quist', ['custodian']);
  const token = await signIn();
  access.removePerson('wilhelmina  QUIST', 'cli');
  t.is(access.signedIn(token), null);
  access.forgetExpired();
  t.deepEqual(holding('Quist'), []);
  t.throws(() => access.removePerson('Wilhelmina Quist', 'cli'), { code: 'person_unknown' });
  t.throws(() => access.removePerson('Ingrid de Boer', 'cli'), { code: 'last_dpo' });
});

test('an unused set-up code, and what was typed after it, is gone after a week', async (t) => {
  const { access, clock, holding } = scene();
  const code = access.newSetUpCode(['custodian']);
  await access.choose(code, 'Wilhelmina Quist', PASSWORD, ADDRESS);
  clock.advance(SETUP_CODE_LIFETIME_MS);
  t.throws(() => access.checkSetUpCode(code, ADDRESS), { code: 'setup_code_refused' });
  access.forgetExpired();
  t.deepEqual(holding('Quist'), []);
});

test('an account that no phone uses has an end, a phone that registers moves it', (t) => {
  const { phones, clock, chance, terms } = scene();
  const account = { realm: 'calls.example', plainUntil: 0, chance };
  phones.add({ ...account, user: 'anna', now: clock.now() });
  phones.add({ ...account, user: 'bram', now: clock.now() });
  clock.advance(200 * DAY);
  phones.seen('anna', clock.now());
  clock.advance(200 * DAY);
  t.deepEqual(phones.expired(clock.now()), ['bram']);
  terms.directoryDays = 100;
  t.deepEqual(phones.expired(clock.now()).sort(), ['anna', 'bram']);
});

test('a removed phone is in no file', (t) => {
  const { phones, clock, chance, holding } = scene();
  phones.add({ user: 'wilhelmina', realm: 'calls.example', plainUntil: 0, now: clock.now(), chance });
  t.true(holding('wilhelmina').length > 0);
  phones.remove('wilhelmina');
  t.true(phones.scour());
  t.deepEqual(holding('wilhelmina'), []);
});

test('no row of the directory can be without an end', (t) => {
  const { folder } = scene();
  const access = new Database(join(folder, 'access.db'));
  const phones = new Database(join(folder, 'phones.db'));
  t.throws(() => access.exec(`INSERT INTO people VALUES ('i','n','n','["dpo"]','p','s',0,1,1,NULL)`), {
    message: /NOT NULL/,
  });
  t.throws(() => phones.exec(`INSERT INTO phones VALUES ('u','${'0'.repeat(32)}',0,1,1,NULL)`), {
    message: /NOT NULL/,
  });
});
