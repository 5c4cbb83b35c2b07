/**
 * REFERs that were passed on, until the calls that they asked for pass the box: what links the two is who was asked, and to call whom. A PBX
 * that joins two legs by itself makes no such call, so nothing is linked then.
 */
import type { Clock } from '@belkluis/shared/base/clock';
import { REFER_SUBSCRIPTION_S } from '../../sip/limits.ts';
import { MAX_CALLS } from '../limits.ts';
import { userIn } from '../numbers.ts';
import type { Origin } from '../transfer/origin.ts';
import type { PassedRefer } from '../transfer/pass-refer.ts';

export interface PassedRefers {
  /** What it returns forgets it. */
  add(passed: PassedRefer): () => void;
  /** What a call to `target` comes out of: the newest of those that `isFor`. A call that comes much later comes out of nothing. */
  find(target: string, isFor: (passed: PassedRefer) => boolean): readonly Origin[];
}

interface Waiting {
  readonly passed: PassedRefer;
  /** Monotonic ms: nobody hears of it any more. */
  until: number;
}

/** How long after its first INVITE the same call may come again, with an answer to a challenge, ms; a later one is another call. */
const AGAIN_WITHIN_MS = 10_000;

export function passedRefers(clock: Clock): PassedRefers {
  const waiting = new Set<Waiting>();
  const forgetOld = () => {
    for (const one of waiting) {
      if (one.until <= clock.monotonic() || waiting.size > MAX_CALLS) waiting.delete(one);
    }
  };
  return {
    add(passed) {
      const one = { passed, until: clock.monotonic() + REFER_SUBSCRIPTION_S * 1000 };
      waiting.add(one);
      forgetOld();
      return () => void waiting.delete(one);
    },
    find(target, isFor) {
      forgetOld();
      const one = [...waiting].findLast(({ passed }) => userIn(passed.target) === target && isFor(passed));
      if (!one) return [];
      one.until = Math.min(one.until, clock.monotonic() + AGAIN_WITHIN_MS);
      const { call, how, by } = one.passed;
      return [{ call, how, by }];
    },
  };
}
