/** Bytes to message: one scan finds the lines; header values are looked at when somebody asks (RFC 3261 7). */

import { isUtf8 } from 'node:buffer';
import { parseCSeq } from './cseq.ts';
import { Headers } from './headers.ts';
import { MAX_HEAD_BYTES, MAX_HEADER_LENGTH, MAX_HEADERS, MAX_MESSAGE_BYTES, MAX_VIA_LINES } from './limits.ts';
import type { SipMessage, SipRequest, Unusable, UnusableCode } from './message.ts';
import { isToken } from './text.ts';

const CR = 13;
const LF = 10;

/** Where the headers end and the body begins; null: not in these bytes. */
export function findHeadEnd(bytes: Buffer, from = 0): { headEnd: number; bodyStart: number } | null {
  for (let at = bytes.indexOf(LF, from); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    // Lines end in CRLF; some senders use LF alone. The first empty line counts, however it is written.
    const bodyStart = bytes[at + 1] === LF ? at + 2 : bytes[at + 1] === CR && bytes[at + 2] === LF ? at + 3 : 0;
    if (bodyStart > 0) return { headEnd: bytes[at - 1] === CR ? at - 1 : at, bodyStart };
  }
  return null;
}

interface Head {
  readonly startLine: string;
  readonly headers: Headers;
  readonly fault: UnusableCode | null;
}

/**
 * Splits the head into start line and headers. A line that is no header is a fault, but the others are kept: they are needed to
 * answer. Text is UTF-8 (RFC 3261 25.1), or what old phones send instead of it, latin1.
 */
function readHead(bytes: Buffer, headEnd: number): Head {
  const head = bytes.subarray(0, headEnd);
  const lines = head.toString(isUtf8(head) ? 'utf8' : 'latin1').split('\n');
  const startLine = lines[0]!.replace(/\r$/, '');
  const entries: [string, string][] = [];
  let fault: UnusableCode | null = null;
  for (let index = 1; index < lines.length; index++) {
    let line = lines[index]!.replace(/\r$/, '');
    if (line.includes('\r')) {
      // To others it may be a line end: nothing that hides behind one is believed, and none is sent back.
      fault ??= 'bad_header';
      line = line.replaceAll('\r', ' ');
    }
    const last = entries.at(-1);
    if ((line.startsWith(' ') || line.startsWith('\t')) && last) {
      // A folded line is one space more (RFC 3261 7.3.1): nobody after this meets a line break in a value.
      last[1] += ` ${line.trimStart()}`;
      if (last[1].length > MAX_HEADER_LENGTH) fault ??= 'too_large';
      continue;
    }
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon)).trimEnd();
    if (!isToken(name)) fault ??= 'bad_header';
    else if (entries.length >= MAX_HEADERS) fault ??= 'too_many_headers';
    else entries.push([name, line.slice(colon + 1)]);
    if (line.length > MAX_HEADER_LENGTH) fault ??= 'too_large';
  }
  return { startLine, headers: new Headers(entries), fault };
}

/** Content-Length: a number, `missing`, or `bad` (not a number, or two that differ). */
export function contentLength(headers: Headers): number | 'missing' | 'bad' {
  const values = new Set(headers.all('content-length'));
  if (values.size === 0) return 'missing';
  const [value] = values;
  return values.size === 1 && /^\d{1,9}$/.test(value!) ? Number(value) : 'bad';
}

/** A request's start line, one space between its parts; null when it is something else. */
function requestLine(line: string): { method: string; uri: string; version: string } | null {
  const match = /^([^ \t]+) ([^ \t]+) (SIP\/\d+\.\d+)$/i.exec(line);
  return match && isToken(match[1]!) ? { method: match[1]!, uri: match[2]!, version: match[3]!.toUpperCase() } : null;
}

/** Whether a response would find its way: what it must copy is there (RFC 3261 8.2.6.2), and not so often that it went in circles. */
function isAnswerable({ method, headers }: SipRequest): boolean {
  const single = ['from', 'to', 'call-id', 'cseq'].every((name) => headers.has(name));
  // An ACK is never answered (RFC 3261 17.1.1.3).
  const vias = headers.lines('via');
  return (
    vias > 0 && vias <= MAX_VIA_LINES && single && method !== 'ACK' && parseCSeq(headers.get('cseq'))?.method !== 'ACK'
  );
}

