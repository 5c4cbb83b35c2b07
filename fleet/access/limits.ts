/** Bounds of people, sessions, invitations and tokens at the fleet. What is shared with the desk is in `shared/access/limits.ts`. */

/** Roles of one person: some for each of a few customers. */
export const MAX_GRANTS = 50;

/** People of one MSP: a large one, with room. */
export const MAX_PEOPLE = 1000;

/** Invitations of one MSP that nobody has used yet. */
export const MAX_INVITATIONS = 100;

/** How long an invitation is good, ms: a week with its weekend. It lies in mail. */
export const INVITATION_LIFETIME_MS = 7 * 86_400_000;

/** Without a request for this long a session ends, ms: a console may stand open beside other work, but not over lunch. */
export const SESSION_IDLE_MS = 30 * 60_000;

/** A session ends this long after its start whatever happens, ms: one working day. */
export const SESSION_LIFETIME_MS = 10 * 3_600_000;

/** Time between password and code, ms: long enough to find the telephone. */
export const CODE_PATIENCE_MS = 5 * 60_000;

/** Time to install an authenticator and enrol it, ms. */
export const ENROL_PATIENCE_MS = 30 * 60_000;

/** Wrong codes that one password entry allows; then the password is asked again. */
export const MAX_CODE_TRIES = 5;

/** How stale "last used" may be, ms: it saves a write per request. */
export const TOUCH_MS = 30_000;

/** Random bytes of a session, an invitation, a token and a challenge: nothing can be guessed. */
export const SECRET_LENGTH = 32;

/** Passkeys of one person: telephone, computer, two keys, with room. */
export const MAX_PASSKEYS = 10;

/** How long a passkey's challenge is good, ms: what browsers wait by default. */
export const CHALLENGE_LIFETIME_MS = 5 * 60_000;

/** Challenges that wait at once: anybody may ask for one before signing in. */
export const MAX_CHALLENGES = 10_000;

/** API tokens of one person: an integration each. */
export const MAX_TOKENS = 20;

/** Longest life of an API token, days: who forgets one is reminded within a year. */
export const MAX_TOKEN_DAYS = 365;

/** Days after which somebody who has not signed in is removed: a year, and the month in which the yearly audit asks. */
export const PERSON_DAYS = 395;

/** Longest e-mail address (RFC 5321 4.5.3.1.3), characters. */
export const MAX_EMAIL_LENGTH = 254;
