/** Offers (RFC 3264 5): reading a phone's, and making one of ours. */

import { Problem } from '@belkluis/shared/base/problem';
import type { PayloadMap } from '../codec.ts';
import { type Audio, audioStreams, isAudio } from './audio.ts';
import { type OurCrypto, writeCrypto } from './crypto.ts';
import { type MediaSection, parseSdp, type SdpLine, type SessionDescription, sdpLine } from './description.ts';
import type { Direction } from './direction.ts';
import { dtlsLines, type OurDtls } from './dtls.ts';
import { sessionLines } from './origin.ts';
import { hasVoice, rtpmapOf } from './payloads.ts';

/** What is answered to an offer that cannot be taken. */
export interface OfferRefusal {
  readonly status: 400 | 488;
  readonly reason: string;
  /** What whoever set the phone up can do, for its display or log. */
  readonly advice?: string;
}

export type DescribedOffer =
  | { readonly description: SessionDescription; readonly media: Audio; readonly refusal?: never }
  | { readonly refusal: OfferRefusal };

const KEYS_IN_CLEAR: OfferRefusal = {
  status: 488,
  reason: 'SRTP Keys Without TLS',
  advice: 'Everybody on the network can read these SRTP keys. Register over TLS, or use DTLS-SRTP, or turn SRTP off',
};

const NO_KEY: OfferRefusal = {
  status: 488,
  reason: 'No Usable SRTP Key',
  advice: 'Offer AES_CM_128_HMAC_SHA1_80 or AEAD_AES_128_GCM with one key and no session parameter, or DTLS-SRTP',
};

const refuse = (status: 400 | 488, reason: string): DescribedOffer => ({ refusal: { status, reason } });

/**
 * What of an offer is taken: one audio stream, under SRTP if any can be, because phones that offer a stream twice mean one as
 * the fallback of the other. A stream that demands SRTP without a key that we can use is never answered in the clear. `inClear`: the
 * offer came without TLS, so a key that it names is everybody's and counts as none (RFC 4568 7.1.1); a fingerprint is no secret.
 */
export function describeOffer(offer: Uint8Array, inClear = false): DescribedOffer {
  let description: SessionDescription;
  try {
    description = parseSdp(offer);
  } catch (problem) {
    if (problem instanceof Problem) return refuse(400, 'Bad Session Description');
    throw problem;
  }
  if (!description.media.some((section) => section.media === 'audio' && section.port !== 0))
    return refuse(488, 'No Audio Offered');
  const streams = audioStreams(description);
  if (streams.length === 0) return refuse(488, 'No RTP Profile In Common');
  const spoken = streams.filter(({ payloads }) => hasVoice(payloads));
  if (spoken.length === 0) return refuse(488, 'No Codec In Common');
  const voices = inClear ? spoken.map((audio) => ({ ...audio, crypto: [] })) : spoken;
  const media =
    voices.find(({ crypto, dtls }) => crypto.length > 0 || dtls !== null) ?? voices.find(({ secure }) => !secure);
  if (media) return { description, media };
  const exposed = inClear && spoken.some(({ crypto }) => crypto.length > 0);
  return { refusal: exposed ? KEYS_IN_CLEAR : NO_KEY };
}

/** An audio stream of ours. */
export interface OurAudio {
  readonly port: number;
  readonly codecs: readonly PayloadMap[];
  readonly direction: Direction;
  /** Keys that we seal with. Null or none: no SRTP. */
  readonly crypto: readonly OurCrypto[] | null;
  /** Keys come from a DTLS handshake, and RTCP may share the port: one handshake is enough then. Null or absent: they do not. */
  readonly dtls?: OurDtls | null;
  /** Default: as keys demand. RTP/AVP with keys is SRTP that need not be (RFC 8643). */
  readonly proto?: string;
  readonly ptime?: number | null;
}

export interface OfferParts extends OurAudio {
  /** Where we hear: an IP address. */
  readonly address: string;
  /** Decimal digits, the same for all descriptions of one dialog. */
  readonly sessionId: string;
  readonly version: number;
  /**
   * What we last said in this dialog. Its media sections keep their places (RFC 3264 8), all but our audio switched off.
   * Null: this is the first.
   */
  readonly previous?: SessionDescription | null;
}

/** An offer with one audio stream. It is short: an INVITE with it fits in a packet (sip-field fact 17). */
export function makeOffer(parts: OfferParts): SessionDescription {
  const earlier = parts.previous?.media ?? [];
  const on = earlier.findIndex((section) => isAudio(section) && section.port !== 0);
  // A fax that ran in its place gives it back (RFC 3264 8.3.3).
  const running = earlier.findIndex(({ media, port }) => media === 'image' && port !== 0);
  const place = on >= 0 ? on : running >= 0 ? running : earlier.findIndex(({ media }) => media === 'audio');
  const audio = audioSection(parts, parts.dtls ? [sdpLine('a', 'rtcp-mux')] : []);
  const media = earlier.map((section, index) => (index === place ? audio : switchedOff(section)));
  return {
    lines: sessionLines(parts.address, parts.sessionId, parts.version),
    media: place < 0 ? [...media, audio] : media,
  };
}

const profileFor = (crypto: OurAudio['crypto'], dtls: OurAudio['dtls']): string =>
  dtls ? 'UDP/TLS/RTP/SAVP' : crypto && crypto.length > 0 ? 'RTP/SAVP' : 'RTP/AVP';

/** A media section of ours; `more` goes at its end. */
export function audioSection(parts: OurAudio, more: readonly SdpLine[] = []): MediaSection {
  const { port, codecs, direction, crypto, dtls, ptime } = parts;
  const proto = parts.proto ?? profileFor(crypto, dtls);
  const formats = codecs.map(({ payloadType }) => `${payloadType}`);
  const attribute = (value: string) => sdpLine('a', value);
  const lines = [
    sdpLine('m', `audio ${port} ${proto} ${formats.join(' ')}`),
    ...codecs.flatMap(({ payloadType, codec }) => [
      attribute(`rtpmap:${payloadType} ${rtpmapOf(codec)}`),
      ...(codec.fmtp === null ? [] : [attribute(`fmtp:${payloadType} ${codec.fmtp}`)]),
    ]),
    ...(crypto ?? []).map((line) => attribute(`crypto:${writeCrypto(line)}`)),
    ...(dtls ? dtlsLines(dtls) : []),
    ...(ptime ? [attribute(`ptime:${ptime}`)] : []),
    ...(direction === 'sendrecv' ? [] : [attribute(direction)]),
    ...more,
  ];
  return { media: 'audio', port, proto, formats, lines };
}

/** The same section with port 0: in its place, and off (RFC 3264 6, 8.2). */
export function switchedOff({ media, proto, formats }: MediaSection): MediaSection {
  const kept = formats.length > 0 ? formats : ['0'];
  return { media, port: 0, proto, formats: kept, lines: [sdpLine('m', `${media} 0 ${proto} ${kept.join(' ')}`)] };
}
