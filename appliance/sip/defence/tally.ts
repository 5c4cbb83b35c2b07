/** Counts of the last day, hour by hour. */
import type { Clock } from '@belkluis/shared/base/clock';
import { TALLY_HOURS } from './limits.ts';

const HOUR_MS = 3600_000;

export interface Tally<Kind extends string> {
  add(kind: Kind): void;
  /** Counts of the hours that are not older than a day. */
  lastDay(): Readonly<Record<Kind, number>>;
}

export function openTally<Kind extends string>(clock: Clock, kinds: readonly Kind[]): Tally<Kind> {
  const none = () => Object.fromEntries(kinds.map((kind) => [kind, 0])) as Record<Kind, number>;
  const hours = Array.from({ length: TALLY_HOURS }, () => ({ hour: -1, counts: none() }));
  const hourNow = () => Math.floor(clock.monotonic() / HOUR_MS);
  return {
    add(kind) {
      const hour = hourNow();
      const slot = hour % TALLY_HOURS;
      if (hours[slot]!.hour !== hour) hours[slot] = { hour, counts: none() };
      hours[slot]!.counts[kind]++;
    },
    lastDay() {
      const sum = none();
      const oldest = hourNow() - TALLY_HOURS;
      for (const { hour, counts } of hours) {
        if (hour > oldest) for (const kind of kinds) sum[kind] += counts[kind];
      }
      return sum;
    },
  };
}
