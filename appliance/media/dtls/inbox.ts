/** Handshake messages (RFC 6347 4.2.2): put together from fragments, and kept until the flight that they are part of is whole. */
import { number, Reader } from './bytes.ts';
import { MAX_FRAGMENTS, MAX_MESSAGE, MAX_MESSAGES } from './limits.ts';

export const types = {
  clientHello: 1,
  serverHello: 2,
  helloVerifyRequest: 3,
  certificate: 11,
  serverKeyExchange: 12,
  certificateRequest: 13,
  serverHelloDone: 14,
  certificateVerify: 15,
  clientKeyExchange: 16,
  finished: 20,
} as const;

export interface Message {
  readonly type: number;
  /** `message_seq`: counts the messages of one side. */
  readonly order: number;
  readonly body: Buffer;
}

interface Fragment {
  readonly type: number;
  readonly order: number;
  readonly length: number;
  readonly offset: number;
  readonly part: Buffer;
}

/** A message as it is sent whole, and as it counts for signatures and Finished (RFC 6347 4.2.6). */
export function writeMessage({ type, order, body }: Message): Buffer {
  const length = number(3, body.length);
  return Buffer.concat([number(1, type), length, number(2, order), number(3, 0), length, body]);
}

/** The fragments in a record of type handshake. @throws Problem `dtls_malformed`. */
export function readFragments(record: Buffer): Fragment[] {
  const reader = new Reader(record);
  const fragments: Fragment[] = [];
  while (!reader.done) {
    const type = reader.number(1);
    const length = reader.number(3);
    const order = reader.number(2);
    const offset = reader.number(3);
    fragments.push({ type, order, length, offset, part: reader.vector(3) });
  }
  return fragments;
}

interface Partial {
  readonly type: number;
  readonly body: Buffer;
  /** Where fragments begin and end, by their beginnings. */
  readonly parts: Map<number, number>;
  whole: boolean;
}

/** The next flight of the other side. Nothing in it is believed before all of it has been checked. */
export class Inbox {
  #first: number;
  readonly #messages = new Map<number, Partial>();

  /** `first`: the order of the flight's first message. */
  constructor(first: number) {
    this.#first = first;
  }

  /** Whether the fragment repeats an earlier flight: the other side has not got ours. */
  take({ type, order, length, offset, part }: Fragment): 'taken' | 'repeated' | 'refused' {
    if (order < this.#first) return 'repeated';
    if (order >= this.#first + MAX_MESSAGES || length > MAX_MESSAGE || offset + part.length > length) return 'refused';
    let message = this.#messages.get(order);
    if (message === undefined) {
      message = { type, body: Buffer.alloc(length), parts: new Map(), whole: false };
      this.#messages.set(order, message);
    }
    if (message.whole) return 'taken';
    if (message.type !== type || message.body.length !== length || message.parts.size >= MAX_FRAGMENTS)
      return 'refused';
    part.copy(message.body, offset);
    message.parts.set(offset, Math.max(offset + part.length, message.parts.get(offset) ?? 0));
    message.whole = covers(message.parts, length);
    return 'taken';
  }

  /** The whole messages from the first on, without a gap. */
  messages(): Message[] {
    const messages: Message[] = [];
    for (let order = this.#first; ; order++) {
      const message = this.#messages.get(order);
      if (!message?.whole) return messages;
      messages.push({ type: message.type, order, body: message.body });
    }
  }

  /** Waits for the flight again, from its first message on: what came was not genuine. */
  clear(): void {
    this.#messages.clear();
  }

  /** Waits for the flight that begins with `first`. */
  next(first: number): void {
    this.#first = first;
    this.#messages.clear();
  }
}

function covers(parts: ReadonlyMap<number, number>, length: number): boolean {
  let end = 0;
  for (const [from, to] of [...parts].sort(([a], [b]) => a - b)) {
    if (from > end) return false;
    end = Math.max(end, to);
  }
  return end === length;
}
