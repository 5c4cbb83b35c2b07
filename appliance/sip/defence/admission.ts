/** How much of one sender's traffic we take: new transactions by a generous rate, then refusals, then silence, then no ear at all. */
import type { Clock } from '@belkluis/shared/base/clock';
import { buckets } from './buckets.ts';
import {
  IGNORED_BURST,
  IGNORED_PER_SECOND,
  MAX_REMEMBERED_SOURCES,
  REFUSAL_BURST,
  REFUSALS_PER_SECOND,
  TRANSACTION_BURST,
  TRANSACTIONS_PER_SECOND,
} from './limits.ts';

/** `refuse`: tell the peer once more that it is too much. `ignore`: it has been told often enough. `flood`: it does not stop. */
export type Admission = 'admit' | 'refuse' | 'ignore' | 'flood';

/** By a key: a network, or a flow that has proved itself. */
export type Admit = (key: string) => Admission;

export function admission(clock: Clock): Admit {
  const maxKeys = MAX_REMEMBERED_SOURCES;
  const transactions = buckets(clock, { burst: TRANSACTION_BURST, perSecond: TRANSACTIONS_PER_SECOND, maxKeys });
  const refusals = buckets(clock, { burst: REFUSAL_BURST, perSecond: REFUSALS_PER_SECOND, maxKeys });
  const ignored = buckets(clock, { burst: IGNORED_BURST, perSecond: IGNORED_PER_SECOND, maxKeys });
  return (key) => {
    if (transactions.take(key)) return 'admit';
    if (refusals.take(key)) return 'refuse';
    return ignored.take(key) ? 'ignore' : 'flood';
  };
}
