/** Largest RTP or RTCP packet, in bytes: an Ethernet frame carries less, and a jumbo frame holds no voice. */
export const MAX_RTP_PACKET = 2048;

/** Sources (SSRCs) heard or sent under one master key: a phone takes a new one after each hold, and none may be forgotten while the key lives. */
export const MAX_SSRCS = 64;

/** How late an SRTP packet may be and still be accepted, in packets: RFC 3711 3.3.2 asks for 64; 128 are 2.5 s of voice. */
export const REPLAY_WINDOW = 128;

/** How long a source must have failed before other rollover counters are tried, in milliseconds: nobody hears half a second, and a healthy stream never gets there. */
export const RESYNC_AFTER_MS = 500;

/** Trials of other rollover counters under one key come no closer than this, in milliseconds: forged packets buy a few signatures a second, no more. */
export const RESYNC_INTERVAL_MS = 100;

/** How long after a re-INVITE a peer may begin its rollover counter anew, in milliseconds: phones resume within a second or two. */
export const RESTART_WINDOW_MS = 5_000;

/** Packets of one RTCP compound: sender report, description, goodbye and a few extended reports are five. */
export const MAX_RTCP_PACKETS = 32;

/** Description chunks read of one RTCP packet: the header can count no more (RFC 3550 6.5). */
export const MAX_SDES_CHUNKS = 31;

/** Largest session description, in bytes: a phone's is under 2 kB, a browser's with many candidates under 10. */
export const MAX_SDP = 16_384;

/** Longest line of a session description, in bytes: a crypto line with three keys has 300. */
export const MAX_SDP_LINE = 2048;

/** Lines of a session description: a browser's have about 150. */
export const MAX_SDP_LINES = 512;

/** Media sections: phones offer one to three, SIPREC with video four. */
export const MAX_MEDIA_SECTIONS = 16;

/** Formats of one media section: all payload types that there are (RFC 3551 3). */
export const MAX_FORMATS = 128;

/** Crypto lines looked at in one media section: phones offer up to eight. */
export const MAX_CRYPTO_LINES = 16;

/** Fingerprints looked at in one media section: one for each hash, and browsers name one. */
export const MAX_FINGERPRINTS = 8;

/** Attributes of a fax stream that pass, and the longest of them, in bytes: T.38 annex D knows a dozen, of up to 40. */
export const MAX_T38_ATTRIBUTES = 16;
export const MAX_T38_LENGTH = 128;

/** Digits remembered as reported: the end of a digit may be repeated for as long as packets are late, and digits come singly. */
export const MAX_REMEMBERED_DIGITS = 8;

/** Largest WAV file of a prompt, in bytes: five minutes of stereo at 48 kHz. A prompt is seconds long. */
export const MAX_WAV = 60 * 1024 * 1024;

/** Sample rates of a WAV file, in hertz: what voices are recorded at. */
export const MIN_SAMPLE_RATE = 4_000;
export const MAX_SAMPLE_RATE = 192_000;

/** Longest identifier of an SRTP master key in a packet, in bytes (RFC 4568 6.1). */
export const MAX_MKI_LENGTH = 128;

/** Shortest lifetime of an SRTP master key that we take, in packets: at 50 a second 5.8 hours, longer than any call; calls are not re-keyed. */
export const MIN_KEY_LIFETIME = 2 ** 20;

/** Longest lifetime that SRTP allows, in packets (RFC 3711 9.2). */
export const MAX_KEY_LIFETIME = 2 ** 48;
