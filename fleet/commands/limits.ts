/** Bounds on commands. */

/** From then on a box does not do it, ms: whoever asks wants it now, and a box that was away for long has told everything anyway. */
export const COMMAND_MS = 15 * 60_000;

/** One that the box has taken and never finished is given up this long after, ms: a test call takes two minutes, and a restart is told. */
export const GIVE_UP_MS = 60 * 60_000;

/** Sent again to a box that is there and says nothing, ms: it does it once, by its id. */
export const AGAIN_MS = 30_000;

/** A box that came so lately may not listen yet, ms: it says that it is there, then subscribes, and what goes out between is lost until AGAIN_MS. */
export const LISTENS_MS = 2000;

/** Boxes of one transaction: each is an event of the log. */
export const BOXES_AT_ONCE = 100;

/** Boxes of one request: an MSP's whole fleet at one process. */
export const MAX_BOXES = 5000;

/** Commands of one look. */
export const DUE_AT_ONCE = 200;

/** As long as a timeline goes back, ms. */
export const KEPT_MS = 90 * 86_400_000;

/** Rows that one step of forgetting deletes: it stops SQLite's process for some milliseconds. */
export const FORGOTTEN_ROWS = 500;
