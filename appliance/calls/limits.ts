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

/** Largest INFO body passed on, in bytes: DTMF is under 100. */
export const MAX_INFO_BODY = 4096;
