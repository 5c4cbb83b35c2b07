/** Contacts that one account may have registered at once: a desk phone, a soft phone, a cordless set and room to spare. */
export const MAX_CONTACTS_PER_ACCOUNT = 10;

/** Shortest registration we grant, in seconds: shorter ones are refused with 423, for they are load without use (RFC 3261 10.3). */
export const MIN_REGISTRATION_S = 60;

/** Longest registration over TCP or TLS, in seconds: a lost connection ends it anyway. */
export const MAX_STREAM_REGISTRATION_S = 3600;

/** Longest registration over UDP, in seconds: after a restart of the box a UDP phone is unreachable for this long at most. */
export const MAX_UDP_REGISTRATION_S = 300;

/** Longest Contact URI that is kept, in characters: it must fit the request line of an INVITE below 1300 bytes. */
export const MAX_CONTACT_LENGTH = 512;

/** Calls at once: what one media worker per core carries with room to spare; above it callers get 503. */
export const MAX_CALLS = 1000;

/** Calls beyond that which only emergency calls may be: what a media worker can carry besides, and more than one house has emergencies. */
export const EMERGENCY_CALLS = 20;

/** Of these, calls of one caller at once: a phone in wrong hands must not use them up. */
export const EMERGENCY_CALLS_PER_CALLER = 3;

/** When a caller may try again whom the box has no room for, in seconds. */
export const BUSY_RETRY_AFTER_S = 10;

/** Largest INFO body passed on, in bytes: DTMF is under 100. */
export const MAX_INFO_BODY = 4096;

/** Times that phones may send a call on by 3xx, one after the other: more is two phones that are forwarded to each other. */
export const MAX_REDIRECTIONS = 5;

/** Transfers of one call that come to nothing and are told of, each: a phone that tries again and again must not fill the audit log. */
export const MAX_FAILURES_TOLD = 20;

/** Phones that are registered with a PBX through the box at once: four phones to each of 500 desks; memory stays below 2 MB. */
export const MAX_PBX_PHONES = 2000;

/** While the PBX is gone the box grants this, in seconds: when the PBX comes back, phones register with it within a minute. */
export const REGISTRATION_WITHOUT_PBX_S = 60;

/**
 * How long a registration that the PBX once granted may be prolonged without it, in milliseconds: a working day. After that nobody
 * has vouched for the phone for too long.
 */
export const MAX_WITHOUT_PBX_MS = 12 * 3_600_000;

/** When a phone that could not be served may try again, in seconds: the PBX is asked more often than that. */
export const PBX_RETRY_AFTER_S = 30;

/** A registration is kept for this long after the phone was told that it ends, in milliseconds: its refresh may be on the way. */
export const REGISTRATION_SLACK_MS = 32_000;

/** How long a trunk or PBX may take to say anything to an INVITE before the next place is tried, ms: four sendings over UDP, and a caller who waits. */
export const FIRST_WORD_MS = 4000;
