/** Intervals of RFC 3261 17 (table 4 of its appendix A), in milliseconds, and the alarms that a transaction sets by them. */
import type { Cancel, Clock } from '@belkluis/shared/base/clock';

/** Estimate of a round trip: 500 ms is the RFC's default and what every phone expects. */
export const T1_MS = 500;
/** Longest interval between retransmissions of a non-INVITE request and of an INVITE's final response. */
export const T2_MS = 4_000;
/** How long a message may stay in the network. */
export const T4_MS = 5_000;
/** Timers B, F, H, J, L and M: how long a transaction waits for the other side. */
export const PATIENCE_MS = 64 * T1_MS;
/** Timer D on an unreliable transport: "at least 32 s" (17.1.1.2). */
export const TIMER_D_MS = 32_000;
/** The 100 goes out when nobody has said anything else by then (17.2.1). */
export const TRYING_MS = 200;

/** The RFC's letters; `trying` is the 200 ms of 17.2.1, which have none. */
export type TimerName = 'A' | 'B' | 'D' | 'E' | 'F' | 'G' | 'H' | 'I' | 'J' | 'K' | 'L' | 'M' | 'trying';

export interface Alarms {
  /** Sets the alarm; one that was set under this name before is forgotten. */
  start(timer: TimerName, ms: number): void;
  stop(timer: TimerName): void;
  stopAll(): void;
}

export function alarms(clock: Clock, ring: (timer: TimerName) => void): Alarms {
  const set = new Map<TimerName, Cancel>();
  const stop = (timer: TimerName) => {
    set.get(timer)?.();
    set.delete(timer);
  };
  return {
    start(timer, ms) {
      stop(timer);
      set.set(
        timer,
        clock.after(ms, () => {
          set.delete(timer);
          ring(timer);
        }),
      );
    },
    stop,
    stopAll() {
      for (const timer of [...set.keys()]) stop(timer);
    },
  };
}
