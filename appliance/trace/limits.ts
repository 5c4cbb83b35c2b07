/** How long the messages of a call are remembered after its last one, ms: long enough for "my call failed just now", and no archive. */
export const KEEP_MS = 2 * 3600_000;

/** How often it is looked what has grown old, ms: nothing stays longer than this past its time, whether or not anybody calls. */
export const SWEEP_MS = 60_000;

/** Calls remembered: two busy hours of the largest box. The one quiet for longest goes first. */
export const MAX_CALLS = 2_000;

/** INVITEs that became no call: remembered apart, so that a scanner does not push real calls out. */
export const MAX_REFUSED = 200;

/** Text of all calls, bytes: 2000 calls of a dozen messages of a kilobyte. */
export const MAX_BYTES = 32 * 1024 * 1024;

/** Messages of one call: ten phones that ring, challenges, holds. Of more, the first and the latest are kept. */
export const MAX_MESSAGES = 300;
export const FIRST_MESSAGES = 60;

/** Text of one call, bytes: its messages fit into one answer of the control socket. */
export const MAX_CALL_BYTES = 400_000;

/** Transfers told of one call, the latest: what people do with a call, and no more than the answer of the control socket holds for all calls. */
export const MAX_TURNS = 5;

/** Longest name and reason told of a transfer, characters: others choose both. */
export const MAX_TURN_TEXT = 64;

/** Longest text of one message, bytes: beyond it the body is left out. */
export const MAX_MESSAGE_BYTES = 16_384;

/** Phones whose tries to register are remembered: every phone of the largest box. */
export const MAX_TRIED_PHONES = 10_000;

/** Numbers that nobody has proved to be: remembered apart, so that a scanner does not push phones out. */
export const MAX_STRANGERS = 200;

/** Tries of one number, in runs of the same outcome: what a person reads. */
export const MAX_ATTEMPTS = 12;

/** Addresses whose TLS handshakes failed. */
export const MAX_HANDSHAKES = 100;

/** Longest number and User-Agent that are kept of a try, characters: a stranger chooses both. */
export const MAX_TRIED_USER_LENGTH = 64;
export const MAX_AGENT_LENGTH = 80;
