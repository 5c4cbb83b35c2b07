/** Bounds of the fleet's log and of what it keeps of boxes' logs. */

/**
 * Days that an event which names people stays readable: two yearly audits, in which a processor shows what was done by whom
 * (GDPR 28(3)(h)). Its leaf stays.
 */
export const EVENT_DAYS = 730;

/** Bodies that one transaction erases: others append meanwhile. */
export const FORGET_BATCH = 5000;

/** Events of one page of the log, and leaves read at a time. */
export const LOG_BATCH = 1000;

/** Pairs of notes kept of one box: the first say it all, and a box that somebody took over may not fill the disk. */
export const MAX_EVIDENCE = 100;

/** A box signs its log every quarter of an hour; silent for this long, ms, something keeps it from it: a day and a night without a line. */
export const SILENCE_MS = 24 * 3_600_000;

/** Boxes that one look finds silent: the next look finds the next. */
export const SILENT_BATCH = 500;

/** Boxes with a troubled log that one look names: with more of them the fleet itself is what failed. */
export const MAX_TROUBLED = 5000;
