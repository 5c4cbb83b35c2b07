/** The fuzzer finds what is planted for it: a fuzzer that finds nothing proves nothing. */
import { randomInt } from 'node:crypto';
import test from 'ava';
import { fuzzTarget } from './run.ts';

const seed = randomInt(2 ** 31);
const module = new URL('./testing/planted.ts', import.meta.url).href;

/** Inputs until something planted must have been found: twenty times what it took at worst in a dozen tries. */
const budget = { runs: 5_000_000 };

/** Each computes for seconds without a word to whoever runs the tests: on a busy machine that is a while, ms. */
const PATIENCE_MS = 300_000;

test.before((t) => t.log(`seed ${seed}`));
test.beforeEach((t) => t.timeout(PATIENCE_MS));

test('a bug behind four bytes is found, because branches are watched', async (t) => {
  const { finding } = await fuzzTarget({ module, target: 'nested', seed, budget });
  t.is(finding?.kind, 'failed');
  t.is(finding?.input.toString('latin1', 0, 4), 'Belk');
  t.regex(finding!.says, /the planted bug/);
});

test('an input that takes too long is found, and one that never ends', async (t) => {
  const { finding } = await fuzzTarget({ module, target: 'slow', seed, budget });
  t.like(finding, { kind: 'slow' });
  t.is(finding?.input[0], 0x21);
  const hung = await fuzzTarget({ module, target: 'hang', seed, budget, hangMs: 3000 });
  t.like(hung.finding, { kind: 'hang' });
  t.is(hung.finding?.input[0], 0x21);
});

test('the same seed makes the same run', async (t) => {
  const ends = [];
  for (let i = 0; i < 2; i++) ends.push(await fuzzTarget({ module, target: 'nested', seed, budget }));
  t.truthy(ends[0]!.finding);
  t.deepEqual(ends[0]!.finding?.input, ends[1]!.finding?.input);
});
