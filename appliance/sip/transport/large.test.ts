import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import { LARGE_CONNECT_MS, LARGE_RETRY_MS } from '../limits.ts';
import { deafFlow } from '../testing/flow.ts';
import type { Flow } from './flow.ts';
import { largeWay } from './large.ts';

test('who takes no TCP, or does not say so in time, is not asked again for a while', async (t) => {
  const clock = new ManualClock();
  const udp = deafFlow('UDP');
  let asked = 0;
  let answer: Promise<Flow> = Promise.reject(new Error('refused'));
  const way = largeWay(clock, ({ transport, address, port }) => {
    t.deepEqual({ transport, address, port }, { transport: 'TCP', ...udp.remote });
    asked++;
    return answer;
  });
  t.is(await way.insteadOf(udp), null);
  t.is(way.insteadOf(udp), null);
  t.is(asked, 1);
  clock.advance(LARGE_RETRY_MS);

  answer = new Promise(() => {});
  const silent = way.insteadOf(udp);
  clock.advance(LARGE_CONNECT_MS);
  t.is(await silent, null);
  t.is(way.insteadOf(udp), null);
  clock.advance(LARGE_RETRY_MS);

  const tcp = deafFlow('TCP');
  answer = Promise.resolve(tcp);
  t.is(await way.insteadOf(udp), tcp);
  t.is(await way.insteadOf(udp), tcp);
  t.is(asked, 4);
  t.is(clock.pending, 0);
  t.is(largeWay(clock, null).insteadOf(udp), null, 'nor is anybody asked by a box without TCP');
});