/** A message that cannot be used, with the answer that its sender is owed. */
function unusable(code: UnusableCode, detail: string, head: Head | null, bytes: Buffer): Unusable {
  const none: Unusable = { kind: 'unusable', code, detail, answerable: null };
  if (!head || /^SIP\//i.test(head.startLine)) return none;
  const [method = '', uri = ''] = head.startLine.split(/\s+/);
  const request: SipRequest = {
    kind: 'request',
    method,
    uri,
    headers: head.headers,
    body: Buffer.alloc(0),
    bytes,
  };
  if (!isToken(method) || !isAnswerable(request)) return none;
  const status = code === 'bad_version' ? 505 : code === 'too_large' ? 513 : 400;
  const reason = status === 505 ? 'Version Not Supported' : status === 513 ? 'Message Too Large' : 'Bad Request';
  return { ...none, answerable: { request, status, reason } };
}

/** Head and body to message. `body` is exactly the message's own. */
function assemble(head: Head, body: Buffer, bytes: Buffer): SipMessage | Unusable {
  const { startLine, headers, fault } = head;
  // Not answered: each would come back in the answer.
  if (headers.lines('via') > MAX_VIA_LINES) return unusable('too_many_headers', 'Via', null, bytes);
  if (/^SIP\//i.test(startLine)) {
    const match = /^SIP\/2\.0 ([1-6]\d\d)(?: ([\s\S]*))?$/i.exec(startLine);
    if (!match || fault) return unusable(fault ?? 'bad_start_line', startLine.slice(0, 40), null, bytes);
    return { kind: 'response', status: Number(match[1]), reason: match[2] ?? '', headers, body, bytes };
  }
  const line = requestLine(startLine);
  if (!line) return unusable('bad_start_line', startLine.slice(0, 40), head, bytes);
  if (line.version !== 'SIP/2.0') return unusable('bad_version', line.version, head, bytes);
  if (fault) return unusable(fault, '', head, bytes);
  return { kind: 'request', method: line.method, uri: line.uri, headers, body, bytes };
}

/** One whole message out of a stream: `bytes` begins with its start line and is as long as its Content-Length says. */
export function parseWhole(bytes: Buffer, headEnd: number, bodyStart: number): SipMessage | Unusable {
  return assemble(readHead(bytes, headEnd), bytes.subarray(bodyStart), bytes);
}

/** Reads only the headers, to learn how long the message in a stream is. */
export const peekHeaders = (bytes: Buffer, headEnd: number): Headers => readHead(bytes, headEnd).headers;

/** What to say about a message in a stream whose end cannot be known. */
export const unframed = (bytes: Buffer, headEnd: number, code: UnusableCode): Unusable =>
  unusable(code, '', readHead(bytes, headEnd), bytes.subarray(0, headEnd));

/** One datagram. Bytes behind the Content-Length are not part of the message (RFC 3261 18.3). */
export function parseMessage(bytes: Buffer): SipMessage | Unusable {
  if (bytes.length > MAX_MESSAGE_BYTES) return unusable('too_large', '', null, bytes);
  // Leading empty lines are ignored (RFC 3261 7.5).
  let start = 0;
  while (bytes[start] === 13 || bytes[start] === 10) start++;
  const own = start === 0 ? bytes : bytes.subarray(start);
  if (own.length === 0) return unusable('empty', '', null, bytes);
  const end = findHeadEnd(own);
  const headEnd = end?.headEnd ?? own.length;
  const bodyStart = end?.bodyStart ?? own.length;
  if (headEnd > MAX_HEAD_BYTES) return unusable('too_large', '', null, bytes);
  const head = readHead(own, headEnd);
  if (head.startLine === '') return unusable('no_start_line', '', null, bytes);
  const length = contentLength(head.headers);
  if (length === 'bad') return unusable('bad_content_length', '', head, own);
  const available = own.length - bodyStart;
  if (length !== 'missing' && length > available) return unusable('body_too_short', '', head, own);
  const bodyEnd = bodyStart + (length === 'missing' ? available : length);
  return assemble(head, own.subarray(bodyStart, bodyEnd), own.subarray(0, bodyEnd));
}
