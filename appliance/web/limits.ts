/** Bounds on what browsers send to the desk. */

/** Largest body of a form, bytes: the longest holds the thousand numbers of a trunk and the certificate of an authority. */
export const MAX_BODY = 131_072;

/** Largest recording of an announcement, with the form around it, bytes: a minute of stereo at 48 kHz. Only who is signed in may send it. */
export const MAX_VOICE_BODY = 12_000_000;

/** Largest request head, bytes: cookies and a search are under 2 kB. */
export const MAX_HEAD = 16_384;

/** Connections at once: a browser opens six, and a dozen people use a desk. */
export const MAX_CONNECTIONS = 256;

/** Time to send a request's head and its body, ms: who is slower is no browser on the LAN. */
export const HEAD_TIMEOUT_MS = 10_000;
export const REQUEST_TIMEOUT_MS = 30_000;

/** Calls that a list shows: what a person reads; the command line lists more. */
export const CALLS_SHOWN = 100;

/** Recordings on one page of the list. */
export const PAGE_SIZE = 25;

/** Highest page number: a larger offset costs SQLite as much as reading what it skips. */
export const MAX_PAGE = 10_000;

/** Calls without recording that the list shows. */
export const UNRECORDED_SHOWN = 10;

/** Entries on one page of the audit log. */
export const LOG_PAGE_SIZE = 50;

/** Longest search text and case number, characters. */
export const MAX_SEARCH_LENGTH = 100;
export const MAX_CASE_LENGTH = 60;

/** Longest reason that a person gives, characters: what the audit log takes. */
export const MAX_REASON_LENGTH = 500;

/** Longest name of who answers for a hold, characters. */
export const MAX_OWNER_LENGTH = 80;

/** Farthest review of a hold, days: a case that nobody looks at for a year is no case. Its last instant is within the catalogue's 366 days. */
export const MAX_REVIEW_DAYS = 365;

/** Least of a number that a hold may name, characters: two would be a third of all numbers. */
export const MIN_PARTY_LENGTH = 3;

/** Recordings that one hold takes at the desk: what a body of `MAX_BODY` can name, and more than one case has had. */
export const MAX_NAMED = 400;

/** Recordings of a hold, and restrictions, that a page lists. */
export const HELD_SHOWN = 100;

/** Certificates and requests on one page. */
export const CERTIFICATES_SHOWN = 50;
export const REQUESTS_SHOWN = 50;

/** Unrecorded calls on one page: more of them have one cause, which is mended elsewhere. */
export const EXCEPTIONS_SHOWN = 200;

/** Largest body that a program sends, bytes: the id of a call. */
export const MAX_API_BODY = 1024;

/** A token that ends within so many days is pointed out, days: time to make another and give it to its program. */
export const TOKEN_ENDS_SOON_DAYS = 30;

/** How often it is written down that a program wants what its token is not for, ms: one that is set up wrong asks all day. */
export const REFUSAL_NOTED_EVERY_MS = 60_000;
