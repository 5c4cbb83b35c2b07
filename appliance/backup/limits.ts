const DAY_MS = 24 * 3600_000;

/** Longest life of a snapshot, ms: after it, what was erased on the box opens nowhere. What certificates of deletion promise. */
export const SNAPSHOT_LIFE_MS = 7 * DAY_MS;

/** Newest snapshots that stay whatever their day: a damaged one must not be the only one. */
export const NEWEST_SNAPSHOTS = 3;

/** How long lists of what was erased stay, ms: longer than any snapshot that still knows it. */
export const ERASED_LIFE_MS = SNAPSHOT_LIFE_MS + DAY_MS;

/** Time between two drills that nobody needs to be reminded of, ms: a month, and the days until somebody comes. */
export const DRILL_EVERY_MS = 31 * DAY_MS;

/** Recordings that a drill fetches besides the canary: enough to meet rot, little enough for a slow line (an hour of speech is 58 MB). */
export const DRILL_SAMPLE = 10;

/** Leaf hashes in one object of the log: 3 MB. */
export const LEAVES_PER_OBJECT = 100_000;

/** Recordings looked at in one step, some milliseconds: the desk goes on between two. */
export const PAGE = 500;

/** Largest small object that is read into memory (marks, lists, notes), bytes: a list of a million erasures is no list any more. */
export const MAX_SMALL_OBJECT = 64 * 1024 ** 2;

/** Largest content file that is read into memory, bytes: 18 hours of a two-sided G.711 call. */
export const MAX_CONTENT_BYTES = 1024 ** 3;

/** Bytes that are gathered before they go to the disk: each write is made durable. */
export const WRITE_BYTES = 1024 ** 2;

/** Longest silence of a server, ms; then the attempt has failed, and the next run goes on where it stopped. */
export const SERVER_PATIENCE_MS = 60_000;

/** Largest object that S3 takes in one request, bytes. */
export const MAX_PUT_BYTES = 5 * 1024 ** 3;
