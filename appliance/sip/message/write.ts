/** Messages that we send. */
import { isUtf8 } from 'node:buffer';
import { Headers } from './headers.ts';
import type { SipMessage, SipRequest, SipResponse } from './message.ts';
import { tagOf } from './name-addr.ts';
import { problem } from './problems.ts';
import { reasonOf } from './reasons.ts';
import { isToken } from './text.ts';

type Entries = readonly (readonly [string, string])[];

export interface RequestDraft {
  readonly method: string;
  readonly uri: string;
  /** Content-Length is added. */
  readonly headers: Entries;
  readonly body?: Buffer;
  /** Somebody else's request, passed on by a proxy: nothing is said in it about us but our Via. */
  readonly passedOn?: {
    /** Ends our branch: how a request is known that comes back unchanged (RFC 3261 16.6 step 8). */
    readonly loopMark: string;
    /** Character set of its head: what is no UTF-8 keeps its bytes. */
    readonly encoding: 'utf8' | 'latin1';
  };
}

export interface ResponseDraft {
  readonly status: number;
  /** Default: the phrase of the RFC. */
  readonly reason?: string;
  /** Content-Length is added. */
  readonly headers?: Entries;
  readonly body?: Buffer;
  /** Put on To when it has no tag yet. */
  readonly toTag?: string;
}

/** A value that was received keeps the white space that stood before it. */
const line = (name: string, value: string) => `${name}:${/^[ \t]/.test(value) ? '' : ' '}${value}\r\n`;

// biome-ignore lint/suspicious/noControlCharactersInRegex: every character that is one byte.
const LATIN1 = /^[\x00-\xff]*$/;

function encode(startLine: string, entries: Entries, body: Buffer, encoding: 'utf8' | 'latin1' = 'utf8'): Buffer {
  let text = `${startLine}\r\n`;
  if (/[\r\n]/.test(startLine)) throw problem('header_injection', 'start line');
  for (const [name, value] of entries) {
    if (!isToken(name)) throw problem('malformed_draft', 'header name');
    if (/[\r\n]/.test(value)) throw problem('header_injection', name);
    text += line(name, value);
  }
  // What is no latin1 would be cut to other bytes, a line break among them.
  const charset = encoding === 'latin1' && !LATIN1.test(text) ? 'utf8' : encoding;
  const head = Buffer.from(`${text}Content-Length: ${body.length}\r\n\r\n`, charset);
  return body.length === 0 ? head : Buffer.concat([head, body]);
}

/** @throws Problem `header_injection` when a value holds a line break; `malformed_draft` when method or URI cannot stand in a start line. */
export function writeRequest({ method, uri, headers, body = Buffer.alloc(0), passedOn }: RequestDraft): SipRequest {
  if (!isToken(method) || !/^[^\s\0]+$/.test(uri)) throw problem('malformed_draft', 'start line');
  const bytes = encode(`${method} ${uri} SIP/2.0`, headers, body, passedOn?.encoding);
  return { kind: 'request', method, uri, headers: Headers.of(headers), body, bytes };
}

/**
 * A response to `request`: Via, From, To, Call-ID and CSeq are copied (RFC 3261 8.2.6.2), and Record-Route when the response may make
 * a dialog (12.1.1), and Timestamp into a 100 (8.2.6.1), all in the request's own character set.
 * @throws Problem `header_injection` when a value holds a line break.
 */
export function writeResponse(request: SipRequest, draft: ResponseDraft): SipResponse {
  const { status, reason = reasonOf(status), headers = [], body = Buffer.alloc(0), toTag } = draft;
  // Line for line: split at their commas they could be more lines than a message may have.
  const copied: [string, string][] = request.headers.rows('via').map((via) => ['Via', via]);
  const makesDialog = ['INVITE', 'SUBSCRIBE', 'REFER'].includes(request.method) && status > 100 && status < 300;
  if (makesDialog) {
    for (const route of request.headers.rows('record-route')) copied.push(['Record-Route', route]);
  }
  copied.push(['From', request.headers.get('from') ?? '']);
  const to = request.headers.get('to') ?? '';
  copied.push(['To', toTag !== undefined && tagOf(to) === null ? `${to};tag=${toTag}` : to]);
  copied.push(['Call-ID', request.headers.get('call-id') ?? '']);
  copied.push(['CSeq', request.headers.get('cseq') ?? '']);
  const timestamp = request.headers.get('timestamp');
  if (status === 100 && timestamp !== undefined) copied.push(['Timestamp', timestamp]);
  const entries = [...copied, ...headers];
  const bytes = encode(`SIP/2.0 ${status} ${reason}`, entries, body, encodingOf(request));
  return { kind: 'response', status, reason, headers: Headers.of(entries), body, bytes };
}

const isContentLength = (name: string): boolean => /^(?:content-length|l)$/i.test(name);

/** Headers of a message that is passed on: all but Content-Length, which is written anew. */
export const entriesOf = ({ headers }: SipMessage): Entries =>
  headers.entries().filter(([name]) => !isContentLength(name));

/** How the head of a received message was written: see `parseMessage`. */
export const encodingOf = ({ bytes, body }: SipMessage): 'utf8' | 'latin1' =>
  isUtf8(bytes.subarray(0, bytes.length - body.length)) ? 'utf8' : 'latin1';

/** The same response with other headers, for one that is passed on (RFC 3261 16.7). Content-Length is added. */
export function writeAgain(response: SipResponse, headers: Entries): SipResponse {
  const { status, reason, body } = response;
  const bytes = encode(`SIP/2.0 ${status} ${reason}`, headers, body, encodingOf(response));
  return { ...response, headers: Headers.of(headers), bytes };
}
