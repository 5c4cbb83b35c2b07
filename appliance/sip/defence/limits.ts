/**
 * New transactions that one address may start at once, and per second after that. An office behind one NAT whose router
 * restarted registers 150 phones, each with a challenge: 300 at once.
 */
export const TRANSACTION_BURST = 300;
export const TRANSACTIONS_PER_SECOND = 60;

/**
 * Calls for help that one network is let in with above that, at once and per second: each is an INVITE, its repetitions, and once more with
 * the answer to a challenge.
 */
export const URGENT_BURST = 20;
export const URGENT_PER_SECOND = 2;

/** Refusals (503) told to one address above that, at once and per second; then silence: an answer is work for us too. */
export const REFUSAL_BURST = 20;
export const REFUSALS_PER_SECOND = 2;

/** Requests beyond even that, at once and per second: more, and the address is a flood that is not read any more. */
export const IGNORED_BURST = 500;
export const IGNORED_PER_SECOND = 20;

/**
 * New connections of one address, at once and per second: an office that restarts connects 150 phones, twice at most. Each handshake is a
 * signature for us.
 */
export const CONNECTION_BURST = 600;
export const CONNECTIONS_PER_SECOND = 30;

/** Addresses whose behaviour is remembered: forged sources must not fill the memory; the one unheard for longest goes first. */
export const MAX_REMEMBERED_SOURCES = 10_000;

/** Flows, and pairs of a user and a network, that have proved themselves and are remembered: two for each phone of the largest box. */
export const MAX_REMEMBERED_PROOFS = 20_000;

/** How long a proof counts, ms: many registrations over UDP, one over TLS. */
export const PROOF_MS = 2 * 3600_000;

/** How long a user is known at a network, ms: somebody who comes back from holidays is not a stranger there. */
export const SEEN_MS = 30 * 24 * 3600_000;

/**
 * Datagrams a second, all sources together, from addresses that have proved nothing yet. Forged sources are without number, so only a
 * sum helps; what is answered within it leaves the thread that carries calls more than half of its time.
 */
export const STRANGER_BURST = 3_000;
export const STRANGERS_PER_SECOND = 1_500;

/** Names that one flow may claim without answering a challenge for any: a phone has one or two, a scan thousands. */
export const MAX_UNPROVEN_NAMES = 8;

/** The same over several flows of one address, once this has lasted, ms: an office that restarts answers its challenges in a moment. */
export const UNPROVEN_PATIENCE_MS = 8_000;

/** How long a claim that was not proved is remembered, ms: a phone without its password may dial a few numbers a day. */
export const NAME_MEMORY_MS = 10 * 60_000;

/** Names that are remembered for one address: more are not needed to know a scan. */
export const MAX_REMEMBERED_NAMES = 16;

/** Users for whom one address may give a wrong answer within GUESS_MEMORY_MS: nobody mistypes five passwords in an hour. */
export const MAX_GUESSED_USERS = 5;
export const GUESS_MEMORY_MS = 3600_000;

/** Wrong answers of one address, at once and per minute: a phone with an old password tries a few times a minute, for ever. */
export const GUESS_BURST = 12;
export const GUESSES_PER_MINUTE = 12;

/** Answers for one user from addresses where it was never seen, at once and per minute, right or wrong. 24 random characters need no more. */
export const USER_GUESS_BURST = 20;
export const USER_GUESSES_PER_MINUTE = 6;

/**
 * Wrong answers for one user from one network, at once and per hour; then none from there is looked at, right or not, except where that
 * user has proved itself. A phone with an old password asks for ever, and whoever corrects it waits five minutes at most.
 */
export const WRONG_BURST = 5;
export const WRONGS_PER_HOUR = 12;

/**
 * From a network with phones, wrong answers for users who were never seen there, at once and per minute; then none for such users is
 * looked at: it may be a scan behind the same address. A new office has a few mistyped passwords at a time.
 */
export const NEWCOMER_WRONG_BURST = 30;
export const NEWCOMER_WRONGS_PER_MINUTE = 12;

/** Users whose guesses are counted; the one left in peace for longest goes first. */
export const MAX_GUESSED_NAMES = 10_000;

/** First ban, ms: short, for it may hit an innocent. Each further one is this many times as long, up to a day. */
export const FIRST_BAN_MS = 2 * 60_000;
export const BAN_GROWTH = 4;
export const MAX_BAN_MS = 24 * 3600_000;

/** How long after its end a ban makes the next one longer, ms. */
export const BAN_MEMORY_MS = 24 * 3600_000;

/** Bans, and networks with phones, that are kept over a restart: those that rest on proofs first. A file that stays small. */
export const MAX_KEPT = 1_000;

/** How often they are written, ms, but for the first and the lifted: each writing is a wait for the disk, and bans can be provoked. */
export const KEEP_EVERY_MS = 5_000;

/** From an address that is banned on the word of datagrams alone, which anybody can forge, one request passes in this time, ms. */
export const PEEPHOLE_MS = 2_000;

/** Hours that attacks are counted for. */
export const TALLY_HOURS = 24;
