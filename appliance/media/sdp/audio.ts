/** All that a back-to-back user agent asks about an audio stream, read once. */
import type { PayloadMap } from '../codec.ts';
import { type MediaAddress, mediaAddress, rtcpMux } from './connection.ts';
import { type CryptoLine, cryptoLines, hasCrypto } from './crypto.ts';
import { attributes, type MediaSection, type SessionDescription } from './description.ts';
import { type Direction, directionFrom, directionOf, receives, sends } from './direction.ts';
import { type DtlsDescription, dtlsOf } from './dtls.ts';
import { payloadsOf } from './payloads.ts';

export interface Audio {
  /** Which of the description's media sections, from 0. */
  readonly index: number;
  readonly proto: string;
  /** The profile demands SRTP. Without it, keys offer SRTP that need not be (RFC 8643). */
  readonly secure: boolean;
  /** Null: nowhere, for now. */
  readonly remote: MediaAddress | null;
  /** As its author means it: without an address it does not receive, whatever it says. */
  readonly direction: Direction;
  /** The numbers under which its author wants to receive, its favourite first; only codecs that we carry. */
  readonly payloads: readonly PayloadMap[];
  /** Keys in the description (SDES). Only those that we can use; none where the profile says DTLS. */
  readonly crypto: readonly CryptoLine[];
  /** Keys come from a DTLS handshake; null: they do not, or `crypto` already has some. */
  readonly dtls: DtlsDescription | null;
  /** There are keys, usable or not. */
  readonly keyed: boolean;
  readonly rtcpMux: boolean;
  /** Milliseconds of sound in a packet; null: not said. */
  readonly ptime: number | null;
  /** RFC 4574, as written. */
  readonly label: string | null;
}

/** Profiles that carry voice, and where their keys come from. */
const profiles: Readonly<Record<string, 'plain' | 'secure' | 'dtls'>> = {
  'RTP/AVP': 'plain',
  'RTP/AVPF': 'plain',
  'RTP/SAVP': 'secure',
  'RTP/SAVPF': 'secure',
  'UDP/TLS/RTP/SAVP': 'dtls',
  'UDP/TLS/RTP/SAVPF': 'dtls',
};

/** Whether this section is audio over RTP, in a profile that we speak. */
export const isAudio = ({ media, proto }: MediaSection): boolean =>
  media === 'audio' && Object.hasOwn(profiles, proto.toUpperCase());

/** The section `index`; null: there is none, it is off, or no audio that we could carry. */
export function audioAt(description: SessionDescription, index: number): Audio | null {
  const section = description.media[index];
  if (section === undefined || section.port === 0 || !isAudio(section)) return null;
  const remote = mediaAddress(description, section);
  const direction = directionOf(description, section);
  const profile = profiles[section.proto.toUpperCase()]!;
  const crypto = profile === 'dtls' ? [] : cryptoLines(section);
  // A browser names no address but those of ICE, which we do not speak.
  const onlyIce = remote === null && attributes(section.lines, 'candidate').length > 0;
  const dtls = crypto.length > 0 || onlyIce ? null : dtlsOf(description, section);
  const ptime = /^\d{1,3}$/.exec(attributes(section.lines, 'ptime')[0] ?? '')?.[0];
  return {
    index,
    proto: section.proto,
    secure: profile !== 'plain',
    remote,
    direction: directionFrom(sends(direction), receives(direction) && remote !== null),
    payloads: payloadsOf(section),
    crypto,
    dtls,
    keyed: hasCrypto(section) || dtls !== null,
    rtcpMux: rtcpMux(section),
    ptime: ptime === undefined || Number(ptime) === 0 ? null : Number(ptime),
    label: attributes(section.lines, 'label')[0] ?? null,
  };
}

/** Every audio stream of a description, in order. */
export const audioStreams = (description: SessionDescription): Audio[] =>
  description.media.flatMap((_, index) => audioAt(description, index) ?? []);
