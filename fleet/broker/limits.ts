/** Bounds on what boxes do to a broker. aedes has none of these: they are kept on its sockets. */
import { MAX_MESSAGE_BYTES } from '@belkluis/shared/contract/limits';

/** Largest control packet, bytes: a message, its topic and a header (MQTT 3.1.1, 2.2 and 3.3). */
export const MAX_PACKET_BYTES = MAX_MESSAGE_BYTES + 256;

/** Packets that a box may send at once: all that its outbox keeps in a week without a fleet (20,000 messages), with what it acknowledges. */
export const PACKET_BURST = 25_000;

/** Packets a second after that: a box has one message every ten seconds to say, when it is tested. */
export const PACKETS_PER_SECOND = 20;

/** Bytes that a box may send at once: that outbox, which ends at 32 MiB, with topics and headers. */
export const BYTE_BURST = 40 * 1024 * 1024;

/** Bytes a second after that: the largest message each second. */
export const BYTES_PER_SECOND = MAX_MESSAGE_BYTES;

/** Connections of one box at once: a bad line fails often. */
export const CONNECT_BURST = 20;

/** Connections a second after that: each costs some milliseconds of a core for its handshake. */
export const CONNECTS_PER_SECOND = 0.2;

/** TLS handshakes at once: all boxes come back at the same time after a restart, spread by their own chance. */
export const MAX_HANDSHAKES = 1000;

/** A handshake that takes longer is none, ms: mobile links need seconds. */
export const HANDSHAKE_MS = 15_000;

/** CONNECT must arrive within this time after the handshake, ms. */
export const CONNECT_MS = 10_000;

/** Longest keep-alive that a box may ask for, s: what is silent for half as long again is gone. */
export const MAX_KEEPALIVE_S = 300;

/** A box that reads nothing for so long is disconnected, ms: what waits for it is in memory. */
export const DRAIN_MS = 10_000;

/** Packets that may come before the connection is accepted: a box that does not wait sends its subscriptions and its presence. */
export const MAX_EARLY_PACKETS = 42;

/** Levels of a topic: the contract's deepest has five (`f1/<box>/up/rsp/<id>`). */
export const MAX_TOPIC_LEVELS = 8;

/** Messages kept for a box that is away. The database has them all, and sends what is missing when it comes back. */
export const MAX_WAITING = 64;

/** Asking the database whether a box may connect takes no longer, ms; then it is told to come back. */
export const ADMISSION_MS = 10_000;

/** So many take-overs within the window make a clone likely. One or two are a line that broke and came back before we noticed. */
export const CLONE_TAKEOVERS = 3;

export const CLONE_WINDOW_MS = 10 * 60_000;

/** The same notice about the same box is given this often, ms: one who attacks does not write our log. */
export const NOTICE_EVERY_MS = 10 * 60_000;

/** Messages that Mosquitto sends before the first of them is acknowledged: what is being kept at once. */
export const MAX_IN_HAND = 500;

/**
 * Of an outside broker that sends more than that, as Mosquitto may when it begins anew with a queue, no more is read than this. It is far more than
 * MAX_IN_HAND: what is in hand may wait for an answer of the broker, which comes on the same connection, behind whatever else it sends.
 */
export const MAX_READ = 20 * MAX_IN_HAND;

/** Wait before an outside broker is tried again, ms. */
export const RECONNECT_MS = 2000;

/** An outside broker answers within this time, ms, or it is not reached. */
export const REACH_MS = 10_000;

/** A broker that ends the connection so often when the fleet begins does not let it in. */
export const MAX_BROKEN = 3;
