/** What a session description offers, in a line for each stream, for people who do not read SDP. */
import { mediaAddress } from '../media/sdp/connection.ts';
import { attributes, type MediaSection, parseSdp } from '../media/sdp/description.ts';
import { type Direction, directionOf } from '../media/sdp/direction.ts';

export interface DescribedStream {
  /** `audio`, `image`, … */
  readonly media: string;
  /** Null: nowhere, for now (on hold, or no address). */
  readonly address: string | null;
  /** 0: this stream is off. */
  readonly port: number;
  readonly proto: string;
  readonly security: 'none' | 'sdes' | 'dtls';
  /** Names of the keys' suites, in order (RFC 4568). */
  readonly suites: readonly string[];
  /** `PCMA`, `opus/48000`; a number that has no name stays a number. */
  readonly codecs: readonly string[];
  readonly direction: Direction;
}

/** RFC 3551 6: numbers that need no name in the description. */
const fixed: Readonly<Record<string, string>> = {
  0: 'PCMU',
  3: 'GSM',
  4: 'G723',
  8: 'PCMA',
  9: 'G722',
  13: 'CN',
  18: 'G729',
};

function codecsOf({ lines, formats }: MediaSection): string[] {
  const named = new Map(
    attributes(lines, 'rtpmap').map((value) => {
      const [number = '', name = ''] = value.split(/\s+/);
      // The usual rate of speech says nothing.
      return [number, name.replace(/\/8000(\/1)?$/, '')] as const;
    }),
  );
  return formats.map((format) => named.get(format) ?? fixed[format] ?? format);
}

/** The streams of a description; empty when it cannot be read. */
export function describedStreams(sdp: string): readonly DescribedStream[] {
  try {
    const description = parseSdp(Buffer.from(sdp, 'latin1'));
    return description.media.map((section) => {
      const suites = attributes(section.lines, 'crypto').map((value) => value.split(/\s+/)[1] ?? '');
      const fingerprints = [description.lines, section.lines].flatMap((lines) => attributes(lines, 'fingerprint'));
      const { media, port, proto } = section;
      const security = suites.length > 0 ? 'sdes' : fingerprints.length > 0 ? 'dtls' : 'none';
      const address = mediaAddress(description, section)?.address ?? null;
      const direction = directionOf(description, section);
      return { media, address, port, proto, security, suites, codecs: codecsOf(section), direction };
    });
  } catch {
    return [];
  }
}

/** `audio 192.0.2.1:4000, SRTP (AES_CM_128_HMAC_SHA1_80), PCMA PCMU, sendrecv`: terms of the RFCs, the same in every language. */
export function streamLine({ media, address, port, security, suites, codecs, direction }: DescribedStream): string {
  if (port === 0) return `${media} off`;
  const secured = { none: 'RTP', sdes: `SRTP (${suites.join(', ')})`, dtls: 'DTLS-SRTP' }[security];
  return `${media} ${address ?? '–'}:${port}, ${secured}, ${codecs.join(' ')}, ${direction}`;
}
