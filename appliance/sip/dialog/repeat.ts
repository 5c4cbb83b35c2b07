import type { Cancel, Clock } from '@belkluis/shared/base/clock';
import { PATIENCE_MS, T1_MS, T2_MS } from '../transaction/timers.ts';

/**
 * Repeats a 2xx until its ACK comes: after T1, doubling up to T2, on every transport, for 64*T1 (RFC 3261 13.3.1.4, 14.2).
 * What it returns is called when the ACK has come; `gaveUp` when it has not.
 */
export function repeatUntilAcknowledged(clock: Clock, repeat: () => void, gaveUp: () => void): Cancel {
  let stopRepeating = () => {};
  const again = (intervalMs: number) => {
    stopRepeating = clock.after(intervalMs, () => {
      repeat();
      again(Math.min(intervalMs * 2, T2_MS));
    });
  };
  again(T1_MS);
  const stopWaiting = clock.after(PATIENCE_MS, () => {
    stopRepeating();
    gaveUp();
  });
  return () => {
    stopRepeating();
    stopWaiting();
  };
}
