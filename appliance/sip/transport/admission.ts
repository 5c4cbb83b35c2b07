/** How much of one address's traffic we take: new transactions by a generous rate, then refusals, then silence. */
import type { Clock } from '@belkluis/shared/base/clock';
import {
  MAX_REMEMBERED_SOURCES,
  REFUSAL_BURST,
  REFUSALS_PER_SECOND,
  TRANSACTION_BURST,
  TRANSACTIONS_PER_SECOND,
} from '../limits.ts';
import { buckets } from './buckets.ts';

/** `refuse`: tell the peer once more that it is too much. `ignore`: it has been told often enough. */
export type Admission = 'admit' | 'refuse' | 'ignore';

export type Admit = (address: string) => Admission;

export function admission(clock: Clock): Admit {
  const maxKeys = MAX_REMEMBERED_SOURCES;
  const transactions = buckets(clock, { burst: TRANSACTION_BURST, perSecond: TRANSACTIONS_PER_SECOND, maxKeys });
  const refusals = buckets(clock, { burst: REFUSAL_BURST, perSecond: REFUSALS_PER_SECOND, maxKeys });
  return (address) => {
    const key = networkOf(address);
    if (transactions.take(key)) return 'admit';
    return refusals.take(key) ? 'refuse' : 'ignore';
  };
}

/** One IPv6 subscriber holds a /64: its addresses are one source. */
function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const [head, tail] = address.split('%')[0]!.split('::') as [string, string | undefined];
  const before = head === '' ? [] : head.split(':');
  const after = tail ? tail.split(':') : [];
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  return [...before, ...new Array<string>(zeros).fill('0'), ...after].slice(0, 4).join(':');
}
