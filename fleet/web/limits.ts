/** Bounds on what browsers send to the console. */
import { MAX_LEVEL_BYTES } from '../policy/limits.ts';

/** Largest body of a form, bytes: names, roles, a code; the longest is a passkey's answer. */
export const MAX_BODY = 65_536;

/**
 * The same for forms of policies, of who is signed in. A level of MAX_LEVEL_BYTES is laid out in lines for people to read, and sent as a form with three
 * characters for most marks: a list of single digits, six deep, grows to twelve times its size.
 */
export const MAX_POLICY_BODY = 16 * MAX_LEVEL_BYTES;

/** Names of boxes, sites or customers in one field: each is looked up while somebody waits. More are chosen by customer or site. */
export const NAMES_TYPED = 500;

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

/** The same for who is not signed in and sends something, or goes to an identity provider and comes back: sign-ins of a morning, not a list of stolen passwords. */
export const DOOR_QUOTA = { burst: 60, rate: 1, sources: 10_000 };

/** Rows of a page: what a person reads before the next. */
export const CUSTOMERS_SHOWN = 25;
export const SITES_SHOWN = 50;
export const BOXES_SHOWN = 25;
export const EVENTS_SHOWN = 50;
export const TIMELINE_SHOWN = 15;
export const CHANGES_SHOWN = 50;
export const COMMANDS_SHOWN = 5;

/** Boxes that one act is done to: each is an event of the log, and somebody waits for the answer. Maintenance takes as many by name. */
export const MAX_ACT_BOXES = 200;

/** The same for commands, which go out one after the other without anybody waiting. */
export const MAX_COMMAND_BOXES = 5000;

/** Names of boxes that a page says before it acts; the rest is a number. */
export const NAMED_BOXES = 10;

/** Rows of a file that are read at once while it is sent. */
export const CSV_ROWS = 200;

/** Rows of each kind that a search shows: who does not find it types more. */
export const FOUND_SHOWN = 20;

/** Customers and sites that a form offers as a place for a role; those beyond are chosen at their own page. */
export const PLACES_OFFERED = 200;

/** A box that sealed nothing for longer has a late proof, ms: a night and a weekday without calls have a test call. */
export const PROVEN_WITHIN_MS = 24 * 3_600_000;

/** Tokens that are made for longer are rare; what a form offers first, days. */
export const TOKEN_DAYS = 90;

/** A page that follows is told at most so often, ms: a box says something each minute, and an MSP has many. */
export const LIVE_PAUSE_MS = 3000;

/** How often a stream says that it is there, and looks whether its session still is, ms: proxies and telephones drop what is silent for longer. */
export const HEARTBEAT_MS = 25_000;

/** Streams at once, and of one person: a page each, of windows that are seen. */
export const MAX_FOLLOWERS = 2000;
export const MAX_FOLLOWERS_PER_PERSON = 20;

/** Rows on the overview: what is worst; the rest has pages. */
export const CUSTOMERS_ON_OVERVIEW = 10;
export const SHORT_SHOWN = 5;

/** An agreement that ends sooner is pointed out, ms: time to have another signed. */
export const AGREEMENT_SOON_MS = 60 * 86_400_000;

/** What anybody may read is computed, and kept by browsers, at most so often, seconds: it changes with the configuration. */
export const PUBLIC_SECONDS = 60;

/** Values of a field that stand in its line; more are folded away. */
export const VALUES_SHOWN = 12;

/** Alerts of a page, and of a file: more rows than a spreadsheet is read for. */
export const ALERTS_SHOWN = 50;
export const ALERTS_IN_FILE = 20_000;

/** Openings of a maintenance window that are shown: enough to see a change of the clocks come. */
export const OCCURRENCES_SHOWN = 3;
