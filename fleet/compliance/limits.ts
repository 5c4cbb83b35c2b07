/** Terms and bounds of what is agreed, announced and told. */

export const DAY_MS = 86_400_000;

/**
 * Days before its end at which somebody is reminded of an agreement, and after it (below zero) until no more policies are pushed: two months are
 * enough to have another signed.
 */
export const REMINDER_DAYS = [60, 30, 14, 7, 1, 0, -30, -53] as const;

/** Days after the end of an agreement in which policies are still pushed, with a warning. Then a box goes on with the policy that it has. */
export const GRACE_DAYS = 60;

/** Days between the notice of a new sub-processor and its first day (GDPR 28(2) asks for time to object). */
export const NOTICE_DAYS = 30;

/** Within this time of its opening an incident has reached those whom it concerns, ms. */
export const REACH_MS = 3_600_000;

/** What is told to the public is looked at again within this time, days. */
export const REVIEW_DAYS = 90;

/** Longest name of a company, authority or person, and longest text that somebody writes here, characters. */
export const MAX_NAME = 200;
export const MAX_TEXT = 4000;

/** Rows that are told of, written, or read for an archive, at a time. */
export const BATCH = 500;
