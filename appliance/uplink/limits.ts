/** Bounds on what a box keeps for its fleet, and how it comes back. */

/** What waits longer is given up, ms: a fleet that was away for a week asks how things are, not how they were. */
export const MAX_AGE_MS = 7 * 86_400_000;

/** Messages that wait at once: a week of health in steps of five minutes is 2,016; the rest is for events. */
export const MAX_WAITING = 20_000;

/** Bytes that wait at once: that week at its largest is 13 MB. */
export const MAX_WAITING_BYTES = 33_554_432;

/** Health that has waited so long is of a time without a connection, and goes into steps of ROLL_STEP_MS. */
export const ROLL_AFTER_MS = 15 * 60_000;

export const ROLL_STEP_MS = 5 * 60_000;

/** Commands that are remembered, so that none is done twice: a box gets some in a week. */
export const MAX_COMMANDS = 1000;

/** Messages on their way at once: enough for a full line, few enough that a broken connection sends few twice. */
export const WINDOW = 16;

/** MQTT keep alive, seconds: how soon either side knows that the other is gone. */
export const KEEP_ALIVE_S = 60;

/** Patience with TCP, TLS and CONNACK together, ms. */
export const CONNECT_TIMEOUT_MS = 30_000;

/** Shortest and longest pause between two connections, ms. */
export const MIN_PAUSE_MS = 1000;
export const MAX_PAUSE_MS = 300_000;

/** Longest first pause, ms: 5,000 boxes that lost one broker come back as 170 a second, which it can take. */
export const FIRST_PAUSE_MS = 30_000;

/** A connection that lasted so long was a good one, ms: the pauses begin anew. */
export const STABLE_MS = 60_000;

/** How often health is sampled, ms. */
export const HEALTH_EVERY_MS = 60_000;

/** How often the audit log is shown to its witness, ms: as often as it is signed. */
export const AUDIT_EVERY_MS = 15 * 60_000;
