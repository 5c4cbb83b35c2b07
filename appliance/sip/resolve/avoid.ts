/** Servers that failed a moment ago, so that the next call does not wait for them again (RFC 3263 4.3). */
import type { Clock } from '@belkluis/shared/base/clock';
import { formatAddress, type Target } from '../transport/flow.ts';
import { AVOID_MS, MAX_AVOID_MS, MAX_AVOIDED } from './limits.ts';

export interface Avoided {
  /** It could not be asked, did not answer, or says that it takes nothing now; with its Retry-After, seconds, when it said one. */
  failed(target: Target, retryAfterS?: number | null): void;
  /** It answered. */
  answered(target: Target): void;
  /** The targets that may be tried. All of them when each failed: to try is better than to refuse unasked. */
  among<T extends Target>(targets: readonly T[]): readonly T[];
  has(target: Target): boolean;
}

const keyOf = (target: Target): string => `${target.transport} ${formatAddress(target)}`;

export function avoided(clock: Clock): Avoided {
  /** Until when, monotonic ms. */
  const until = new Map<string, number>();
  const has = (target: Target): boolean => {
    const end = until.get(keyOf(target));
    if (end === undefined || end > clock.monotonic()) return end !== undefined;
    until.delete(keyOf(target));
    return false;
  };
  return {
    failed(target, retryAfterS = null) {
      const ms = retryAfterS === null ? AVOID_MS : Math.min(MAX_AVOID_MS, retryAfterS * 1000);
      until.delete(keyOf(target));
      until.set(keyOf(target), clock.monotonic() + ms);
      for (const oldest of until.keys()) {
        if (until.size <= MAX_AVOIDED) break;
        until.delete(oldest);
      }
    },
    answered: (target) => void until.delete(keyOf(target)),
    among(targets) {
      const good = targets.filter((target) => !has(target));
      return good.length > 0 ? good : targets;
    },
    has,
  };
}
