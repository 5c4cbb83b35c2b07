/** Trusted time as it is kept: the mark in the catalogue, the sources that are asked, and what the audit log is told (trusted-time.ts). */
import type { Clock } from '@belkluis/shared/base/clock';
import type { Catalogue } from './catalogue.ts';
import type { Append } from './events.ts';
import { problem } from './problems.ts';
import {
  CONFIRMED_WITHIN_MS,
  confirmedMark,
  confirms,
  expectedTime,
  nextMark,
  type Reading,
  type TimeMark,
  type TimeSource,
} from './trusted-time.ts';

type VaultState = Catalogue['state'];

const STATE = 'time';

/** How often the mark is stored when nothing else asks for it, ms: what a power cut takes from it at most. */
const STORE_EVERY_MS = 60_000;

export interface TimeStatus {
  /** `behind`: the wall clock was set back, so that what is recorded now gets dates that are over too early. */
  readonly state: 'ok' | 'unconfirmed' | 'behind';
  readonly wall: number;
  /** What the purge goes by. */
  readonly believed: number;
  readonly unprovenMs: number;
}

export interface TimeKeeper {
  /** The time that erasing may go by, wall clock in ms. Tells the audit log once when the wall clock stops being believed. */
  now(): number;
  /** The same, after asking the sources when there is anything to confirm; stored on return. For each purge. */
  check(): Promise<number>;
  /** A person says that the wall clock is right. In the audit log first. @throws Problem `time_not_doubted`. */
  confirm(actor: string): void;
  status(): TimeStatus;
}

export interface TimeKeeperParts {
  readonly state: VaultState;
  readonly clock: Clock;
  readonly append: Append;
  readonly sources: readonly TimeSource[];
}

const readMark = (state: VaultState): TimeMark | null => JSON.parse(state.get(STATE) ?? 'null') as TimeMark | null;

/** The latest time that was believed, at most a minute old. What is recorded begins no earlier, so that no wall clock set back gives it a day that is over. */
export const believedSince = (state: VaultState): number => readMark(state)?.believed ?? 0;

/** Opens the time for one process. Several may: a confirmation of one reaches the others through the catalogue. */
export function openTimeKeeper({ state, clock, append, sources }: TimeKeeperParts): TimeKeeper {
  let mark = readMark(state);
  /** Monotonic ms at which `mark` was true; null: made by another process, or before this start. */
  let markedAt: number | null = null;
  let storedAt: number | null = null;

  const store = () => {
    state.set(STATE, JSON.stringify(mark));
    storedAt = clock.monotonic();
  };
  const reading = (): Reading => ({
    wall: clock.now(),
    sinceMarkMs: markedAt === null ? null : clock.monotonic() - markedAt,
  });
  /** A confirmation that came through another process counts here too. */
  const takeOver = () => {
    const stored = readMark(state);
    if (stored === null || stored.confirmations === mark?.confirmations) return;
    mark = stored;
    markedAt = null;
  };
  const look = (): TimeMark => {
    takeOver();
    const read = reading();
    const next = nextMark(mark, read);
    const changed = next.unconfirmed !== (mark?.unconfirmed ?? false);
    if (changed && next.unconfirmed) {
      append({ kind: 'time_unconfirmed', actor: 'box', facts: { wall: read.wall, expected: next.believed } });
    }
    mark = next;
    markedAt = clock.monotonic();
    if (changed || storedAt === null || clock.monotonic() - storedAt >= STORE_EVERY_MS) store();
    return next;
  };
  const confirm = (actor: string, by: 'person' | 'sources', tell: boolean) => {
    const wall = clock.now();
    if (tell) append({ kind: 'time_confirmed', actor, facts: { wall, by } });
    mark = confirmedMark(mark, wall);
    markedAt = clock.monotonic();
    store();
  };

  const status = (): TimeStatus => {
    const read = reading();
    const seen = nextMark(mark, read);
    const behind = mark !== null && expectedTime(mark, read) - read.wall > CONFIRMED_WITHIN_MS;
    return {
      state: seen.unconfirmed ? 'unconfirmed' : behind ? 'behind' : 'ok',
      wall: read.wall,
      believed: seen.believed,
      unprovenMs: seen.unprovenMs,
    };
  };

  return {
    now: () => look().believed,
    async check() {
      const before = look();
      const wall = clock.now();
      const off = Math.abs(wall - before.believed) > CONFIRMED_WITHIN_MS;
      if (before.unconfirmed || off || before.unprovenMs > CONFIRMED_WITHIN_MS) {
        const answers = await Promise.all(
          sources.map(async ({ name, now }) => ({ name, says: await now(), wall: clock.now() })),
        );
        // Only what a person would want to know is told: that the clock was believed again, or moved.
        if (confirms(answers)) confirm('box', 'sources', before.unconfirmed || off);
      }
      const { believed } = look();
      store();
      return believed;
    },
    confirm(actor) {
      const { unprovenMs } = look();
      // Much that went unseen can be confirmed as well, before it is too much.
      if (status().state === 'ok' && unprovenMs <= CONFIRMED_WITHIN_MS) throw problem('time_not_doubted');
      confirm(actor, 'person', true);
    },
    status,
  };
}
