/** Messages out of a byte stream: Content-Length says where one ends (RFC 3261 7.5, 18.3); keep-alives of RFC 5626 4.4.1. */
import { MAX_HEAD_BYTES, MAX_MESSAGE_BYTES } from './limits.ts';
import type { SipMessage, Unusable } from './message.ts';
import { contentLength, findHeadEnd, parseWhole, peekHeaders, unframed } from './parse.ts';

export type BrokenCode = 'head_too_large' | 'message_too_large' | 'no_length';

export type Framed =
  | SipMessage
  | Unusable
  /** CRLFCRLF: answer with CRLF. */
  | { readonly kind: 'ping' }
  /** CRLF alone. */
  | { readonly kind: 'pong' }
  /** Where the next message begins cannot be known: close the connection. */
  | { readonly kind: 'broken'; readonly code: BrokenCode };

const CR = 13;
const LF = 10;

/** A message whose headers are whole: where they end and how long it is with its body. */
interface Expected {
  readonly headEnd: number;
  readonly bodyStart: number;
  readonly total: number;
}

/** Keeps what has not become a message yet: at most MAX_MESSAGE_BYTES and one chunk. */
export class StreamFramer {
  #pending: Buffer = Buffer.alloc(0);
  /** Parts of a body that is not whole yet, joined once: a peer that sends single bytes must not make us copy it all for each. */
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #expected: Expected | null = null;
  /** Where the search for the end of the headers goes on: no byte is searched twice, however small the chunks. */
  #searched = 0;
  #broken = false;
  #halfPing = false;

  /** What became whole with this chunk, in order. Nothing more comes after `broken`. */
  push(chunk: Buffer): readonly Framed[] {
    if (this.#broken) return [];
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.length;
    if (this.#expected && this.#pending.length + this.#waitingBytes < this.#expected.total) return [];
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, ...this.#waiting]);
    this.#waiting = [];
    this.#waitingBytes = 0;
    const out: Framed[] = [];
    for (let next = this.#next(); next; next = this.#next()) {
      out.push(...next);
      if (this.#broken) break;
    }
    return out;
  }

  #next(): readonly Framed[] | null {
    const bytes = this.#pending;
    if (bytes[0] === CR || bytes[0] === LF) return this.#keepAlive(bytes);
    if (this.#expected) return this.#take(this.#expected);
    const end = findHeadEnd(bytes, Math.max(0, this.#searched - 3));
    if (!end) {
      this.#searched = bytes.length;
      return bytes.length > MAX_HEAD_BYTES ? this.#break('head_too_large') : null;
    }
    if (end.headEnd > MAX_HEAD_BYTES) return this.#break('head_too_large');
    const length = contentLength(peekHeaders(bytes, end.headEnd));
    if (typeof length !== 'number') return this.#break('no_length', unframed(bytes, end.headEnd, 'bad_content_length'));
    const total = end.bodyStart + length;
    if (total > MAX_MESSAGE_BYTES) return this.#break('message_too_large', unframed(bytes, end.headEnd, 'too_large'));
    this.#expected = { ...end, total };
    return this.#take(this.#expected);
  }

  #take({ headEnd, bodyStart, total }: Expected): readonly Framed[] | null {
    const bytes = this.#pending;
    if (bytes.length < total) return null;
    this.#consume(total);
    this.#expected = null;
    this.#halfPing = false;
    return [parseWhole(bytes.subarray(0, total), headEnd, bodyStart)];
  }

  /** A second CRLF right behind the first makes a ping, whether or not they came in one segment. */
  #keepAlive(bytes: Buffer): readonly Framed[] | null {
    if (bytes[0] === CR && bytes.length < 2) return null;
    const crlf = bytes[0] === CR && bytes[1] === LF;
    this.#consume(crlf ? 2 : 1);
    if (!crlf) return [];
    this.#halfPing = !this.#halfPing;
    return [{ kind: this.#halfPing ? 'pong' : 'ping' }];
  }

  #consume(count: number): void {
    this.#pending = this.#pending.subarray(count);
    this.#searched = 0;
  }

  #break(code: BrokenCode, first?: Unusable): readonly Framed[] {
    this.#broken = true;
    this.#pending = Buffer.alloc(0);
    return [...(first ? [first] : []), { kind: 'broken', code }];
  }
}
