/** Reading and writing the vectors of TLS (RFC 5246 4): numbers of fixed width, and bytes behind their length. */
import { problem } from './problems.ts';

/** Reads on; what would go past the end is malformed. */
export class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** An unsigned number of `width` bytes. @throws Problem `dtls_malformed`, as all that reads. */
  number(width: 1 | 2 | 3): number {
    return this.bytes(width).readUIntBE(0, width);
  }

  bytes(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw problem('dtls_malformed', `${end} bytes of ${this.#bytes.length}`);
    const part = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return part;
  }

  /** Bytes behind their length, which has `width` bytes. */
  vector(width: 1 | 2 | 3): Buffer {
    return this.bytes(this.number(width));
  }

  /** Numbers of two bytes each, behind the length of them all. */
  list(width: 1 | 2): number[] {
    const inner = new Reader(this.vector(width));
    const list: number[] = [];
    while (!inner.done) list.push(inner.number(2));
    return list;
  }

  /** @throws Problem `dtls_malformed` when something is left. */
  end(): void {
    if (!this.done) throw problem('dtls_malformed', 'bytes behind the end');
  }
}

export function number(width: 1 | 2 | 3, value: number): Buffer {
  const bytes = Buffer.alloc(width);
  bytes.writeUIntBE(value, 0, width);
  return bytes;
}

export function vector(width: 1 | 2 | 3, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([number(width, body.length), body]);
}

export const list = (width: 1 | 2, values: readonly number[]): Buffer =>
  vector(width, ...values.map((value) => number(2, value)));
