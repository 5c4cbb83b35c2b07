/**
 * Fax over UDP (ITU-T T.38 annex D, RFC 3362): a stream of type image in the place of the audio (RFC 3264 8.3.3). What both machines
 * say of themselves is theirs alone to understand: it passes as it came.
 */
import { Problem } from '@belkluis/shared/base/problem';
import { MAX_T38_ATTRIBUTES, MAX_T38_LENGTH } from '../limits.ts';
import { type MediaAddress, mediaAddress } from './connection.ts';
import { type MediaSection, parseSdp, type SessionDescription, sdpLine } from './description.ts';
import { switchedOff } from './offer.ts';
import { sessionLines } from './origin.ts';

export interface Fax {
  /** Which of the description's media sections, from 0. */
  readonly index: number;
  readonly remote: MediaAddress | null;
  /** `T38FaxVersion:0` and its like, as written. */
  readonly attributes: readonly string[];
}

const isFax = ({ media, port, proto, formats }: MediaSection): boolean =>
  media === 'image' && port !== 0 && proto.toLowerCase() === 'udptl' && formats[0]?.toLowerCase() === 't38';

/** The fax of a description; null: it has none, or it has sound too, which comes first then. */
export function faxIn(description: SessionDescription): Fax | null {
  if (description.media.some(({ media, port }) => media === 'audio' && port !== 0)) return null;
  const index = description.media.findIndex(isFax);
  const section = description.media[index];
  if (section === undefined) return null;
  const attributes = section.lines
    .filter(({ type, value }) => type === 'a' && /^T38[\x20-\x7e]*$/i.test(value) && value.length <= MAX_T38_LENGTH)
    .map(({ value }) => value)
    .slice(0, MAX_T38_ATTRIBUTES);
  return { index, remote: mediaAddress(description, section), attributes };
}

/** The same, of bytes; null also when they cannot be read. */
export function readFax(sdp: Uint8Array): { readonly description: SessionDescription; readonly fax: Fax } | null {
  try {
    const description = parseSdp(sdp);
    const fax = faxIn(description);
    return fax && { description, fax };
  } catch (problem) {
    if (problem instanceof Problem) return null;
    throw problem;
  }
}

interface OurFax {
  readonly address: string;
  readonly port: number;
  /** The other machine's. */
  readonly attributes: readonly string[];
  readonly sessionId: string;
  readonly version: number;
}

function faxSection({ port, attributes }: OurFax): MediaSection {
  const lines = [sdpLine('m', `image ${port} udptl t38`), ...attributes.map((value) => sdpLine('a', value))];
  return { media: 'image', port, proto: 'udptl', formats: ['t38'], lines };
}

/** An offer of fax in the place of the stream that ran; `previous`: what we last said in this dialog. */
export function makeFaxOffer(parts: OurFax, previous: SessionDescription | null): SessionDescription {
  const earlier = previous?.media ?? [];
  const on = Math.max(
    0,
    earlier.findIndex(({ port }) => port !== 0),
  );
  const fax = faxSection(parts);
  const media = earlier.map((section, index) => (index === on ? fax : switchedOff(section)));
  return {
    lines: sessionLines(parts.address, parts.sessionId, parts.version),
    media: media.length > 0 ? media : [fax],
  };
}

/** An answer that takes the fax of an offer, and nothing else of it. */
export const makeFaxAnswer = (parts: OurFax, offer: SessionDescription, { index }: Fax): SessionDescription => ({
  lines: sessionLines(parts.address, parts.sessionId, parts.version),
  media: offer.media.map((section, at) => (at === index ? faxSection(parts) : switchedOff(section))),
});
