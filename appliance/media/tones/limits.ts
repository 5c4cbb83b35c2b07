/** Sound is listened to at this rate, in hertz: the highest tone of a key has 1633. */
export const RATE = 8000;

/**
 * Half of the piece of sound that is looked at, in samples: 6.4 ms. Two halves are 78 Hz wide, as narrow as the 73 Hz between the lowest two
 * tones ask for, and short enough that the shortest press (40 ms, ITU-T Q.24) fills four pieces, each a half further.
 */
export const HALF = 51;

/** Pieces in a row with the same digit that make a press: 32 ms. Each press of 40 ms has four of them, none under 27 ms has, and speech hardly ever. */
export const HITS = 4;

/** Pieces in a row without it that end a press. A pause of 30 ms has four; a hole of 10 ms (Q.24) has two at most. */
export const MISSES = 4;

/**
 * Share of all sound that the two tones hold at least. Tones that are 1.5 % off (Q.24) leave 0.8 of themselves where they are looked for, and
 * noise 15 dB below takes 0.03; of tones that are 3.5 % off half is left. Voices hold a third there, seldom more.
 */
export const PURITY = 0.75;

/** The same once a press has begun: speech over a held key must not make two presses of it. */
export const PURITY_GOING_ON = 0.5;

/**
 * How far off a tone may be, as a share of its frequency; told by how its phase moves from one half to the next. Q.24 wants 1.5 % accepted and 3.5 %
 * refused. High voices have harmonics where two tones are, but seldom so exactly.
 */
export const FREQUENCY_OFF = 0.025;

/** How much stronger the lower tone may be than the higher, in dB, and the other way round: the widest of Q.24's countries, for lines take from the higher. */
export const LOWER_STRONGER_DB = 10;
export const HIGHER_STRONGER_DB = 6;

/** How far the strongest tone of each group stands above the next one, in dB: neighbours are 22 dB down in a clean tone. */
export const PEAK_DB = 8;

/** Mean square of the faintest press: two tones of -32 dBm0, quieter than Q.24 asks any receiver to hear (-25). */
export const FAINTEST = 560 ** 2;

/** An event and a tone of the same digit with no more than this between them are one press, in milliseconds: gateways that send both send one up to this late. */
export const SAME_PRESS_MS = 500;

/** Samples that libopus may write for one packet, for that is what its wrapper tells it. A packet holds 120 ms, 960 of them (RFC 6716 3.2.5). */
export const MAX_OPUS_SAMPLES = 5760;
