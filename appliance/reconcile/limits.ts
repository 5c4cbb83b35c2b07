/** Largest call log that is read, bytes: a month of a large office. */
export const MAX_LOG_BYTES = 20 * 1024 ** 2;

/** Calls of one log that are looked at; more is more than a day of any office. */
export const MAX_LOGGED_CALLS = 100_000;

/** How far two clocks may be apart for one call, ms: PBXs without NTP drift by this in a month. */
export const TOLERANCE_MS = 90_000;

/** Calls this young are left for the next time, ms: the box's own rows may be on their way. */
export const SETTLE_MS = 60_000;

/** Calls older than this are not looked at any more, ms: the box keeps records of unrecorded calls for seven days. */
export const LOOK_BACK_MS = 3 * 86_400_000;

/** Shorter calls need no recording of theirs: an announcement alone takes longer, ms. */
export const MIN_TALK_MS = 15_000;

/** How much shorter than the call a recording may be, ms: the announcement, holding, the time to answer. */
export const SHORTER_BY_MS = 60_000;

/** Files of one place that are read, the last by name: a week of them, should there be several a day. */
export const MAX_LOG_FILES = 50;
