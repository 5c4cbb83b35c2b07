/** How often a test call is made, ms: what broke yesterday must not go on unnoticed for long, and each costs seconds of a port. */
export const TEST_EVERY_MS = 24 * 3_600_000;

/** How long the call process knows the phones of a test, ms: a test call takes ten seconds. */
export const TEST_LIFETIME_MS = 120_000;

/** How long the two phones speak, ms: with the announcement taken off, a segment and a little. */
export const SPEAK_MS = 7_000;

/** Recorded frames of 20 ms that each side must have at least: four seconds. */
export const MIN_FRAMES = 200;

/** How long anything in a test call may take, ms. */
export const TEST_PATIENCE_MS = 20_000;

/** How often it is looked whether the recording is finished, ms. */
export const LOOK_EVERY_MS = 200;
