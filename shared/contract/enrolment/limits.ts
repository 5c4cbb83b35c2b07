/** Bounds of enrolment, the same for box and fleet. */

/** Bits of chance in a claim code: 12 symbols of 5 bits. Decision 0136 says what a guess costs. */
export const CLAIM_CODE_BITS = 60;

/** How long a code may be typed, ms: whoever reads it at the box may be another person than whoever types it, on another day. */
export const CODE_LIFETIME_MS = 24 * 3_600_000;

/** Wrong tries before a wait: everybody mistypes. */
export const MAX_TRIES = 5;

/** The wait after them, ms. With it a guesser has 720 tries a day at one of 2^60 codes. */
export const LOCK_MS = 10 * 60_000;

/** Tries are forgotten after this long without another, ms. */
export const FORGET_TRIES_MS = 3_600_000;

/** How long a claim waits for a person at the box, ms: they may be away for some days. */
export const CONFIRM_LIFETIME_MS = 7 * 24 * 3_600_000;

/** Largest message, bytes of JSON: a chain of certificates is under 3 kB. */
export const MAX_ENROLMENT_BYTES = 16_384;

/** Addresses of brokers: one by MQTT, one by WebSocket on 443, the same of another host. */
export const MAX_BROKERS = 4;

/** Longest name of an MSP or a site, characters: it stands on one line of a terminal. */
export const MAX_SHOWN_NAME_LENGTH = 80;

/** A box asks again after this long while nobody has typed its code, s: whoever typed it waits no longer than that. */
export const ASK_AGAIN_S = 10;

/** Work of stretching a code: 64 MiB and 0.2 to 0.4 s on a box, once for each code (RFC 7914 2). */
export const SCRYPT = { N: 2 ** 16, r: 8, p: 1 } as const;
