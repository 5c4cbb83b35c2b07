/** Which rule a call falls under. Pure; the clock and the zone are arguments. */
import { createHash } from 'node:crypto';
import { meantByAny, type Numbering, WITHHELD } from './numbers.ts';
import type { Never, Rule, Schedule } from './rule.ts';
import type { Policy } from './schema.ts';

/** What SIP said of a call, as far as rules ask. */
export interface CallToDecide {
  /** Chance of sampling is drawn from it, so that whoever asks again gets the same answer. */
  readonly id: string;
  /** Who calls; `WITHHELD`: their number is not told. */
  readonly from: string;
  readonly to: string;
  readonly direction: 'internal' | 'inbound' | 'outbound';
  /** `siprec`: a copy of a call that goes on elsewhere (RFC 7866). Default: the box's own. */
  readonly via?: 'phone' | 'siprec';
  /** Trunk by which it comes or goes; null or left out: none. */
  readonly trunk?: string | null;
  /** Number that was called first from outside, or queue; null or left out: none. */
  readonly queue?: string | null;
  /** Wall clock, milliseconds. */
  readonly at: number;
}

/** Own phones in a call. Of a copy of a call nobody knows which side is whose: both are taken. */
export function ownOf({ from, to, direction, via }: CallToDecide): readonly string[] {
  if (via === 'siprec' || direction === 'internal') return [from, to];
  return [direction === 'inbound' ? to : from];
}

interface Local {
  /** `2026-12-25`. */
  readonly date: string;
  /** ISO 8601: 1 is Monday. */
  readonly day: number;
  /** `08:30`. */
  readonly time: string;
}

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** One for each zone that a policy names: making one takes longer than all else about a rule. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  formats.set(timeZone, made);
  return made;
}

function localTime(at: number, timeZone: string): Local {
  const parts = formatOf(timeZone).formatToParts(at);
  const told = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  return {
    date: `${told.year}-${told.month}-${told.day}`,
    day: weekdays.indexOf(told.weekday ?? '') + 1,
    time: `${told.hour}:${told.minute}`,
  };
}

/** A schedule whose end is not after its beginning goes over midnight; the day is that of its beginning. */
function within(schedule: Schedule | undefined, at: number, timeZone: string, holidays: Policy['holidays']): boolean {
  if (!schedule) return true;
  const { days, from, until, holidays: treat } = schedule;
  const now = localTime(at, schedule.timeZone ?? timeZone);
  const overnight = until <= from;
  const late = overnight && now.time < until;
  if (!late && (now.time < from || (!overnight && now.time >= until))) return false;
  const began = late ? localTime(at - 24 * 3_600_000, schedule.timeZone ?? timeZone) : now;
  const holiday = holidays.some(({ date }) => date === began.date);
  if (treat === 'only') return holiday;
  if (treat === 'never' && holiday) return false;
  return days.includes(began.day);
}

/** Whether chance takes this call: `percent` of all ids. The same id is taken by every higher share as well. */
export function sampled(callId: string, percent: number): boolean {
  const drawn = createHash('sha256').update(`sampling ${callId}`).digest().readUInt32BE(0);
  return drawn < (percent / 100) * 2 ** 32;
}

type Facts = Pick<Policy, 'numbering' | 'groups' | 'holidays'>;

function takesPart(patterns: readonly string[] | undefined, call: CallToDecide, numbering: Numbering): boolean {
  return patterns === undefined || ownOf(call).some((own) => meantByAny(patterns, own, numbering));
}

/** Whether a rule means this call; its sampling is asked apart. */
export function ruleMatches(rule: Rule, call: CallToDecide, { numbering, groups, holidays }: Facts, timeZone: string) {
  const { trunk = null, queue = null } = call;
  const inGroups = rule.groups && groups.flatMap(({ id, extensions }) => (rule.groups!.includes(id) ? extensions : []));
  return (
    (rule.direction === undefined || rule.direction === call.direction) &&
    (rule.via === undefined || rule.via === (call.via ?? 'phone')) &&
    meantByAny(rule.from, call.from, numbering) &&
    meantByAny(rule.to, call.to, numbering) &&
    takesPart(rule.extensions, call, numbering) &&
    takesPart(inGroups, call, numbering) &&
    (rule.queues === undefined || (queue !== null && meantByAny(rule.queues, queue, numbering))) &&
    (rule.trunks === undefined || (trunk !== null && rule.trunks.includes(trunk))) &&
    within(rule.schedule, call.at, timeZone, holidays)
  );
}

/** Whether an entry of the never-record list means this call: any number of it on either side is enough. */
export function neverMatches({ why, numbers, extensions }: Never, call: CallToDecide, numbering: Numbering): boolean {
  const parties = [call.from, call.to];
  if (why === 'withheld') return parties.includes(WITHHELD);
  const named = (patterns: readonly string[] | undefined, who: readonly string[]) =>
    patterns !== undefined && who.some((one) => meantByAny(patterns, one, numbering));
  return named(numbers, parties) || named(extensions, ownOf(call));
}
