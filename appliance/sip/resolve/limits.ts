/** Names whose answers are remembered: a few carriers with some servers each; the one asked for longest ago goes first. */
export const MAX_CACHED_ANSWERS = 1000;

/** Node tells the time to live of addresses alone; SRV and NAPTR records are asked for again after this, ms: they change by hand. */
export const SERVICE_TTL_MS = 60_000;

/** Longest that an answer is believed, ms, whatever its TTL: a carrier that moves is followed within an hour. */
export const MAX_TTL_MS = 3_600_000;

/** Shortest, ms: a TTL of 0 must not make a question of each call. */
export const MIN_TTL_MS = 1000;

/** That a name does not exist is believed for this long, ms (RFC 2308 5): the next call may be its first. */
export const NEGATIVE_TTL_MS = 15_000;

/** While no DNS server answers, an old answer is better than none, up to this age, ms (RFC 8767 5). */
export const STALE_MS = 86_400_000;

/** How long one DNS server may take, ms, and how often it is asked: a caller waits for this. */
export const DNS_TIMEOUT_MS = 1500;
export const DNS_TRIES = 2;

/** Records of one answer that are looked at: a carrier has a handful, an attacker's answer must not cost more. */
export const MAX_RECORDS = 32;

/** Targets of one request: each costs the caller the time of a failure. */
export const MAX_TARGETS = 8;

/** A target that failed is passed over for this long, ms (RFC 3263 4.3): longer than a restart of its machine takes to notice, short enough to come back to. */
export const AVOID_MS = 60_000;

/** Longest that a Retry-After keeps us away, ms: a wrong one must not close a trunk for a day. */
export const MAX_AVOID_MS = 1_800_000;

/** Targets that are passed over at once. */
export const MAX_AVOIDED = 500;

/** A peer's name is looked up anew when its answer is over, but no sooner than this, ms: an answer of some seconds must not make a question of each. */
export const MIN_LOOK_MS = 30_000;

/** How long after the end of an answer its addresses are still believed, ms: until the next answer is there. */
export const LINGER_MS = 10_000;

/** Addresses of one peer that are known at once: the largest carriers have some dozens, an attacker's answer must not cost more. */
export const MAX_KNOWN_ADDRESSES = 256;
