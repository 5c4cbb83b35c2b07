/** What both sides of a handshake have in common: numbering, flights that are repeated until answered, and the P-256 key of this handshake. */
import { createECDH, type ECDH } from 'node:crypto';
import { number } from './bytes.ts';
import { type Message, types, writeMessage } from './inbox.ts';
import { FIRST_RETRANSMIT_MS, LONGEST_RETRANSMIT_MS, REPEAT_INTERVAL_MS } from './limits.ts';
import { problem } from './problems.ts';
import { CHANGE_CIPHER_SPEC, type DtlsRecord, HANDSHAKE, sealRecord, type WriteKey, writeRecord } from './record.ts';

/** A message of ours before it has a number. */
export type Outgoing = readonly [type: number, body: Buffer];

/** A flight as its datagram is made: numbered anew each time it is sent, for records never repeat a number. */
interface Flight {
  readonly messages: readonly Message[];
  /** What seals the Finished that follows a change of cipher spec; null: the flight has none. */
  readonly key: WriteKey | null;
}

export class Flights {
  readonly #send: (datagram: Buffer) => void;
  #order: number;
  #sequence: [epoch0: number, epoch1: number];
  #flight: Flight | null = null;
  #sentAt = Number.NEGATIVE_INFINITY;
  #wait = FIRST_RETRANSMIT_MS;
  #awaits = false;

  /** `order`: number of our first message; `sequence`: of our first record. */
  constructor(send: (datagram: Buffer) => void, order = 0, sequence = 0) {
    this.#send = send;
    this.#order = order;
    this.#sequence = [sequence, 0];
  }

  /** Numbers messages of ours. */
  number(messages: readonly Outgoing[]): Message[] {
    return messages.map(([type, body]) => ({ type, order: this.#order++, body }));
  }

  /** Sends a flight; `awaits`: it is repeated until the next one is sent or `settled` is called. */
  send(messages: readonly Message[], key: WriteKey | null, awaits: boolean, nowMs: number): void {
    this.#flight = { messages, key };
    this.#awaits = awaits;
    this.#wait = FIRST_RETRANSMIT_MS;
    this.#transmit(nowMs);
  }

  /** Nothing is waited for any more; what was sent last is only repeated on demand. */
  settled(): void {
    this.#awaits = false;
  }

  /** The other side repeats itself: it has not got our last flight. */
  repeat(nowMs: number): void {
    if (this.#flight !== null && nowMs - this.#sentAt >= REPEAT_INTERVAL_MS) this.#transmit(nowMs);
  }

  tick(nowMs: number): void {
    if (!this.#awaits || nowMs - this.#sentAt < this.#wait) return;
    this.#wait = Math.min(2 * this.#wait, LONGEST_RETRANSMIT_MS);
    this.#transmit(nowMs);
  }

  #transmit(nowMs: number): void {
    this.#sentAt = nowMs;
    const { messages, key } = this.#flight!;
    const records = messages.flatMap((message) => {
      const fragment = writeMessage(message);
      if (message.type !== types.finished || key === null) return [this.#record(HANDSHAKE, 0, fragment)];
      const change = this.#record(CHANGE_CIPHER_SPEC, 0, number(1, 1));
      return [change, sealRecord(key, this.#record(HANDSHAKE, 1, fragment))];
    });
    this.#send(Buffer.concat(records.map(writeRecord)));
  }

  #record(type: number, epoch: 0 | 1, fragment: Buffer): DtlsRecord {
    return { type, epoch, sequence: this.#sequence[epoch]++, fragment };
  }
}

/** A key pair on P-256 for one handshake (RFC 8422 5.4). */
export class Ephemeral {
  readonly #ecdh: ECDH = createECDH('prime256v1');
  readonly point: Buffer = this.#ecdh.generateKeys();

  /** The premaster secret. @throws Problem `dtls_malformed` when the point is not on the curve. */
  agree(point: Buffer): Buffer {
    // Uncompressed is the only form that both sides announced (RFC 8422 5.1.2).
    if (point.length !== 65 || point[0] !== 4) throw problem('dtls_malformed', 'point');
    try {
      return this.#ecdh.computeSecret(point);
    } catch {
      throw problem('dtls_malformed', 'point');
    }
  }
}
