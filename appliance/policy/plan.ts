/** What a change of policy waits for. Pure; the clock is an argument. */
import { type ChangeClass, changesOf, classesIn, type PolicyChange } from '@belkluis/shared/policy/changes/classify';
import type { WholePolicy } from '@belkluis/shared/policy/changes/difference';

const DAY_MS = 24 * 3_600_000;

/**
 * How long a change that erases before its day waits, ms: a week, so that whoever comes back from a few days away still finds what somebody
 * with a stolen key wanted gone.
 */
export const DESTRUCTIVE_WAIT_MS = 7 * DAY_MS;

/** How long a policy waits for an approval at all, ms: two weeks. What nobody has decided by then is decided anew, in view of what is so then. */
export const PENDING_EXPIRES_MS = 14 * DAY_MS;

export interface PolicyPlan {
  readonly changes: readonly PolicyChange[];
  readonly classes: readonly ChangeClass[];
  /** Whether a data protection officer must approve it. */
  readonly needsApproval: boolean;
  /** Until when it waits in any case, so that it can be refused: wall clock, ms. Null: for no day. */
  readonly waitsUntil: number | null;
  /** When it is put away undecided: wall clock, ms. */
  readonly expiresAt: number;
}

/** What `next` waits for on a box where `before` is in force; null: no policy is. `arrivedAt`: wall clock, ms. */
export function planOf(before: WholePolicy | null, next: WholePolicy, arrivedAt: number): PolicyPlan {
  const changes = changesOf(before, next);
  const classes = classesIn(changes);
  return {
    changes,
    classes,
    needsApproval: classes.includes('weakening'),
    waitsUntil: classes.includes('destructive') ? arrivedAt + DESTRUCTIVE_WAIT_MS : null,
    expiresAt: arrivedAt + PENDING_EXPIRES_MS,
  };
}

/** Whether nothing is waited for any more. What has expired is not in force either, however much was approved. */
export const isDue = (plan: PolicyPlan, approved: boolean, now: number): boolean =>
  now < plan.expiresAt && (approved || !plan.needsApproval) && (plan.waitsUntil === null || plan.waitsUntil <= now);
