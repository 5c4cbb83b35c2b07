/** What is believed of a box's clock, and how old a message may be. */

/** Difference between two clocks that nobody has to look at, ms: NTP keeps them closer, and a message needs time to come. */
export const SKEW_TOLERATED_MS = 2 * 60_000;

/** Change of a difference that is told anew, ms. */
export const SKEW_CHANGE_MS = 60_000;

/** How far ahead of what is known of its clock a message may be, ms: clocks are set by hand, by hours. */
export const MAX_AHEAD_MS = 86_400_000;

/** Oldest message that is taken, ms: a box keeps them for a week, and is on its way for a while. */
export const MAX_AGE_MS = 8 * 86_400_000;

/** The same about the same box is told this often, ms. */
export const NOTICE_EVERY_MS = 3600_000;

/** Starts of one box that are remembered: two copies of a box show after the second. */
export const BOOTS_REMEMBERED = 8;
