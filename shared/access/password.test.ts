import test from 'ava';
import { HASH_COST, openPasswords } from './password.ts';

test('a password is kept as Argon2id at the cost that we promise', async (t) => {
  const { hash, matches } = openPasswords();
  const hashed = await hash('four words in a row');
  t.regex(hashed, /^\$argon2id\$v=19\$m=65536,t=3,p=1\$/);
  t.is(HASH_COST.memoryKiB, 64 * 1024);
  t.true(await matches(hashed, 'four words in a row'));
  t.false(await matches(hashed, 'Four words in a row'));
});

test('a name that nobody has costs a hash too, and never matches', async (t) => {
  const { matches } = openPasswords({ memoryKiB: 64, passes: 1 });
  t.false(await matches(null, 'nobody has this password'));
});

test('a flood of logins is refused instead of queued', async (t) => {
  const { matches } = openPasswords({ memoryKiB: 64, passes: 1 });
  const results = await Promise.allSettled(Array.from({ length: 100 }, () => matches(null, 'guess')));
  const refused = results.filter((result) => result.status === 'rejected' && result.reason.code === 'login_busy');
  t.true(refused.length >= 60);
  t.false(await matches(null, 'guess'));
});
