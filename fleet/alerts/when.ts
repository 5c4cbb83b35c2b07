/** When a maintenance window is open: once or each week, by the wall clock of a place, also in the nights in which that is set. Pure. */
import { instantsOf, wallAt } from '@belkluis/shared/base/time-zone';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** `2026-03-29` and `02:30`. */
export interface When {
  /** IANA. */
  readonly zone: string;
  /** Weekdays on which it begins, 1 Monday to 7 Sunday; null: once. */
  readonly days: readonly number[] | null;
  readonly fromDate: string;
  readonly fromTime: string;
  /** Once: the day on which it ends. Weekly: the last day on which it may begin; null: for ever. */
  readonly untilDate: string | null;
  /** Weekly: of the same day, or, where that is not after `fromTime`, of the next. */
  readonly untilTime: string;
}

/** From the first instant up to, without, the second, ms. */
export interface Open {
  readonly from: number;
  readonly until: number;
}

const dayOf = (date: string): number => Date.parse(`${date}T00:00:00Z`);
const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
const weekday = (day: number): number => ((Math.floor(day / DAY_MS) + 3) % 7) + 1;

/**
 * From the first instant at which the clock shows the begin to the last at which it shows the end, so that what people at the place read on
 * their clock is covered. Null where the clock was set forward over all of it.
 */
function openBetween(zone: string, from: number, until: number): Open | null {
  const open = { from: instantsOf(zone, from)[0], until: instantsOf(zone, until)[1] };
  return open.from < open.until ? open : null;
}

function beginningOn(when: When, day: number): Open | null {
  const [from, until] = [minutesOf(when.fromTime), minutesOf(when.untilTime)];
  const end = day + until * MINUTE_MS + (until <= from ? DAY_MS : 0);
  return openBetween(when.zone, day + from * MINUTE_MS, end);
}

/** The one that is open at `now`, or else the next; null: none comes. */
export function openAtOrAfter(when: When, now: number): Open | null {
  const first = dayOf(when.fromDate);
  if (when.days === null) {
    const [from, until] = [minutesOf(when.fromTime), minutesOf(when.untilTime)];
    const open = openBetween(when.zone, first + from * MINUTE_MS, dayOf(when.untilDate!) + until * MINUTE_MS);
    return open && open.until > now ? open : null;
  }
  const today = Math.floor(wallAt(when.zone, now) / DAY_MS) * DAY_MS;
  const last = when.untilDate === null ? Number.POSITIVE_INFINITY : dayOf(when.untilDate);
  // One that began two days ago by the date may last, for days are up to 25 hours; a night without any of it may be skipped.
  const begin = Math.max(first, today - 2 * DAY_MS);
  for (let day = begin; day <= Math.min(last, begin + 18 * DAY_MS); day += DAY_MS) {
    if (!when.days.includes(weekday(day))) continue;
    const open = beginningOn(when, day);
    if (open && open.until > now) return open;
  }
  return null;
}

/** The one that is open at `now`; null: none is. */
export function openAt(when: When, now: number): Open | null {
  const open = openAtOrAfter(when, now);
  return open && open.from <= now ? open : null;
}
