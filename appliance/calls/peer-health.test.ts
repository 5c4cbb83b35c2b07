import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import { watchPeer } from './peer-health.ts';

test('a peer is down after two silences in a row, asked again soon, and up with its first answer', async (t) => {
  const clock = new ManualClock();
  let answers = true;
  let asked = 0;
  const seen: boolean[] = [];
  const health = watchPeer({
    ask: () => {
      asked++;
      return answers ? Promise.resolve() : new Promise(() => {});
    },
    everyMs: 30_000,
    clock,
    onChange: (up) => seen.push(up),
  });
  const pass = async (ms: number) => {
    clock.advance(ms);
    await new Promise(setImmediate);
  };
  await pass(0);
  await pass(30_000);
  t.is(asked, 2);
  answers = false;
  health.doubt();
  health.doubt();
  t.is(asked, 3, 'one question at a time');
  await pass(4_000);
  t.true(health.up);
  await pass(2_000);
  await pass(4_000);
  t.false(health.up);
  answers = true;
  await pass(2_000);
  t.true(health.up);
  t.deepEqual(seen, [false, true]);
  health.close();
  t.is(clock.pending, 0);
});

test('a refused connection is a silence that need not be waited for', async (t) => {
  const clock = new ManualClock();
  const health = watchPeer({
    ask: () => Promise.reject(new Error('unreachable')),
    everyMs: 30_000,
    clock,
    onChange: () => {},
  });
  await new Promise(setImmediate);
  clock.advance(2_000);
  await new Promise(setImmediate);
  t.false(health.up);
  health.close();
});
