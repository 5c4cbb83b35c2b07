/** Answers (RFC 3264 6): making one of ours, and reading what a party says to our offer. */
import { Problem } from '@belkluis/shared/base/problem';
import type { PayloadMap } from '../codec.ts';
import type { DtlsTerms } from '../door.ts';
import type { SrtpKey } from '../srtp/key.ts';
import { type Audio, audioAt } from './audio.ts';
import type { OurCrypto } from './crypto.ts';
import { type MediaSection, parseSdp, type SdpLine, type SessionDescription, sdpLine } from './description.ts';
import { answerDirection, type Direction } from './direction.ts';
import type { OurDtls } from './dtls.ts';
import { audioSection, switchedOff } from './offer.ts';
import { sessionLines } from './origin.ts';
import { hasVoice, sameCodec } from './payloads.ts';

/** An audio stream of an offer that we take. */
interface Taken {
  /** The offer's, as `describeOffer` found it. */
  readonly media: Audio;
  readonly port: number;
  /** Of the offered, with the offer's numbers: see `commonPayloads`. */
  readonly codecs: readonly PayloadMap[];
  /** What we wish; the answer says no more than the offer leaves. Default: both ways. */
  readonly direction?: Direction;
  /** The tag of the offered line that we take, and the key that we seal with. Null: no SRTP. */
  readonly crypto: OurCrypto | null;
  /** Our certificate, and who begins. Null or absent: no DTLS. */
  readonly dtls?: OurDtls | null;
  readonly ptime?: number | null;
}

export interface AnswerParts {
  readonly offer: SessionDescription;
  /** All others are switched off. */
  readonly taken: readonly Taken[];
  readonly address: string;
  readonly sessionId: string;
  readonly version: number;
}

/** An answer with as many media sections as the offer, in its order. */
export function makeAnswer({ offer, taken, address, sessionId, version }: AnswerParts): SessionDescription {
  return {
    lines: sessionLines(address, sessionId, version),
    media: offer.media.map((section, index) => {
      const stream = taken.find(({ media }) => media.index === index);
      return stream ? answeredSection(section, stream) : switchedOff(section);
    }),
  };
}

function answeredSection(
  section: MediaSection,
  { media, port, codecs, direction, crypto, dtls, ptime }: Taken,
): MediaSection {
  const more: SdpLine[] = [];
  if (media.rtcpMux) more.push(sdpLine('a', 'rtcp-mux'));
  if (media.label !== null) more.push(sdpLine('a', `label:${media.label}`));
  const ours = {
    port,
    codecs,
    direction: answerDirection(media.direction, direction),
    crypto: crypto && [crypto],
    dtls: dtls ?? null,
    proto: section.proto,
    ptime: ptime ?? null,
  };
  return audioSection(ours, more);
}

/** What a party answered to our offer. */
export interface AnsweredAudio {
  readonly media: Audio;
  /** Both keys, as the leg takes them; null: no SRTP, or by DTLS. */
  readonly keys: { readonly open: SrtpKey; readonly seal: SrtpKey } | null;
  readonly dtls: DtlsTerms | null;
}

/** Why an answer is of no use: the call cannot go on with it. */
export type AnswerRefusal = 'malformed' | 'audio refused' | 'no codec in common' | 'no usable srtp key';

/** Reads an answer against the offer that we made. */
export function describeAnswer(offer: SessionDescription, answer: Uint8Array): AnsweredAudio | AnswerRefusal {
  let description: SessionDescription;
  try {
    description = parseSdp(answer);
  } catch (problem) {
    if (problem instanceof Problem) return 'malformed';
    throw problem;
  }
  const index = offer.media.findIndex(({ media, port }) => media === 'audio' && port !== 0);
  const ours = audioAt(offer, index);
  const theirs = audioAt(description, index);
  if (ours === null || theirs === null) return 'audio refused';
  // Their numbers count, but only for codecs that we offered.
  const payloads = theirs.payloads.filter(({ codec }) => ours.payloads.some((our) => sameCodec(our.codec, codec)));
  if (!hasVoice(payloads)) return 'no codec in common';
  const keys = agreedKeys(ours, theirs);
  // A party that names a key will use it: to go on without would be noise.
  const dtls = agreedDtls(ours, theirs);
  if (keys === null && dtls === null && (ours.secure || theirs.secure || theirs.keyed)) return 'no usable srtp key';
  return { media: { ...theirs, payloads }, keys, dtls };
}

/** RFC 5763 5: we left it to them who begins. */
function agreedDtls(ours: Audio, { dtls }: Audio): DtlsTerms | null {
  if (ours.dtls === null || dtls === null || dtls.setup === 'actpass') return null;
  return { role: dtls.setup === 'active' ? 'server' : 'client', fingerprint: dtls.fingerprint };
}

/** RFC 4568 5.1.3: the answer repeats the tag and the suite of the line that it takes. */
function agreedKeys(ours: Audio, theirs: Audio): AnsweredAudio['keys'] {
  for (const { tag, key } of theirs.crypto) {
    const our = ours.crypto.find((line) => line.tag === tag && line.key.suite === key.suite);
    if (our) return { open: key, seal: our.key };
  }
  return null;
}
