import { seededChance, systemChance } from '@belkluis/shared/base/chance';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import { PortPairs, type PortRange, reservedPairs, splitRange } from './ports.ts';
import { PORT_MIN_REST_MS, PORT_QUARANTINE_MS } from './relay/limits.ts';

const takeAll = (pairs: PortPairs): number[] => {
  const taken: number[] = [];
  for (let port = pairs.take(); port !== null; port = pairs.take()) taken.push(port);
  return taken;
};
const sorted = (ports: readonly number[]) => [...ports].sort((a, b) => a - b);

test('every pair of the range is given out once, even port first', (t) => {
  for (const range of [
    [10_000, 10_009],
    [10_001, 10_010],
    [10_001, 10_011],
  ] satisfies PortRange[]) {
    const taken = takeAll(new PortPairs(range, new ManualClock(), systemChance));
    t.is(new Set(taken).size, taken.length);
    for (const port of taken) {
      t.is(port % 2, 0);
      t.true(port >= range[0] && port + 1 <= range[1], `${port} of ${range}`);
    }
  }
  t.deepEqual(
    sorted(takeAll(new PortPairs([10_000, 10_005], new ManualClock(), systemChance))),
    [10_000, 10_002, 10_004],
  );
});

test('a pair that was given back rests while others are there; when none is, the one that rested longest goes, never at once', (t) => {
  const clock = new ManualClock();
  const pairs = new PortPairs([10_000, 10_007], clock, systemChance);
  const [first, second, third] = [pairs.take()!, pairs.take()!, pairs.take()!];
  pairs.giveBack(first);
  clock.advance(PORT_MIN_REST_MS - 1);
  const fresh = pairs.take()!;
  t.false([first, second, third].includes(fresh));
  t.is(pairs.take(), null);
  pairs.giveBack(second);
  clock.advance(1);
  t.is(pairs.take(), first);
  t.is(pairs.take(), null);
  clock.advance(PORT_MIN_REST_MS);
  t.is(pairs.take(), second);
  pairs.giveBack(third);
  pairs.giveBack(fresh);
  clock.advance(PORT_QUARANTINE_MS);
  t.deepEqual(sorted(takeAll(pairs)), sorted([third, fresh]));
});

test('who has an emergency gets a pair where all others get none, and what is given back fills the reserve again', (t) => {
  const clock = new ManualClock();
  const range = [10_000, 10_015] as const;
  t.is(reservedPairs(range), 2);
  const pairs = new PortPairs(range, clock, systemChance, reservedPairs(range));
  const taken = takeAll(pairs);
  t.is(taken.length, 6);
  t.is(pairs.take(), null);
  const urgent = [pairs.take(true)!, pairs.take(true)!];
  t.true(urgent.every((port) => !taken.includes(port)));
  t.is(pairs.take(true), null);
  pairs.giveBack(urgent[0]!);
  t.is(pairs.take(), null);
  t.is(pairs.take(true), urgent[0]!, 'it need not rest');
  pairs.giveBack(taken[0]!);
  pairs.giveBack(taken[1]!);
  clock.advance(PORT_QUARANTINE_MS);
  t.is(pairs.take(), null);
  t.not(pairs.take(true), null);
});

test('the order cannot be guessed', (t) => {
  const order = (seed: string) => takeAll(new PortPairs([10_000, 10_199], new ManualClock(), seededChance(seed)));
  t.notDeepEqual(order('one'), order('two'));
  t.notDeepEqual(order('one'), sorted(order('one')));
});

test('workers never share a pair, and the range is used up', (t) => {
  const seen: number[] = [];
  for (const part of splitRange([10_001, 10_032], 3))
    seen.push(...takeAll(new PortPairs(part, new ManualClock(), systemChance)));
  t.deepEqual(
    sorted(seen),
    Array.from({ length: 15 }, (_, i) => 10_002 + 2 * i),
  );
});
