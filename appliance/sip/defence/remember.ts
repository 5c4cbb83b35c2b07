/**
 * What the guard remembers over a restart: whom it bans, and where phones have proved themselves. So nobody is let in again by whatever
 * ends the process, and an office with one broken phone is still known as an office.
 */
import type { Cancel, Clock } from '@belkluis/shared/base/clock';
import type { Ban } from './bans.ts';
import { KEEP_EVERY_MS, MAX_KEPT } from './limits.ts';

/** A network where a phone has proved itself. */
export interface Home {
  readonly source: string;
  /** Wall clock, ms. */
  readonly until: number;
}

export interface Remembered {
  /** The newest first. */
  readonly bans: readonly Ban[];
  readonly homes: readonly Home[];
}

export interface GuardMemory {
  load(): Remembered;
  /** Keeps this in place of what was kept: on the disk when it returns, and what was left out has gone from there. */
  keep(remembered: Remembered): void;
}

export interface Remembering {
  /** Something is to be written, soon. */
  changed(): void;
  /** Writes at once. */
  now(): void;
  close(): void;
}

/** Forged sources are without number: they must not push out who proved where it is. */
const bounded = ({ bans, homes }: Remembered): Remembered => ({
  bans: [...bans.filter(({ reach }) => reach === 'all'), ...bans.filter(({ reach }) => reach !== 'all')].slice(
    0,
    MAX_KEPT,
  ),
  homes: homes.slice(-MAX_KEPT),
});

export interface RememberParts {
  readonly clock: Clock;
  readonly memory: GuardMemory;
  readonly state: () => Remembered;
  readonly onFailed: (error: unknown) => void;
}

/** Addresses are personal data: what is over leaves the disk by itself. */
export function remembering({ clock, memory, state, onFailed }: RememberParts): Remembering {
  let wroteAt = Number.NEGATIVE_INFINITY;
  let stop: Cancel = () => {};
  const write = () => {
    stop();
    wroteAt = clock.monotonic();
    const kept = bounded(state());
    try {
      memory.keep(kept);
    } catch (error) {
      onFailed(error);
    }
    const ends = [...kept.bans, ...kept.homes].map(({ until }) => until - clock.now());
    stop = ends.length > 0 ? clock.after(Math.max(KEEP_EVERY_MS, Math.min(...ends)), write) : () => {};
  };
  return {
    changed() {
      const waitMs = wroteAt + KEEP_EVERY_MS - clock.monotonic();
      if (waitMs <= 0) return write();
      stop();
      stop = clock.after(waitMs, write);
    },
    now: write,
    close() {
      write();
      stop();
    },
  };
}
