import type { Clock } from '@belkluis/shared/base/clock';
import type { Counters } from '@belkluis/shared/base/counters';
import { Seldom } from '@belkluis/shared/base/seldom';
import type { BrokerNotice, NoticeCode } from './broker.ts';
import { NOTICE_EVERY_MS } from './limits.ts';

/** Counts everything, tells a person seldom. */
export function noticesTo(clock: Clock, counters: Counters, notice: (notice: BrokerNotice) => void) {
  const seldom = new Seldom(clock, NOTICE_EVERY_MS);
  return (code: NoticeCode, box: string): void => {
    counters.add(`broker.${code}`);
    if (seldom.due(`${code} ${box}`)) notice({ code, box });
  };
}
