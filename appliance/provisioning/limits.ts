/** How long a link waits for its phone, ms: unpacking and plugging in a phone takes a working day at most. */
export const LINK_LIFETIME_MS = 24 * 3600_000;

/** Random bytes of a link: 256 bits, because whoever has it has the phone's secret. */
export const TOKEN_LENGTH = 32;

/** Longest token and file name that are looked at, characters. */
export const MAX_TOKEN_LENGTH = 64;
export const MAX_FILE_LENGTH = 80;

/** Links at once: every phone of the largest box. */
export const MAX_LINKS = 2_000;
