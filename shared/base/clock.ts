/** Cancels what a clock was asked to do. Calling it twice, or too late, does nothing. */
export type Cancel = () => void;

/** Time as an argument, so that a test turns it by hand. */
export interface Clock {
  /** Wall clock, milliseconds since 1970 (UTC). May jump: use it for dates, never for intervals. */
  now(): number;
  /** Milliseconds since an arbitrary start; never goes back. */
  monotonic(): number;
  /** Runs `action` once, `delayMs` from now. */
  after(delayMs: number, action: () => void): Cancel;
}

/** The machine's own clock. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (delayMs, action) => {
    const timer = setTimeout(action, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
