import test from 'ava';
import { ManualClock } from '../base/manual-clock.ts';
import { openQuota, sourceOf } from './quota.ts';

test('of IPv6 a line counts as one, of IPv4 an address, however it is written', (t) => {
  const same = (...addresses: string[]) => new Set(addresses.map(sourceOf)).size === 1;
  t.true(same('192.0.2.7', '::ffff:192.0.2.7', '::FFFF:192.0.2.7'));
  t.false(same('192.0.2.7', '192.0.2.8'));
  t.true(same('2001:db8::1', '2001:db8:0:0:ffff::2', '2001:0DB8::3%eth0'));
  t.false(same('2001:db8::1', '2001:db8:0:1::1'));
  t.false(same('::1', '::ffff:0.0.0.1'));
});

test('a burst is free, then it comes at its rate, and what was told of it holds', (t) => {
  const clock = new ManualClock();
  const quota = openQuota(clock, { burst: 3, rate: 2, sources: 10 });
  t.deepEqual(quota.take('a'), { ok: true, left: 2, fullIn: 1, nextIn: 0 });
  t.true(quota.takes('a'));
  t.deepEqual(quota.take('a'), { ok: true, left: 0, fullIn: 2, nextIn: 1 });
  t.deepEqual(quota.take('a'), { ok: false, left: 0, fullIn: 2, nextIn: 1 });
  t.true(quota.takes('b'), 'another source');
  clock.advance(1000);
  t.deepEqual([quota.takes('a'), quota.takes('a'), quota.takes('a')], [true, true, false]);
});

test('several that wait as they were told do not keep each other out', (t) => {
  const clock = new ManualClock();
  const quota = openQuota(clock, { burst: 1, rate: 1, sources: 10 });
  t.true(quota.takes('a'));
  let taken = 0;
  // Ten of one source, each once a second, one after the other.
  for (let asked = 0; asked < 100; asked++) {
    clock.advance(100);
    if (quota.takes('a')) taken++;
  }
  t.true(taken >= 9 && taken <= 10, `${taken} in ten seconds`);
});

test('no more sources are remembered than it says, and the one that was quiet longest goes', (t) => {
  const clock = new ManualClock();
  const quota = openQuota(clock, { burst: 1, rate: 0.001, sources: 2 });
  t.deepEqual([quota.takes('a'), quota.takes('b'), quota.takes('a')], [true, true, false]);
  t.true(quota.takes('c'));
  t.false(quota.takes('a'), 'it asked later than b');
  t.true(quota.takes('b'), 'forgotten');
});
