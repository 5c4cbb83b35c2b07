/**
 * Opens one OpenPGP message with its session key, as a stream: SEIPD version 1 (RFC 9580 5.13.1), AES-256, with a literal packet in it.
 * Ours because a message under a wrong key, or with one byte changed, must end in an error at once: OpenPGP.js can wait for ever on
 * the packet lengths that such a message seems to have.
 */
import { createDecipheriv, createHash, timingSafeEqual } from 'node:crypto';
import { problem } from './problems.ts';

const LITERAL = 11;
const SEIPD = 18;
/** AES block, and the random prefix: a block, and its last two bytes again. */
const BLOCK = 16;
const PREFIX = BLOCK + 2;
/** The modification detection code at the end: its packet header, and a SHA-1. */
const MDC_HEADER = Buffer.from([0xd3, 0x14]);
const MDC = MDC_HEADER.length + 20;

const damaged = (what: string) => problem('snapshot_damaged', what);

/** Bytes in the order of a stream, as many as are asked for. */
class Reader {
  #chunks: AsyncIterator<Uint8Array>;
  #kept = Buffer.alloc(0);

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  async #more(): Promise<boolean> {
    const { done, value } = await this.#chunks.next();
    if (done) return false;
    this.#kept = this.#kept.length === 0 ? Buffer.from(value) : Buffer.concat([this.#kept, value]);
    return true;
  }

  /** Exactly so many. @throws Problem `snapshot_damaged` when the stream ends before. */
  async take(length: number): Promise<Buffer> {
    while (this.#kept.length < length) if (!(await this.#more())) throw damaged('it is cut off');
    const taken = this.#kept.subarray(0, length);
    this.#kept = this.#kept.subarray(length);
    return taken;
  }

  /** So many, in pieces as they come. */
  async *pieces(length: number): AsyncGenerator<Buffer> {
    for (let left = length; left > 0; ) {
      if (this.#kept.length === 0 && !(await this.#more())) throw damaged('it is cut off');
      const piece = await this.take(Math.min(left, this.#kept.length));
      left -= piece.length;
      if (piece.length > 0) yield piece;
    }
  }

  /** Everything that is left. */
  async *rest(): AsyncGenerator<Buffer> {
    while (!(await this.ended())) yield await this.take(this.#kept.length);
  }

  async ended(): Promise<boolean> {
    while (this.#kept.length === 0) if (!(await this.#more())) return true;
    return false;
  }
}

/** A length of the new packet format (RFC 9580 4.2.1); `partial`: another follows after so many bytes. */
async function readLength(reader: Reader): Promise<{ length: number; partial: boolean }> {
  const first = (await reader.take(1))[0]!;
  if (first < 192) return { length: first, partial: false };
  if (first < 224) return { length: ((first - 192) << 8) + (await reader.take(1))[0]! + 192, partial: false };
  if (first === 255) return { length: (await reader.take(4)).readUInt32BE(), partial: false };
  return { length: 2 ** (first & 0x1f), partial: true };
}

/** The body of the next packet with tag `wanted`; other packets before it are passed over. */
async function* bodyOf(reader: Reader, wanted: number): AsyncGenerator<Buffer> {
  for (;;) {
    const first = (await reader.take(1))[0]!;
    if ((first & 0xc0) !== 0xc0) throw damaged('it is no OpenPGP message');
    const tag = first & 0x3f;
    for (let partial = true; partial; ) {
      const next = await readLength(reader);
      for await (const piece of reader.pieces(next.length)) if (tag === wanted) yield piece;
      partial = next.partial;
    }
    if (tag === wanted) return;
  }
}

/** The packets inside; ends in an error when the modification detection code does not prove all of them. */
async function* decrypted(reader: Reader, sessionKey: Buffer): AsyncGenerator<Buffer> {
  const decipher = createDecipheriv('aes-256-cfb', sessionKey, Buffer.alloc(BLOCK));
  const hash = createHash('sha1');
  const body = new Reader(bodyOf(reader, SEIPD));
  if ((await body.take(1))[0] !== 1) throw damaged('it is sealed in another way');
  const prefix = decipher.update(await body.take(PREFIX));
  if (!prefix.subarray(BLOCK).equals(prefix.subarray(BLOCK - 2, BLOCK))) throw problem('snapshot_key_wrong');
  hash.update(prefix);
  let kept = Buffer.alloc(0);
  for await (const piece of body.rest()) {
    kept = Buffer.concat([kept, decipher.update(piece)]);
    const sure = kept.subarray(0, Math.max(0, kept.length - MDC));
    kept = kept.subarray(sure.length);
    hash.update(sure);
    if (sure.length > 0) yield sure;
  }
  const code = hash.update(MDC_HEADER).digest();
  const holds =
    kept.length === MDC &&
    kept.subarray(0, MDC_HEADER.length).equals(MDC_HEADER) &&
    timingSafeEqual(kept.subarray(MDC_HEADER.length), code);
  if (!holds) throw damaged('its integrity code is another');
}

/** Opens the message. What comes out is proved only when the stream has ended without an error. */
export async function* unseal(chunks: AsyncIterable<Uint8Array>, sessionKey: Buffer): AsyncGenerator<Buffer> {
  const outer = new Reader(chunks);
  const inner = new Reader(decrypted(outer, sessionKey));
  const literal = new Reader(bodyOf(inner, LITERAL));
  const [, nameLength] = await literal.take(2);
  await literal.take(nameLength! + 4);
  yield* literal.rest();
  if (!(await inner.ended()) || !(await outer.ended())) throw damaged('something follows its end');
}
