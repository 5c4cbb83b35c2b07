import test from 'ava';
import { seededChance } from './chance.ts';
import { newUlid, ULID_PATTERN } from './ulid.ts';

test('ids have their form, differ, and sort by time', (t) => {
  const chance = seededChance('ulid');
  const times = [0, 1, 31, 32, 1_469_918_176_385, Date.UTC(2026, 10, 26), 2 ** 48 - 1];
  const ids = times.map((at) => newUlid(at, chance));
  for (const id of ids) t.regex(id, ULID_PATTERN);
  t.deepEqual([...ids].sort(), ids);
  t.not(newUlid(5, chance), newUlid(5, chance));
  // The specification's own example of a time.
  t.is(ids[4]!.slice(0, 10), '01ARYZ6S41');
  t.is(ids[6]!.slice(0, 10), '7ZZZZZZZZZ');
});
