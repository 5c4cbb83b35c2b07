/** Receive and send buffer of a UDP socket, in bytes: a burst of a thousand INVITEs while we are busy is not lost. */
export const UDP_SOCKET_BUFFER = 4 * 1024 * 1024;

/** TCP and TLS connections at once: two per phone for the largest box, below the usual limit on open files. */
export const MAX_CONNECTIONS = 4_000;

/** Connections at once from one address: an office behind one NAT, or an SBC with a connection per phone. */
export const MAX_CONNECTIONS_PER_ADDRESS = 600;

/** Bytes we hold for a peer that does not read: more than any burst of SIP, less than what would hurt. */
export const MAX_BUFFERED_OUTPUT = 1024 * 1024;

/** How long a new connection may take to its first complete message, in milliseconds: a phone registers at once. */
export const FIRST_MESSAGE_MS = 30_000;

/** How long a connection may stay without a byte, in milliseconds: longer than the longest registration over TCP (1 h). */
export const STREAM_IDLE_MS = 65 * 60_000;

/** Longest TLS handshake, in milliseconds. */
export const TLS_HANDSHAKE_MS = 10_000;

/** Longest wait for a connection that we open, in milliseconds: a dead phone must not hold a call up for longer. */
export const CONNECT_MS = 5_000;

/** Longest request that goes over UDP while there is TCP, in bytes (RFC 3261 18.1.1). */
export const MAX_PACKET_REQUEST = 1_300;

/** How long a request that is longer waits for a connection, in milliseconds: on a LAN who takes TCP says so at once. */
export const LARGE_CONNECT_MS = 500;

/** How long a place that took no connection is not asked for one again, in milliseconds. */
export const LARGE_RETRY_MS = 10 * 60_000;

/** Places that took no connection and are remembered: more than a box has phones. */
export const MAX_REMEMBERED_REFUSALS = 2_000;

/** How often a connection that we opened is pinged, in milliseconds: within the 95 to 120 s of RFC 5626 4.4.1. */
export const STREAM_PING_MS = 100_000;

/** How long the pong may take, in milliseconds (RFC 5626 4.4.1). */
export const STREAM_PONG_MS = 10_000;

/** First probe of an idle connection by TCP itself, in milliseconds: NAT routers forget after some minutes. */
export const TCP_KEEPALIVE_MS = 60_000;

/** What the 503 says in Retry-After, in seconds. */
export const RETRY_AFTER_S = 10;

/** Requests at once that wait for an answer or its ACK, all addresses together. Only who answered a challenge begins one. */
export const MAX_SERVER_TRANSACTIONS = 40_000;

/** Requests that were answered within 32 s, a line each: what four thousand registrations a second leave. */
export const MAX_SETTLED_TRANSACTIONS = 128_000;

/** Dialogs at once: the box's calls, two legs each, with re-transfers; a leak shows here before memory ends. */
export const MAX_DIALOGS = 10_000;

/** Transactions and dialogs beyond these limits that only urgent requests may begin: a few for each emergency call that there may be. */
export const RESERVED_FOR_URGENT = 100;

/** Dialogs that ended within 32 s and are still answered for, a key each: what eight hundred calls a second leave. */
export const MAX_ENDED_DIALOGS = 50_000;

/** Early dialogs (forks by To tag) that one outgoing INVITE may open. */
export const MAX_FORKS = 32;

/** Parts of one multipart body that are looked at: SIPREC uses two or three. */
export const MAX_BODY_PARTS = 16;

/** Max-Forwards of what we send first-hand (RFC 3261 8.1.1.6). */
export const MAX_FORWARDS = 70;

/** Times that an offer is made again after a clash (RFC 3261 14.1). */
export const GLARE_RETRIES = 3;

/** Referrals of one dialog that go on at once: a person transfers a call once, and perhaps tries again. */
export const MAX_REFERRALS = 4;

/** How long a REFER's outcome is told at most, in seconds: ringing, and another try, are over by then (RFC 3515 2.4.4). */
export const REFER_SUBSCRIPTION_S = 300;

/** Longest Retry-After, in seconds, after which an offer is made again: RFC 3261 14.2 draws it from 0 to 10. */
export const MAX_RETRY_AFTER_S = 10;

/** Session interval that we ask for, and the longest that we grant, in seconds (RFC 4028 4: 1800 is recommended). */
export const SESSION_S = 1_800;

/** Shortest session interval that anybody may ask for, in seconds (RFC 4028 5: no less than 90). */
export const MIN_SE_S = 90;

/** A Min-SE above this, in seconds, makes a timer that would find a lost call too late to be of use: we ask for none then. */
export const MAX_MIN_SE_S = 24 * 3_600;

/** A provisional response is repeated this often while a call rings, in milliseconds (RFC 3261 13.3.1.1: each minute). */
export const PROVISIONAL_REPEAT_MS = 60_000;

/** Longest wait for the answer to a re-INVITE, in milliseconds: a person may have to agree, but the peer may also be stuck. */
export const REINVITE_MS = 60_000;

/** Contacts of one redirection that are looked at: nobody rings more places than that one after the other. */
export const MAX_CONTACTS = 10;
