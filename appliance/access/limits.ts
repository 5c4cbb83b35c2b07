/** Bounds on what people send and how long they stay signed in. */

/** Longest name of a person, characters: it stands in a page's header. */
export const MAX_NAME_LENGTH = 80;

/** People of one box: an office, with room. */
export const MAX_PEOPLE = 1000;

/** Without a request for this long a session ends, ms: whoever leaves the desk unlocked is not impersonated after lunch. */
export const SESSION_IDLE_MS = 15 * 60_000;

/** A session ends this long after its start whatever happens, ms: one working day. */
export const SESSION_LIFETIME_MS = 8 * 3600_000;

/** Time between password and code, ms: long enough to find the telephone. */
export const CODE_PATIENCE_MS = 5 * 60_000;

/** Wrong codes that one password entry allows; then the password is asked again. */
export const MAX_CODE_TRIES = 5;

/** How stale "last used" may be, ms: it saves a durable write per request. */
export const SESSION_TOUCH_MS = 30_000;

/** Random bytes of a session token: 256 bits. */
export const TOKEN_LENGTH = 32;

/** Random bytes of a set-up code: 80 bits, 16 characters to type, throttled. */
export const SETUP_CODE_LENGTH = 10;

/** How long an unused set-up code is good, ms: it lies on paper, in mail and in a terminal's history. */
export const SETUP_CODE_LIFETIME_MS = 7 * 86_400_000;

/** Random bytes of a token's secret: 256 bits. */
export const TOKEN_SECRET_LENGTH = 32;

/** Random bytes of a token's id, which is no secret: it stands in the audit log. */
export const TOKEN_ID_LENGTH = 8;

/** Longest that a token counts, days: once a year somebody looks whether its program is still there. */
export const MAX_TOKEN_DAYS = 366;

/** Tokens of one box: a softphone plug-in on the desk of everybody. */
export const MAX_TOKENS = 1000;

/** Extensions that one token names: a department. Whoever needs more means all. */
export const MAX_TOKEN_EXTENSIONS = 200;

/** Longest token that is looked at, characters: prefix, id and secret have 64. */
export const MAX_TOKEN_TEXT = 128;

/** Requests that one token may make at once, and of which so many a second come back: an office whose screens each look every few seconds. */
export const TOKEN_BURST = 60;
export const TOKEN_REQUESTS_PER_S = 20;
