/**
 * Whether a call may go out (threat 23: a stolen phone password must not cost a fortune). Pure: what was allowed, what was spent, what is
 * dialled. No rule, no call; only emergency numbers need none.
 */
import type { Outbound } from '../../lines/outbound.ts';

/** What one user, or one trunk, has used today. */
export interface Spent {
  /** Calls that were begun, answered or not. */
  readonly calls: number;
  /** Time spoken, ms, calls that go on included. */
  readonly talkMs: number;
}

export const nothingSpent: Spent = { calls: 0, talkMs: 0 };

/** Why a call may not be; also what an alarm is about. */
export type TollRefusal =
  | 'number_not_allowed'
  | 'number_denied'
  | 'night'
  | 'user_at_once'
  | 'user_calls'
  | 'user_minutes'
  | 'trunk_calls'
  | 'trunk_minutes';

/** Those that come from what was spent, not from what was dialled. */
export const isCap = (refusal: TollRefusal): boolean => refusal.startsWith('user_') || refusal.startsWith('trunk_');

/** Day and time of day where the box stands. */
export interface LocalTime {
  /** `2026-11-25`. */
  readonly day: string;
  /** `17:05`. */
  readonly time: string;
  readonly weekend: boolean;
}

/** `at`: wall clock, ms. */
export function localTime(at: number, timeZone: string): LocalTime {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    weekday: 'short',
    hourCycle: 'h23',
  });
  const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return {
    day: `${part.year}-${part.month}-${part.day}`,
    time: `${part.hour}:${part.minute}`,
    weekend: part.weekday === 'Sat' || part.weekday === 'Sun',
  };
}

const longestMatch = (prefixes: readonly string[], number: string): number =>
  Math.max(-1, ...prefixes.filter((prefix) => number.startsWith(prefix)).map((prefix) => prefix.length));

export const isEmergency = ({ emergency }: Outbound, number: string): boolean => emergency.includes(number);

function isNight(night: NonNullable<Outbound['night']>, { time, weekend }: LocalTime): boolean {
  if (night.weekend && weekend) return true;
  const { from, until } = night;
  return from <= until ? time >= from && time < until : time >= from || time < until;
}

/** Whether `number` (E.164, or a short one) may be called at all at this time; null: it may. Of equally long matches `deny` counts. */
export function numberRefused(rules: Outbound, number: string, now: LocalTime): TollRefusal | null {
  if (isEmergency(rules, number)) return null;
  const allowed = longestMatch(rules.allow, number);
  if (allowed < 0) return 'number_not_allowed';
  if (longestMatch(rules.deny, number) >= allowed) return 'number_denied';
  const { night } = rules;
  return night && isNight(night, now) && longestMatch(night.allow, number) < 0 ? 'night' : null;
}

/** Whether this user has used up what it may; null: it has not. `atOnce`: its calls that go on, this one not counted. */
export function userRefused({ perUser }: Outbound, spent: Spent, atOnce: number): TollRefusal | null {
  if (atOnce >= perUser.atOnce) return 'user_at_once';
  if (spent.calls >= perUser.perDay) return 'user_calls';
  return spent.talkMs >= perUser.minutesPerDay * 60_000 ? 'user_minutes' : null;
}

export function trunkRefused({ perTrunk }: Outbound, spent: Spent): TollRefusal | null {
  if (spent.calls >= perTrunk.perDay) return 'trunk_calls';
  return spent.talkMs >= perTrunk.minutesPerDay * 60_000 ? 'trunk_minutes' : null;
}
