/** Bodies of more than one part (RFC 2046 5.1), with the liberties that SBCs take; and the session description in any body. */
import { MAX_BODY_PARTS } from '../limits.ts';
import type { SipMessage } from '../message/message.ts';

export interface BodyPart {
  /** Lower case, without parameters; empty when the part does not say. */
  readonly contentType: string;
  /** Names lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** Bytes as they came: some senders count bare line feeds. */
  readonly body: Buffer;
}

const mediaType = (value: string | undefined): string => (value ?? '').split(';')[0]!.replace(/\s+/g, '').toLowerCase();

/** The parts of a message's body; a body that is not multipart is its only part. Malformed: what could be read. */
export function partsOf({ headers, body }: SipMessage): readonly BodyPart[] {
  if (body.length === 0) return [];
  const type = headers.get('Content-Type');
  if (!mediaType(type).startsWith('multipart/')) return [{ contentType: mediaType(type), headers: new Map(), body }];
  const boundary = /;\s*boundary\s*=\s*(?:"([^"]{1,200})"|([^\s;"]{1,200}))/i.exec(type!);
  const mark = boundary?.[1] ?? boundary?.[2];
  return mark === undefined ? [] : split(body, `--${mark}`);
}

/** The session description, or null. Empty bodies are none. */
export function sdpOf(message: SipMessage): Buffer | null {
  return partsOf(message).find(({ contentType }) => contentType === 'application/sdp')?.body ?? null;
}

function split(body: Buffer, mark: string): BodyPart[] {
  const parts: BodyPart[] = [];
  let start = atLineStart(body, mark, 0);
  while (start >= 0 && parts.length < MAX_BODY_PARTS) {
    const after = start + mark.length;
    if (body.toString('latin1', after, after + 2) === '--') break;
    const lineEnd = body.indexOf('\n', after);
    if (lineEnd < 0) break;
    const next = atLineStart(body, mark, lineEnd);
    // A last part whose closing mark was cut off is still a part.
    parts.push(part(body.subarray(lineEnd + 1, next < 0 ? body.length : withoutLineEnd(body, next))));
    start = next;
  }
  return parts;
}

function atLineStart(body: Buffer, mark: string, from: number): number {
  for (let at = body.indexOf(mark, from, 'latin1'); at >= 0; at = body.indexOf(mark, at + 1, 'latin1')) {
    if (at === 0 || body[at - 1] === 0x0a) return at;
  }
  return -1;
}

/** The line end before a boundary belongs to the boundary. */
function withoutLineEnd(body: Buffer, boundary: number): number {
  if (body[boundary - 1] !== 0x0a) return boundary;
  return body[boundary - 2] === 0x0d ? boundary - 2 : boundary - 1;
}

function part(bytes: Buffer): BodyPart {
  const headers = new Map<string, string>();
  let at = 0;
  while (at < bytes.length) {
    const found = bytes.indexOf('\n', at);
    const end = found < 0 ? bytes.length : found;
    const line = bytes.toString('latin1', at, end).replace(/\r$/, '');
    at = end + 1;
    if (line === '') break;
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return {
    contentType: mediaType(headers.get('content-type')),
    headers,
    body: bytes.subarray(Math.min(at, bytes.length)),
  };
}
