/** Wall clocks of places: what a person there reads, and which instants that is. Pure; rules of time zones are those of the runtime (IANA). */

/** Whether the runtime knows a time zone of this name. */
export function isTimeZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }) !== null;
  } catch {
    return false;
  }
}

const HOUR_MS = 3_600_000;
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-u-ca-iso8601', {
      timeZone: zone,
      hourCycle: 'h23',
      ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' },
    });
    formats.set(zone, format);
  }
  return format;
}

/** What the wall clock shows at an instant, written as ms of a day in UTC: `Date.UTC` of its year, month, day, hour, minute, second. */
export function wallAt(zone: string, instant: number): number {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const of = (type: Intl.DateTimeFormatPartTypes) => parts.get(type)!;
  const second = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
  return second + (((instant % 1000) + 1000) % 1000);
}

/** How far the clock of a zone is ahead of UTC at an instant, ms. */
export const offsetAt = (zone: string, instant: number): number => wallAt(zone, instant) - instant;

/**
 * The first and the last instant at which the clock shows `wall`: two where the clock was set back over it. Where it was set forward over it, both
 * are the instant of that.
 */
export function instantsOf(zone: string, wall: number): readonly [first: number, last: number] {
  const before = offsetAt(zone, wall - 24 * HOUR_MS);
  const after = offsetAt(zone, wall + 24 * HOUR_MS);
  const fitting = [before, after].map((offset) => wall - offset).filter((at) => wallAt(zone, at) === wall);
  if (fitting.length > 0) return [Math.min(...fitting), Math.max(...fitting)];
  // Between these the clock was set forward.
  let [low, high] = [wall - Math.max(before, after), wall - Math.min(before, after)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (wallAt(zone, middle) >= wall) high = middle;
    else low = middle;
  }
  return [high, high];
}
