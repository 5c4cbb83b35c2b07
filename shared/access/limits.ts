/** Bounds on passwords and on trying them, the same at the desk of a box and at the fleet. */

/** Shortest password, characters (NIST SP 800-63B asks 8 beside a second factor; recordings deserve more). Nothing else is checked. */
export const MIN_PASSWORD_LENGTH = 12;

/** Longest password, characters: a sentence fits; a megabyte would only cost hashing. */
export const MAX_PASSWORD_LENGTH = 256;

/** Failed logins that are free, per person and per address: everybody mistypes. */
export const FREE_TRIES = 5;

/** The first wait after them, ms; it doubles with each failure. */
export const FIRST_WAIT_MS = 2_000;

/** Longest wait for one person's name, ms. Short, so that a stranger cannot keep somebody out: 1440 guesses a day find nothing. */
export const MAX_PERSON_WAIT_MS = 60_000;

/** Longest wait for one address, ms. */
export const MAX_ADDRESS_WAIT_MS = 15 * 60_000;

/** Failures are forgotten after this long without another, ms. */
export const FORGET_FAILURES_MS = 3600_000;

/** Names and addresses that are remembered at once; the oldest go first. 10 000 entries are about a megabyte. */
export const MAX_THROTTLED = 10_000;

/** Passwords that are hashed at once: each takes 64 MiB and a core for a tenth of a second. */
export const MAX_CONCURRENT_HASHES = 2;

/** Logins that may wait for their turn to hash: beyond it the box is being flooded and says so. */
export const MAX_WAITING_HASHES = 32;
