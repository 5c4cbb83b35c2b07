/** Session descriptions in the manner of phones that are in use, with invented numbers and keys. */

const lines = (...text: string[]): string => text.map((line) => `${line}\r\n`).join('');

export const KEY_30 = 'WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz';
export const OTHER_KEY_30 = 'd0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj';
/** 28 bytes: key and salt of AEAD_AES_128_GCM. */
export const KEY_28 = 'AAECAwQFBgcICQoLDA0OD6ChoqOkpaanqKmqqw==';
/** 46 bytes: key and salt of AES_256_CM. */
export const KEY_46 = Buffer.from(Array.from({ length: 46 }, (_, at) => at)).toString('base64');

const yealink = (proto: string, ...crypto: string[]) =>
  lines(
    'v=0',
    'o=- 20042 20042 IN IP4 192.168.1.21',
    's=SDP data',
    'c=IN IP4 192.168.1.21',
    't=0 0',
    `m=audio 11796 ${proto} 9 8 0 101`,
    ...crypto.map((value) => `a=crypto:${value}`),
    'a=rtpmap:9 G722/8000',
    'a=rtpmap:8 PCMA/8000',
    'a=rtpmap:0 PCMU/8000',
    'a=rtpmap:101 telephone-event/8000',
    'a=fmtp:101 0-15',
    'a=ptime:20',
    'a=sendrecv',
  );

const suites = [
  `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_30}`,
  `2 AES_CM_128_HMAC_SHA1_32 inline:${OTHER_KEY_30}`,
  `3 F8_128_HMAC_SHA1_80 inline:${KEY_30}`,
];

/** Plain RTP. */
export const deskPhone = yealink('RTP/AVP');
/** SRTP that must be. */
export const secureDeskPhone = yealink('RTP/SAVP', ...suites);
/** SRTP that need not be (RFC 8643). */
export const optionalSecurePhone = yealink('RTP/AVP', ...suites);
/** Demands SRTP and names no key. */
export const keylessPhone = yealink('RTP/SAVP');

/** Static payload types without a=rtpmap, bare LF, comfort noise, digits at 96. */
export const oldPhone = [
  'v=0',
  'o=line1 8000 8000 IN IP4 10.1.1.5',
  's=-',
  'c=IN IP4 10.1.1.5',
  't=0 0',
  'm=audio 16384 RTP/AVP 0 8 18 19 13 96',
  'a=rtpmap:96 telephone-event/8000',
  'a=fmtp:96 0-16',
  '',
].join('\n');

/** A softphone: opus first, two clocks for digits, video, RTCP on the same port, things that we do not know. */
export const softphone = lines(
  'v=0',
  'o=alice 3710 1 IN IP6 2001:db8::25',
  's=Talk',
  'c=IN IP6 2001:db8::25',
  'b=AS:380',
  't=0 0',
  'a=ice-ufrag:x9Bd',
  'a=rtcp-xr:rcvr-rtt=all:10000 stat-summary=loss,dup,jitt,TTL voip-metrics',
  'm=audio 7078 RTP/AVPF 96 97 9 0 8 101 98',
  'c=IN IP4 203.0.113.9',
  'a=rtpmap:96 opus/48000/2',
  'a=fmtp:96 useinbandfec=1; stereo=0',
  'a=rtpmap:97 speex/16000',
  'a=rtpmap:101 telephone-event/48000',
  'a=rtpmap:98 telephone-event/8000',
  'a=rtcp-mux',
  'a=rtcp:7078',
  'a=label:10',
  'm=video 9078 RTP/AVPF 96',
  'a=rtpmap:96 VP8/90000',
  'a=sendonly',
  'm=application 0 UDP/BFCP *',
);

/** The same audio twice: under SRTP, and in the clear for those who cannot. */
export const twoWays = lines(
  'v=0',
  'o=- 5 9 IN IP4 172.16.0.4',
  's=-',
  'c=IN IP4 172.16.0.4',
  't=0 0',
  'm=audio 4000 RTP/AVP 8',
  'm=audio 4002 RTP/SAVP 8',
  `a=crypto:7 AES_CM_128_HMAC_SHA1_80 inline:${KEY_30}|2^31`,
);

/** A browser's: DTLS-SRTP at an address that only ICE would find. */
export const browser = lines(
  'v=0',
  'o=mozilla 1 0 IN IP4 0.0.0.0',
  's=-',
  't=0 0',
  `a=fingerprint:sha-256 ${Array.from({ length: 32 }, (_, at) => (at + 16).toString(16)).join(':')}`,
  'a=setup:actpass',
  'm=audio 9 UDP/TLS/RTP/SAVPF 109 0 8',
  'c=IN IP4 0.0.0.0',
  'a=rtpmap:109 opus/48000/2',
  'a=candidate:1 1 UDP 2122252543 192.0.2.33 50000 typ host',
);

/** With lines that belong to no version of SDP, to be kept as they are. */
const junk = lines(
  'v=0',
  'o=- 1 1 IN IP4 192.0.2.1',
  's= ',
  'x-vendor stuff',
  't=0 0',
  '',
  '=',
  'm=audio 5000 RTP/AVP 8',
  'a=',
  'Z=q',
);

/** One audio description, varied: `c` is its connection address, `more` its last lines. */
export const audioOnly = (more: readonly string[] = [], c = '192.0.2.7', version = 1, port = 6000): string =>
  lines(
    'v=0',
    `o=- 77 ${version} IN IP4 192.0.2.7`,
    's=-',
    `c=IN IP4 ${c}`,
    't=0 0',
    `m=audio ${port} RTP/AVP 8 101`,
    'a=rtpmap:101 telephone-event/8000',
    ...more,
  );

export const phones: Readonly<Record<string, string>> = {
  deskPhone,
  secureDeskPhone,
  optionalSecurePhone,
  keylessPhone,
  oldPhone,
  softphone,
  twoWays,
  browser,
  junk,
};
