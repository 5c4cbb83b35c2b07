/** Nothing that was said is left out of what the benchmark says of it. */
import test from 'ava';
import { keyOf, openSamples, partOf } from './fleet-samples.ts';
import type { Sample } from './fleet-terms.ts';

const samples = (count: number, at: number): Sample[] =>
  Array.from({ length: count }, (_, n) => [`box-${n}`, `of-${at}`, at]);

test('a message is looked for until it is found, behind however many that never come', async (t) => {
  const there = new Set<string>();
  let now = 1000;
  let asked = 0;
  const looked = openSamples(
    async (some) => {
      t.true(some.length <= 500);
      asked++;
      return there;
    },
    () => now,
  );
  looked.add(samples(1200, 1000));
  looked.add([['last', 'one', 1000]]);
  there.add(keyOf('last', 'one'));
  now = 1200;
  await looked.look();
  t.deepEqual([looked.said(), looked.found(), asked], [1201, 1, 3]);
  t.deepEqual(looked.tookMs(), [200]);
  // Another box's message of that id is another message.
  there.add(keyOf('box-7', 'of-1000'));
  now = 5000;
  await looked.look();
  t.deepEqual(looked.tookMs(), [200, 4000], 'late, and counted as late');
  await looked.look();
  t.is(looked.found(), 2, 'once');
});

test('what comes while one looks is looked for the next time', async (t) => {
  const found = (some: readonly Sample[]) => new Set(some.map(([box, id]) => keyOf(box, id)));
  const looked = openSamples(async (some) => {
    if (some.length === 3) looked.add(samples(2, 20));
    return found(some);
  });
  looked.add(samples(3, 10));
  await looked.look();
  t.deepEqual([looked.said(), looked.found()], [5, 3]);
  await looked.look();
  t.is(looked.found(), 5);
});

test('what never came is the longest of all', (t) => {
  const hundred = Array.from({ length: 100 }, (_, n) => 100 - n);
  t.is(partOf(hundred, 100, 0.5), 51);
  t.is(partOf(hundred, 100, 0.99), 100);
  t.is(partOf(hundred, 100, 1), 100);
  // Two of a hundred and two are lost: of 99 in a hundred nothing can be said.
  t.is(partOf(hundred, 102, 0.5), 52);
  t.is(partOf(hundred, 102, 0.99), null);
  t.is(partOf(hundred, 101, 1), null);
  t.is(partOf([], 0, 0.99), null);
});
