/**
 * Session descriptions (RFC 8866) as lines. Every line is kept as it came, known or not, in its place and with its own line
 * end, so that writing an unchanged description gives the same bytes.
 */
import { MAX_FORMATS, MAX_MEDIA_SECTIONS, MAX_SDP, MAX_SDP_LINE, MAX_SDP_LINES } from '../limits.ts';
import { problem } from '../problems.ts';

export interface SdpLine {
  /** The letter before `=`; empty: not of that form. */
  readonly type: string;
  /** What is behind `=`, or all of a line that has no type. Each character is one byte. */
  readonly value: string;
  readonly end: '\r\n' | '\n' | '\r' | '';
}

/** What the `m=` line says. */
export interface MediaSection {
  readonly media: string;
  /** 0: this stream is off. */
  readonly port: number;
  readonly proto: string;
  readonly formats: readonly string[];
  /** From the `m=` line to the next. */
  readonly lines: readonly SdpLine[];
}

export interface SessionDescription {
  /** Above the first `m=` line: they count for all media. */
  readonly lines: readonly SdpLine[];
  readonly media: readonly MediaSection[];
}

/** @throws Problem `sdp_malformed`, `sdp_too_large`. */
export function parseSdp(body: Uint8Array): SessionDescription {
  if (body.length > MAX_SDP) throw problem('sdp_too_large', `${body.length} bytes`);
  const lines = splitLines(Buffer.from(body.buffer, body.byteOffset, body.length).toString('latin1'));
  if (lines[0]?.type !== 'v' || lines[0].value.trim() !== '0') throw problem('sdp_malformed', 'it must begin with v=0');
  const starts = lines.flatMap((line, index) => (line.type === 'm' ? [index] : []));
  if (starts.length > MAX_MEDIA_SECTIONS) throw problem('sdp_too_large', `${starts.length} media sections`);
  return {
    lines: lines.slice(0, starts[0]),
    media: starts.map((start, index) => mediaSection(lines.slice(start, starts[index + 1]))),
  };
}

/** The bytes that go on the wire. */
export function writeSdp({ lines, media }: SessionDescription): Buffer {
  const all = [...lines, ...media.flatMap((section) => section.lines)];
  return Buffer.from(all.map(({ type, value, end }) => `${type && `${type}=`}${value}${end}`).join(''), 'latin1');
}

/** A line of our own. */
export const sdpLine = (type: string, value: string): SdpLine => ({ type, value, end: '\r\n' });

/** The values of an attribute (`a=name:value`) in order; `''` for a flag (`a=name`). Names compare with case (RFC 8866 5.13). */
export function attributes(lines: readonly SdpLine[], name: string): string[] {
  const values = [];
  for (const { type, value } of lines) {
    if (type !== 'a') continue;
    if (value === name) values.push('');
    else if (value.startsWith(`${name}:`)) values.push(value.slice(name.length + 1).trim());
  }
  return values;
}

/** What the first line of this type says; null: there is none. */
export function fieldOf(lines: readonly SdpLine[], type: string): string | null {
  return lines.find((line) => line.type === type)?.value.trim() ?? null;
}

function splitLines(text: string): SdpLine[] {
  // A lone CR or a NUL ends a line for some parsers and not for others: such a text means two things.
  if (/\r(?!\n|$)|\0/.test(text)) throw problem('sdp_malformed', 'it has a control character');
  const lines: SdpLine[] = [];
  for (let at = 0; at < text.length; ) {
    if (lines.length === MAX_SDP_LINES) throw problem('sdp_too_large', `over ${MAX_SDP_LINES} lines`);
    const feed = text.indexOf('\n', at);
    const next = feed < 0 ? text.length : feed + 1;
    const end = lineEnd(text.slice(at, next));
    const line = text.slice(at, next - end.length);
    if (line.length > MAX_SDP_LINE) throw problem('sdp_too_large', `a line of ${line.length} bytes`);
    const typed = /^[A-Za-z]=/.test(line);
    lines.push({ type: typed ? line[0]! : '', value: typed ? line.slice(2) : line, end });
    at = next;
  }
  return lines;
}

/** A lone CR ends the last line only, of a text that was cut one byte short. */
const lineEnd = (line: string): SdpLine['end'] =>
  (['\r\n', '\n', '\r'] as const).find((end) => line.endsWith(end)) ?? '';

/** `m=audio 49170/2 RTP/AVP 0 8 97` (RFC 8866 5.14). */
function mediaSection(lines: readonly SdpLine[]): MediaSection {
  const [media, ports, proto, ...formats] = lines[0]!.value.trim().split(/[ \t]+/);
  const port = /^(\d{1,5})(?:\/\d{1,5})?$/.exec(ports ?? '')?.[1];
  if (!media || port === undefined || Number(port) > 65_535 || !proto)
    throw problem('sdp_malformed', 'an m= line is incomplete');
  if (formats.length > MAX_FORMATS) throw problem('sdp_too_large', `${formats.length} formats`);
  return { media, port: Number(port), proto, formats, lines };
}
