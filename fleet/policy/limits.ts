/** Bounds and times of policies at the fleet, each with its reason. */

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Longest that one level says, bytes of JSON: twice a policy that a box takes. */
export const MAX_LEVEL_BYTES = 65_536;

/** Variables, and locks, of one level: an office has a dozen of each. */
export const MAX_VARIABLES = 100;
export const MAX_LOCKS = 200;

/** How long a signed policy may come into force, ms: a box that was away for a month gets another. */
export const POLICY_LIFE_MS = 30 * DAY_MS;

/** So long before its end one is signed anew, ms: a week for a fleet that was down, or a box that is away. */
export const RENEW_BEFORE_MS = 7 * DAY_MS;

/** From then on people are told that a processing agreement ends, ms. */
export const AGREEMENT_WARN_MS = 60 * DAY_MS;

/** Boxes of one signature: what one fleet process promises, with room. */
export const MAX_BOXES = 20_000;

/** Longest policy that is brought, bytes: a message takes a quarter of it, and levels take out what is too much. */
export const MAX_DOCUMENT_BYTES = 131_072;

/** Customers' own policies of one MSP: five for each box that it may have. */
export const MAX_DOCUMENTS = 100_000;

export const MAX_RINGS = 20;

/** Longest wait after a ring, ms. */
export const MAX_WAIT_MS = 30 * DAY_MS;

/** A box that is connected and has not answered for so long has failed, ms: it applies within seconds. */
export const ANSWER_WITHIN_MS = 10 * MINUTE_MS;

/** Messages that are published, and policies that are renewed, before others get their turn. */
export const SEND_BATCH = 200;

/** What a process has begun to send, or to take back, and not marked, another one does, ms: longer than a batch takes; twice is no harm. */
export const SEND_AGAIN_MS = 10_000;

/** Boxes whose policy is not known are counted up to here: each count reads what all of them say. */
export const MAX_COUNTED = 1000;

/** Rows of one statement: SQLite takes 32,766 values, a row has twenty. */
export const ROWS_AT_ONCE = 500;

/** Signed policies of a box that are kept, the newest. */
export const SIGNED_KEPT = 6;

/** Boxes that a group or a problem names; it counts them all. */
export const SHOWN_BOXES = 20;

/** Signed policies that are read for an archive at a time: each is some kB. */
export const REGISTER_ROWS = 500;
