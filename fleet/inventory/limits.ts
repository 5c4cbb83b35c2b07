/** Bounds on what is kept of boxes, and how long. */

const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** A box that said goodbye, or whose connection broke, is shown as gone after this long, ms: a line that hiccups is nobody's alarm. */
export const OFFLINE_GRACE_MS = 90_000;

/** How far ahead of ours a box's clock may be to be believed, ms. */
export const CLOCK_SLACK_MS = 5 * MINUTE_MS;

/** How long ago something can have been measured, ms: a box keeps a week, and a day for the way. */
export const OLDEST_BELIEVED_MS = 8 * DAY_MS;

/** Rows of one write, and how long the first of them waits for others, ms: however many boxes speak, they cost ten commits a second. */
export const MAX_BATCH_ROWS = 500;
export const MAX_BATCH_MS = 100;

/** Messages that may wait for the database: beyond it the sender is not acknowledged and sends again. 40 s of 500 a second, about 20 MB. */
export const MAX_WAITING = 20_000;

/** How long a write waits before it is tried again when the database cannot be reached, ms. */
export const RETRY_MS = 1000;

/** Steps of the history of health, finest first: as it came, five minutes, an hour; each is kept so long. `span`: one row holds this much. */
export const HEALTH_STEPS = [
  { step: 0, span: HOUR_MS, keep: DAY_MS },
  { step: 5 * MINUTE_MS, span: HOUR_MS, keep: 7 * DAY_MS },
  { step: HOUR_MS, span: DAY_MS, keep: 90 * DAY_MS },
] as const;

/** Points of one series at most: twice the pixels of a graph. */
export const MAX_POINTS = 1500;

/** Samples are packed this long after their hour, ms: those of a slow line come in before. */
export const PACK_AFTER_MS = 10 * MINUTE_MS;

/** Boxes that are packed in one step: a step stops SQLite's process for some 20 ms. */
export const PACKED_BOXES = 20;

/** Rows that one step of expiry deletes, for the same reason. */
export const EXPIRED_ROWS = 500;

/** How long a timeline goes back, ms. */
export const EVENTS_KEPT_MS = 90 * DAY_MS;

/**
 * How long counts of hours are kept, ms: a quarter, as the health and the timeline that stand beside them. A longer row of them would be a profile of an
 * office, and who has to account for each opening has the box's own log.
 */
export const COUNTS_KEPT_MS = 90 * DAY_MS;

/** Hours of one statement: five values each, and SQLite takes 32 766. */
export const HOURS_AT_ONCE = 5000;

/** Longest tag, characters: it stands in a line of a list. */
export const MAX_TAG_LENGTH = 30;

/** Tags of one box: what a line of a list still shows. */
export const MAX_TAGS = 10;

/** Different tags of one MSP: a form offers all of them. */
export const MAX_TAGS_OF_MSP = 200;

/** Ids of messages are remembered so long, ms: eight days that a message may be old, one that its clock may be ahead, one to spare. */
export const IDS_KEPT_MS = 10 * DAY_MS;

/** Gaps that are kept one by one for a box; older ones count only in their sum. */
export const MAX_GAPS = 20;

/** Boxes of which an overview draws a door each; of more, one door a customer. */
export const WALL_DOORS = 400;
