/** Terms of certificates and bounds on who asks. Those that the box keeps too are in shared/contract/enrolment/limits.ts. */

export const DAY_MS = 86_400_000;

/** A box's certificate, days: a key that was copied is worth a season, and a box that is off over the summer comes back without a person. */
export const BOX_CERTIFICATE_DAYS = 90;

/** After its certificate has expired a box may still renew over its old channel for this long; then a person at the box is asked again. */
export const RENEW_AFTER_EXPIRY_DAYS = 30;

/** The root is pinned by people at each box, so it outlives the boxes. */
export const ROOT_YEARS = 20;

/** What signs daily, in years: renewed with the root's key, which lies elsewhere. */
export const INTERMEDIATE_YEARS = 5;

/** The fleet says at its start that the root's key is needed when less than this is left of an intermediate. */
export const RENEW_INTERMEDIATE_DAYS = 365;

/** The fleet's own certificates, days, and what is left when they are made anew. */
export const SERVER_CERTIFICATE_DAYS = 90;
export const RENEW_SERVER_DAYS = 30;

/** Clocks of boxes run behind ours. */
export const BACKDATE_MS = 24 * 3_600_000;

/** A broker that got no list of revoked certificates for this long refuses everybody: long enough for a broken cron job to be seen. */
export const CRL_DAYS = 7;

/** Shortest passphrase of key files, characters. Node stretches it little, so it is chance and not a word: `openssl rand -base64 32`. */
export const MIN_PASSPHRASE_LENGTH = 32;

/** Boxes that nobody has claimed, together: 20,000 rows of 2 kB are what a flood can fill. */
export const MAX_UNCLAIMED = 20_000;

/** Of one source: a workshop that prepares boxes stands behind one address. */
export const MAX_UNCLAIMED_PER_SOURCE = 100;

/** Requests of one source that are free at once, and how fast more come, a second: 100 boxes of a workshop ask every ten seconds. */
export const SOURCE_BURST = 60;
export const SOURCE_RATE = 12;

/** Sources that are remembered at once; the ones that were quiet longest go first. */
export const MAX_SOURCES = 10_000;

/** Connections to the enrolment endpoint at once. */
export const MAX_CONNECTIONS = 1_000;

/** Of one source. */
export const MAX_CONNECTIONS_PER_SOURCE = 50;

/** Head and whole of a request must be here within, ms. */
export const HEAD_TIMEOUT_MS = 5_000;
export const REQUEST_TIMEOUT_MS = 10_000;

/** Largest head of a request, bytes. */
export const MAX_HEAD = 4_096;
