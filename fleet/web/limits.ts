/** Bounds on what browsers send to the console. */

/** Largest body of a form, bytes: names, roles, a code; the longest is a passkey's answer. */
export const MAX_BODY = 65_536;

/** Largest request head, bytes: cookies, a search and a cursor are under 4 kB. */
export const MAX_HEAD = 16_384;

/** Connections at once, and of one source: an office of thirty behind one address, each browser with six and its events. */
export const MAX_CONNECTIONS = 5_000;
export const MAX_CONNECTIONS_PER_SOURCE = 300;

/** Time to send a request's head and its body, ms. */
export const HEAD_TIMEOUT_MS = 10_000;
export const REQUEST_TIMEOUT_MS = 30_000;

/** Requests of one source that are free at once, and how fast more come, a second: an office that works, not a program that reads everything. */
export const PAGE_QUOTA = { burst: 600, rate: 40, sources: 10_000 };

/** The same for who is not signed in and sends something: sign-ins of a morning, not a list of stolen passwords. */
export const DOOR_QUOTA = { burst: 60, rate: 1, sources: 10_000 };
