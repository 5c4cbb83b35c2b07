import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import { admission } from './admission.ts';
import {
  IGNORED_BURST,
  MAX_REMEMBERED_SOURCES,
  REFUSAL_BURST,
  TRANSACTION_BURST,
  TRANSACTIONS_PER_SECOND,
} from './limits.ts';

const tally = (admit: (address: string) => string, address: string, times: number) => {
  const counts: Record<string, number> = { admit: 0, refuse: 0, ignore: 0, flood: 0 };
  for (let i = 0; i < times; i++) counts[admit(address)]!++;
  return counts;
};

test('an office that restarts gets in, a flood is told a few times and then nothing, others do not notice', (t) => {
  const clock = new ManualClock();
  const admit = admission(clock);
  const flood = tally(admit, '192.0.2.66', TRANSACTION_BURST + 1000);
  const [refuse, ignore] = [REFUSAL_BURST, IGNORED_BURST];
  t.deepEqual(flood, { admit: TRANSACTION_BURST, refuse, ignore, flood: 1000 - refuse - ignore });
  t.is(admit('192.0.2.1'), 'admit');
  clock.advance(1000);
  t.is(tally(admit, '192.0.2.66', 1000).admit, TRANSACTIONS_PER_SECOND);
});

test('forged sources do not fill the memory, and one that is heard often is not forgotten', (t) => {
  const admit = admission(new ManualClock());
  tally(admit, '192.0.2.66', TRANSACTION_BURST);
  for (let i = 0; i < MAX_REMEMBERED_SOURCES * 2; i++) {
    admit(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
    if (i % 1000 === 0) t.not(admit('192.0.2.66'), 'admit');
  }
});
