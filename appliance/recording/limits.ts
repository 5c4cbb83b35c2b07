/** Seconds of audio in one segment, microseconds: the most that a power cut can lose. Shorter costs a commit to disk more often. */
export const SEGMENT_US = 5_000_000;

/** Payload bytes after which a segment closes early: five seconds of two G.711 sides are 80 kB; a flood of tiny packets must not grow memory. */
export const MAX_SEGMENT_BYTES = 256_000;

/** Frames after which a segment closes early: five seconds at 10 ms packets on two sides are 1000. */
export const MAX_SEGMENT_FRAMES = 4000;

/** A timestamp that differs from arrival by more than this, microseconds, is a new beginning: hold, transfer, a restarted sender. */
export const REANCHOR_US = 400_000;

/** Drift between a phone's clock and ours that is corrected at the next segment, microseconds: half of what keeps sides aligned. */
export const DRIFT_US = 10_000;

/** Smallest RSA key that recordings are sealed to, bits: sound until 2030 and beyond (NIST SP 800-57). */
export const MIN_RSA_BITS = 3072;
