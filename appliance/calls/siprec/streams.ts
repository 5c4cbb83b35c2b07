/**
 * Session descriptions of a recording session (RFC 7866 8.2): we only receive, answer as many media sections as were offered, in their
 * order, and repeat labels as they were written. Pure.
 */
import { Problem } from '@belkluis/shared/base/problem';
import type { PayloadMap } from '../../media/codec.ts';
import type { LegGeneration } from '../../media/door.ts';
import { type Audio, audioAt } from '../../media/sdp/audio.ts';
import { type CryptoLine, preferredCrypto } from '../../media/sdp/crypto.ts';
import {
  type MediaSection,
  parseSdp,
  type SdpLine,
  type SessionDescription,
  sdpLine,
} from '../../media/sdp/description.ts';
import { answerDirection, type Direction, sends } from '../../media/sdp/direction.ts';
import { audioSection, type OfferRefusal, switchedOff } from '../../media/sdp/offer.ts';
import { sessionLines } from '../../media/sdp/origin.ts';
import { hasVoice } from '../../media/sdp/payloads.ts';
import type { SrtpKey } from '../../media/srtp/key.ts';

/** What a source offers of one stream, and by which of its keys it is taken. */
export interface OfferedStream {
  readonly audio: Audio;
  /** Null: without SRTP. */
  readonly crypto: CryptoLine | null;
}

export interface Offer {
  readonly description: SessionDescription;
  /** Those that can be taken. */
  readonly streams: readonly OfferedStream[];
}

/** How far a source may be trusted with plain RTP, and SDP with keys. */
export interface Protection {
  /** RTP without SRTP is taken. */
  readonly plain: boolean;
  /** The description came over TLS: keys in it are secrets. */
  readonly secure: boolean;
}

/** Null: this stream is not taken. Keys that others could read protect nothing. */
function taken(audio: Audio, { plain, secure }: Protection): OfferedStream | null {
  if (!hasVoice(audio.payloads)) return null;
  const crypto = secure ? preferredCrypto(audio.crypto) : null;
  if (crypto === null && (audio.secure || !plain)) return null;
  return { audio, crypto };
}

/** Reads an offer, or says why nothing of it can be taken. */
export function readStreams(sdp: Uint8Array, protection: Protection): Offer | OfferRefusal {
  let description: SessionDescription;
  try {
    description = parseSdp(sdp);
  } catch (problem) {
    if (problem instanceof Problem) return { status: 400, reason: 'Bad Session Description' };
    throw problem;
  }
  const audios = description.media.flatMap((_, index) => audioAt(description, index) ?? []);
  const streams = audios.flatMap((audio) => taken(audio, protection) ?? []);
  if (audios.length > 0 && streams.length === 0) {
    const spoken = audios.some(({ payloads }) => hasVoice(payloads));
    return { status: 488, reason: spoken ? 'SRTP Required, Keys Over TLS' : 'No Codec In Common' };
  }
  return { description, streams };
}

/** One of our media sections. */
export interface OurStream {
  readonly index: number;
  readonly proto: string;
  readonly port: number;
  readonly codecs: readonly PayloadMap[];
  /** Keys that we would seal with: RTCP reports are all that could go out. Empty: no SRTP. */
  readonly crypto: readonly Pick<CryptoLine, 'tag' | 'key'>[];
  readonly rtcpMux: boolean;
  readonly label: string | null;
  readonly direction: Direction;
}

/** What we say of a stream: that we receive it if its source sends, or that it is not wanted. */
export const ourDirection = (theirs: Direction, wanted: boolean): Direction =>
  answerDirection(theirs, wanted ? 'recvonly' : 'inactive');

export interface DescribeParts {
  readonly streams: readonly OurStream[];
  /** The media sections that there are, ours or not: none may be left out or change places (RFC 3264 8). */
  readonly sections: readonly MediaSection[];
  readonly address: string;
  readonly sessionId: string;
  readonly version: number;
}

export function describe({ streams, sections, address, sessionId, version }: DescribeParts): SessionDescription {
  return {
    lines: sessionLines(address, sessionId, version),
    media: sections.map((section, index) => {
      const stream = streams.find((one) => one.index === index);
      return stream ? ourSection(stream) : switchedOff(section);
    }),
  };
}

function ourSection({ port, proto, codecs, direction, crypto, rtcpMux, label }: OurStream): MediaSection {
  const more: SdpLine[] = [];
  if (rtcpMux) more.push(sdpLine('a', 'rtcp-mux'));
  if (label !== null) more.push(sdpLine('a', `label:${label}`));
  return audioSection({ port, proto, codecs, direction, crypto }, more);
}

/** What the leg of a stream is told. `ours`: the numbers in our own description. */
export function legOf(
  theirs: Audio,
  ours: readonly PayloadMap[],
  keys: { readonly open: SrtpKey; readonly seal: SrtpKey } | null,
  wanted: boolean,
): LegGeneration {
  return {
    remote: theirs.remote,
    receive: ours,
    send: theirs.payloads,
    keys,
    maySend: false,
    mayReceive: wanted && sends(theirs.direction),
  };
}
