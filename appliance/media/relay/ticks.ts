/**
 * The pace of a media worker. Packets of many calls are spread evenly in time, and waking up for each costs more than carrying
 * it: so with many the thread sleeps TICK_MS after each round of its event loop and then takes all that came. With few, ticks
 * would cost more than they save: the thread then waits in its event loop, as any other does, until a packet comes or
 * something is due. With no work at all it costs nothing.
 */
import type { Cancel, Clock } from '@belkluis/shared/base/clock';
import { PACE_WINDOW_MS, TICK_FROM_PACKETS_PER_S, TICK_MS } from './limits.ts';

export interface Ticks {
  /** Starts ticking, or ticks at once when it is waiting for something that is due later. */
  start(): void;
  /** Stops after the round that runs. */
  stop(): void;
}

export interface TickWork {
  readonly clock: Clock;
  /** What is to be done once a round; returns after how many milliseconds it is due again at the latest. */
  readonly everyTick: () => number;
  /** Packets received so far. */
  readonly packets: () => number;
}

export function ticks({ clock, everyTick, packets }: TickWork): Ticks {
  const never = new Int32Array(new SharedArrayBuffer(4));
  const rate = packetRate(packets);
  let running = false;
  let atOnce = false;
  let cancelWait: Cancel = () => {};

  const schedule = () => {
    atOnce = true;
    setImmediate(round);
  };
  const round = () => {
    atOnce = false;
    if (!running) return;
    const due = everyTick();
    if (!running || atOnce) return;
    if (rate(clock.monotonic()) >= TICK_FROM_PACKETS_PER_S) {
      Atomics.wait(never, 0, 0, TICK_MS);
      schedule();
    } else cancelWait = clock.after(due, round);
  };
  return {
    start() {
      running = true;
      if (atOnce) return;
      cancelWait();
      schedule();
    },
    stop() {
      running = false;
      cancelWait();
    },
  };
}

/** Packets per second over the last PACE_WINDOW_MS. */
function packetRate(packets: () => number): (nowMs: number) => number {
  let since = 0;
  let counted = 0;
  let rate = 0;
  return (nowMs) => {
    const passed = nowMs - since;
    if (passed >= PACE_WINDOW_MS) {
      const count = packets();
      rate = ((count - counted) * 1000) / passed;
      counted = count;
      since = nowMs;
    }
    return rate;
  };
}
