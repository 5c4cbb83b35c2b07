/** How sound came through, out of counts that only grow: over the last minutes for findings, over the last whole hour for whoever is outside. */
import { FEWEST_TOLD } from '@belkluis/shared/contract/limits';
import type { SoundFact } from './finding.ts';

/** Sums over all streams since the call process began (`media/quality/quality.ts`). */
export interface SoundSums {
  readonly streams: number;
  readonly expected: number;
  readonly lost: number;
  readonly looks: number;
  readonly milli_mos: number;
  readonly poor: number;
  readonly jitter_us: number;
  readonly reports: number;
  readonly reported_256ths: number;
  readonly round_trips: number;
  readonly round_trip_ms: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** Minutes that findings go by, the present one included. */
const RECENT_MINUTES = 5;

/** Minutes that are remembered: the last whole hour and the one that runs. */
const KEPT_MINUTES = 120;

/** With fewer looks at a stream than these, one bad moment would be all there is: half a minute of one call. */
const MIN_LOOKS = 10;

/** Streams of the fewest calls that are told of. */
const FEWEST_STREAMS = 2 * FEWEST_TOLD;

const NAMES = [
  ...(['streams', 'expected', 'lost', 'looks', 'milli_mos', 'poor', 'jitter_us'] as const),
  ...(['reports', 'reported_256ths', 'round_trips', 'round_trip_ms'] as const),
];

const each = (value: (name: keyof SoundSums) => number): SoundSums =>
  Object.fromEntries(NAMES.map((name) => [name, value(name)])) as unknown as SoundSums;

const NOTHING = each(() => 0);

function factOf(sums: SoundSums): SoundFact | null {
  if (sums.looks === 0 || sums.expected === 0) return null;
  const mean = (of: number, count: number): number | null => (count === 0 ? null : of / count);
  return {
    lossPercent: (100 * sums.lost) / sums.expected,
    farLossPercent: mean((100 * sums.reported_256ths) / 256, sums.reports),
    jitterMs: sums.jitter_us / sums.looks / 1000,
    roundTripMs: mean(sums.round_trip_ms, sums.round_trips),
    mos: sums.milli_mos / sums.looks / 1000,
    poorPercent: (100 * sums.poor) / sums.looks,
  };
}

export interface SoundHistory {
  /** `nowMs`: wall clock. */
  note(sums: SoundSums, nowMs: number): void;
  /** Null: too little was heard. */
  recent(nowMs: number): SoundFact | null;
  /** Null: fewer calls than may be told of. */
  lastHour(nowMs: number): SoundFact | null;
}

export function soundHistory(): SoundHistory {
  let last: SoundSums | null = null;
  /** By minute of the wall clock. */
  const minutes = new Map<number, SoundSums>();

  const within = (from: number, until: number): SoundSums => {
    const chosen = [...minutes].flatMap(([minute, sums]) => (minute >= from && minute < until ? [sums] : []));
    return each((name) => chosen.reduce((total, sums) => total + sums[name], 0));
  };

  return {
    note(sums, nowMs) {
      const minute = Math.floor(nowMs / MINUTE_MS);
      // A process, or a thread of it, that began anew counts from nothing.
      const fell = last === null || NAMES.some((name) => sums[name] < last![name]);
      const before = last;
      last = sums;
      if (fell || before === null) return;
      const known = minutes.get(minute) ?? NOTHING;
      minutes.set(
        minute,
        each((name) => known[name] + sums[name] - before[name]),
      );
      for (const old of minutes.keys()) if (Math.abs(minute - old) > KEPT_MINUTES) minutes.delete(old);
    },
    recent(nowMs) {
      const minute = Math.floor(nowMs / MINUTE_MS);
      const sums = within(minute - RECENT_MINUTES + 1, minute + 1);
      return sums.looks < MIN_LOOKS ? null : factOf(sums);
    },
    lastHour(nowMs) {
      const hour = Math.floor(nowMs / HOUR_MS);
      const sums = within((hour - 1) * 60, hour * 60);
      return sums.streams < FEWEST_STREAMS ? null : factOf(sums);
    },
  };
}
