/** The instants at which things leave, computed from days. How many days is `shared/policy/retention.ts`. */

const DAY_MS = 24 * 3600_000;

/** When something of a class expires that began at `startedAt` (wall clock, ms). Always finite, always after it began. */
export function expiryOf(startedAt: number, days: number): number {
  if (!Number.isInteger(days) || days < 1) throw new RangeError('a retention is a whole number of days, 1 at least');
  return startedAt + days * DAY_MS;
}

/** The instants that a recording is bound to when it starts. */
export interface Expiries {
  /** When the content leaves. */
  readonly expiresAt: number;
  /** When caller and callee leave: traffic data has a clock of its own. */
  readonly trafficExpiresAt: number;
  /** When the last trace, the row without content and numbers, leaves. */
  readonly evidenceExpiresAt: number;
  /** Until then an erasure is refused, with `lockGround`; 0: no lock. */
  readonly lockedUntil: number;
  readonly lockGround: string | null;
}

/** Each class of a recording has its own clock; all of them start with the recording. */
export const expiriesOf = (
  startedAt: number,
  days: {
    readonly contentDays: number;
    readonly trafficDays: number;
    readonly evidenceDays: number;
    readonly minimum: { readonly days: number; readonly ground: string } | null;
  },
): Expiries => ({
  expiresAt: expiryOf(startedAt, days.contentDays),
  trafficExpiresAt: expiryOf(startedAt, days.trafficDays),
  evidenceExpiresAt: expiryOf(startedAt, Math.max(days.evidenceDays, days.contentDays, days.trafficDays)),
  lockedUntil: days.minimum ? expiryOf(startedAt, days.minimum.days) : 0,
  lockGround: days.minimum?.ground ?? null,
});

/** What a shorter policy makes of a recording: never later than it was, never below what the law locks. */
export const shortened = (
  row: Pick<Expiries, 'expiresAt' | 'trafficExpiresAt' | 'lockedUntil'> & { readonly startedAt: number },
  days: { readonly contentDays: number; readonly trafficDays: number },
): Pick<Expiries, 'expiresAt' | 'trafficExpiresAt'> => ({
  expiresAt: Math.min(row.expiresAt, Math.max(row.lockedUntil, expiryOf(row.startedAt, days.contentDays))),
  trafficExpiresAt: Math.min(row.trafficExpiresAt, expiryOf(row.startedAt, days.trafficDays)),
});
