/** Streams of one recording session that are taken: a conference with one stream each, three recordings of two sides. */
export const MAX_STREAMS = 6;

/** Largest metadata document, in bytes: one of a conference of fifty has some 30 kB. */
export const MAX_METADATA_BYTES = 128 * 1024;

/** Elements of one document: the same conference has some 600. */
export const MAX_ELEMENTS = 2000;

/** How deep elements may stand in one another: RFC 7865 needs four, vendors' extensions some more. */
export const MAX_DEPTH = 12;

/** Attributes of one element: RFC 7865 has two, namespaces are attributes too. */
export const MAX_ATTRIBUTES = 16;

/** Longest text or attribute, in characters; ids are 24, a session id of RFC 7989 is 71, an address of record may be a long URI. */
export const MAX_TEXT = 1024;

/** Entries of each kind that one recording session remembers: partial updates may not fill the memory with ever new ones. */
export const MAX_REMEMBERED = 500;

/** Parties that joined or left one call, as its record tells: an hour of a busy queue. */
export const MAX_MOVEMENTS = 200;

/** Longest name or number that is kept of a party, in characters. */
export const MAX_PARTY = 128;

/** When a source may try again after there was no room, in seconds: the next purge or the end of some calls makes room. */
export const RETRY_AFTER_S = 30;

/** Between two questions whether the source of a silent or paused session is still there, in milliseconds: nothing else tells that it died. */
export const PROBE_MS = 5 * 60_000;
