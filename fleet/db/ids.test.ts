import { systemChance } from '@belkluis/shared/base/chance';
import { ULID_PATTERN } from '@belkluis/shared/base/ulid';
import test from 'ava';
import { idSource } from './ids.ts';

const AT = 1_469_918_176_385;
const ones = { bytes: (length: number) => Buffer.alloc(length, 0xff) };

test('each is greater than the one before, within a millisecond, when the clock goes back, and when counting overflows', (t) => {
  const times = [AT, AT, AT, AT - 5000, AT - 4000, AT + 1, AT];
  for (const chance of [systemChance, ones]) {
    let call = 0;
    const next = idSource({ now: () => times[call++]! }, chance);
    const made = times.map(() => next());
    t.deepEqual(made, [...new Set(made)].sort());
    for (const id of made) t.regex(id, ULID_PATTERN);
  }
});

test('two sources do not make the same', (t) => {
  const made = Array.from({ length: 1000 }, () => idSource({ now: () => AT }, systemChance)());
  t.is(new Set(made).size, made.length);
});
