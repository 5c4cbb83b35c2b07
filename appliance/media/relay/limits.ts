/** Largest payload the tap takes, in bytes: an Ethernet frame carries less, and a 60 ms G.722 packet has 480. */
export const MAX_FRAME_PAYLOAD = 1500;

/** How long a closed port pair stays unused, in milliseconds: a phone that missed the BYE may still send, and must not be heard in a new call. */
export const PORT_QUARANTINE_MS = 10_000;

/**
 * How long it rests at least, in milliseconds, when every other pair is in use or resting too: longer than packets are on the way. Hundreds of
 * calls a second that last for seconds would otherwise be refused for want of ports. SRTP and the latch refuse what comes later all the same.
 */
export const PORT_MIN_REST_MS = 2_000;

/** Port pairs tried before a call is refused: other programs may hold some ports of the range, but not this many by chance. */
export const MAX_BIND_ATTEMPTS = 16;

/** After latching, for so long a packet from the signalled address takes the latch over, in milliseconds: whoever guesses a port first keeps it no longer. */
export const LATCH_WINDOW_MS = 1_000;

/** Legs in one call: the caller, ten phones that ring at once (as many as one account may register), and one more for a transfer. */
export const MAX_LEGS = 12;

/** Sources (SSRCs) relayed to one leg under one key: a phone takes a new one after each hold; each costs memory until the key ends. */
export const MAX_SOURCES = 64;

/** For so long the source (SSRC) of a plain stream must be silent before another is believed, in milliseconds: a phone that changes loses a few packets, a stranger cannot cut in. */
export const SOURCE_REST_MS = 100;

/** Largest datagram of a fax, in bytes: T.38 machines say 200 to 400, and redundancy triples it. */
export const MAX_UDPTL = 1400;

/** Master keys remembered by one leg in one direction: each re-INVITE may bring one, and the last few may come back. */
export const MAX_LEG_KEYS = 8;

/** Forward jump of the sequence that still counts as loss, in packets: RFC 3550 A.1 MAX_DROPOUT. */
export const MAX_DROPOUT = 3000;

/** How late a packet may be and still be relayed, in packets: the window of the replay check of RFC 3711 3.3.2. */
export const REORDER_WINDOW = 64;

/** Sleep after each round of the worker's event loop, in milliseconds: one wake-up serves all legs, at 1 ms of mean delay. */
export const TICK_MS = 2;

/** Packets per second from which ticks are cheaper than waking up for each packet: measured, about seven two-way calls. */
export const TICK_FROM_PACKETS_PER_S = 700;

/** Over how long packets are counted for that, in milliseconds: a burst shorter than this changes nothing. */
export const PACE_WINDOW_MS = 100;

/** Duration of one prompt frame, in milliseconds. */
export const FRAME_MS = 20;

/** A prompt that fell behind by no more than this catches up, in milliseconds; a longer stall moves it instead, for a burst overruns phones. */
export const MAX_CATCH_UP_MS = 200;

/** How long a prompt waits for the phone's first packet before it goes to the signalled address, in milliseconds: behind NAT that address reaches nobody. */
export const LATCH_WAIT_MS = 1_000;

/** How long a prompt waits for any place to be sent to, in milliseconds, before it is given up as unplayable. */
export const DESTINATION_WAIT_MS = 10_000;

/** Without a packet for so long a digit has ended, in milliseconds: while a key is held they come every 50, and all of its last ones may be lost. */
export const DIGIT_END_WAIT_MS = 500;

/** Frames travel to the recorder this often, in milliseconds: few messages are cheap, and a segment lasts 5 s anyway. */
export const BATCH_MS = 250;

/**
 * Sound that is silenced in a recording before a detected tone begins and after it ends, in milliseconds: what a phone lets through of it before
 * and after, and what a detector needs to be sure, is less.
 */
export const DIGIT_MARGIN_MS = 250;

/**
 * How long a frame waits in the tap, in milliseconds of time and of later sound of its side: the margin before a tone, 40 until it is detected and
 * two packets of the longest usual kind (60), with some to spare.
 */
export const TAP_DELAY_MS = 400;

/** The same where no later sound comes, in milliseconds: a network that stalls in the middle of a press goes on within a second. */
export const TAP_DELAY_QUIET_MS = 1_000;

/** Bytes of a place to wait in: 20 ms of G.711 or G.722 are 160, and larger frames make theirs larger. */
export const PLACE_BYTES = 256;

/** Places of one recording that are kept for the next frames: both sides fill 40 at 20 ms a packet. */
export const MAX_IDLE_PLACES = 128;

/** How much before a pause is not recorded either, in milliseconds: who presses the key hears the first digit already. Less than TAP_DELAY_MS. */
export const PAUSE_LEAD_MS = 250;

/** Bytes of one recording that the recorder may owe us: 14 s of G.711 both ways, as long as a disk may stall. Those that wait in the tap count too. */
export const MAX_TAP_BYTES = 256 * 1024;

/** Pairs of ports that one worker keeps free for emergency calls: two for each of eight, more than one house has emergencies at once. */
export const MAX_RESERVED_PAIRS = 16;

/** How long a leg may stay silent after it was told to send, in milliseconds, before that is reported. */
export const INITIAL_SILENCE_MS = 30_000;

/** How long a leg that was heard may stay silent, in milliseconds, before that is reported: longer than any pause of a codec with DTX. */
export const GENERAL_SILENCE_MS = 120_000;

/** How often silence is looked for, and batches of a quiet recording are sent, in milliseconds. */
export const SWEEP_MS = 250;

/** Lost workers that are replaced within a minute: a worker that dies at once again has a fault that restarting does not cure. */
export const MAX_RESTARTS_PER_MINUTE = 5;
