/** Largest datagram of a handshake that is looked at, in bytes: what an Ethernet frame carries, with room for jumbo frames. */
export const MAX_DATAGRAM = 4096;

/** Largest handshake message, in bytes: a certificate of RSA 4096 has 1.5 kB, and a chain of three still fits. */
export const MAX_MESSAGE = 8192;

/** Messages of a flight that are kept until it is whole: the longest flight has six (RFC 6347 4.2.4). */
export const MAX_MESSAGES = 8;

/** Fragments of one message: a phone that cuts at 256 bytes needs 32 for the largest. */
export const MAX_FRAGMENTS = 40;

/** How long a handshake may take, in milliseconds: the caller hears nothing meanwhile, and hangs up. */
export const HANDSHAKE_LIMIT_MS = 10_000;

/** Time until a flight is sent again, in milliseconds; it doubles up to the longest. RFC 6347 4.2.4.1 allows less than a second where voice waits. */
export const FIRST_RETRANSMIT_MS = 400;
export const LONGEST_RETRANSMIT_MS = 1_600;

/** A flight is repeated for a peer that repeats its own no sooner than this, in milliseconds: a replayed packet must not buy a flight each time. */
export const REPEAT_INTERVAL_MS = 100;

/** Flights whose signatures are checked for one source: each costs half a millisecond. The genuine peer needs one. */
export const MAX_ATTEMPTS = 6;

/** Sources that may be in a handshake with one leg at once: a stranger who comes first must not keep the phone out. */
export const MAX_CANDIDATES = 4;

/** Handshakes that are begun in one association, each for half a millisecond: with the address that the phone is said to be at, and with all others. */
export const MAX_BEGUN_NEAR = 64;
export const MAX_BEGUN_ELSEWHERE = 8;

/** RSA keys that are checked, in bits: shorter are broken, longer cost milliseconds. */
export const MIN_RSA_BITS = 2048;
export const MAX_RSA_BITS = 4096;
