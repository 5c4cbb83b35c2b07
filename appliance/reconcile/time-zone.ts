/** Local times of day as instants. */
import { offsetAt } from '@belkluis/shared/base/time-zone';

const LOCAL = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.\d+)?$/;

/**
 * The instant (ms) of `2026-11-25 13:04:05` in an IANA time zone. The hour that the clock shows twice means the first time; one that it skips
 * is moved on. NaN: not such a text.
 */
export function instantIn(text: string, timeZone: string): number {
  const parts = LOCAL.exec(text);
  if (!parts) return Number.NaN;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const wall = Date.UTC(year, month - 1, day, hour, minute, second);
  if (new Date(wall).getUTCDate() !== day || month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59)
    return Number.NaN;
  // The offset of a day before is that before a change of the clock; where it does not fit, the one after does.
  const before = wall - offsetAt(timeZone, wall - 86_400_000);
  if (before + offsetAt(timeZone, before) === wall) return before;
  return wall - offsetAt(timeZone, before);
}
