/** What follows from the agreements of a customer, now. Pure. */
import { DAY_MS, GRACE_DAYS, REMINDER_DAYS } from './limits.ts';

export interface Term {
  readonly state: 'draft' | 'sent' | 'signed' | 'ended';
  /** Null: without an end. */
  readonly until: number | null;
}

export type Standing =
  /** `until`: null without an end. */
  | { readonly is: 'valid'; readonly until: number | null }
  /** Ran out, and nobody has signed another. */
  | { readonly is: 'expired'; readonly until: number }
  /** There never was one, or somebody has ended it. */
  | { readonly is: 'missing' };

const later = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : Math.max(a, b));

export function standingOf(agreements: readonly Term[], now: number): Standing {
  const signed = agreements.filter(({ state }) => state === 'signed').map(({ until }) => until);
  if (signed.length === 0) return { is: 'missing' };
  const until = signed.reduce(later);
  return until === null || until > now ? { is: 'valid', until } : { is: 'expired', until };
}

/** Whether settings may be sent to boxes of a customer. `stopsAt`: from when not; null: no end is in sight. */
export function pushOf(standing: Standing, now: number): { readonly may: boolean; readonly stopsAt: number | null } {
  switch (standing.is) {
    case 'missing':
      return { may: false, stopsAt: null };
    case 'valid':
      return { may: true, stopsAt: standing.until === null ? null : standing.until + GRACE_DAYS * DAY_MS };
    case 'expired': {
      const stopsAt = standing.until + GRACE_DAYS * DAY_MS;
      return { may: now < stopsAt, stopsAt };
    }
  }
}

/**
 * The mark of REMINDER_DAYS of which somebody is to be told now; null: none, or of this one they were. `told`: the mark of the last reminder. Marks
 * that passed unseen are not made up for one by one.
 */
export function reminderDue(until: number | null, told: number | null, now: number): number | null {
  if (until === null) return null;
  const days = (until - now) / DAY_MS;
  const mark = REMINDER_DAYS.filter((one) => days <= one).at(-1);
  return mark === undefined || (told !== null && told <= mark) ? null : mark;
}
