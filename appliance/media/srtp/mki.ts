/**
 * Packets that say which key sealed them (RFC 3711 3.1, 3.4): between what is sealed and its tag, or last of all in GCM, whose tag is part of
 * what is sealed (RFC 7714 8, 9). With one key it says nothing, but a peer that announced it puts it into each packet.
 */
import { MAX_MKI_LENGTH, MAX_RTP_PACKET } from '../limits.ts';
import type { Transform } from './transform.ts';

/** Room for what sealing adds at most: a tag of 16 bytes and an index. */
const SEALED = MAX_RTP_PACKET + 20;

export class MkiTransform implements Transform {
  readonly overhead: number;
  readonly #inner: Transform;
  readonly #mki: Buffer;
  /** Bytes that follow it. */
  readonly #behind: number;
  readonly #scratch = Buffer.alloc(SEALED + MAX_MKI_LENGTH);

  constructor(inner: Transform, mki: Buffer, behind: number) {
    this.#inner = inner;
    this.#mki = mki;
    this.#behind = behind;
    this.overhead = inner.overhead + mki.length;
  }

  sealRtp(packet: Buffer, headerLength: number, roc: number): Buffer {
    return this.#marked(this.#inner.sealRtp(packet, headerLength, roc));
  }

  openRtp(packet: Buffer, headerLength: number, roc: number): Buffer | null {
    return this.#isMarked(packet) ? this.#inner.openRtp(this.#bare(packet), headerLength, roc) : null;
  }

  sealRtcp(packet: Buffer, index: number): Buffer {
    return this.#marked(this.#inner.sealRtcp(packet, index));
  }

  openRtcp(packet: Buffer): Buffer | null {
    return this.#isMarked(packet) ? this.#inner.openRtcp(this.#bare(packet)) : null;
  }

  claimedIndex(packet: Buffer): number {
    return this.#inner.claimedIndex(this.#bare(packet));
  }

  #marked(sealed: Buffer): Buffer {
    const at = sealed.length - this.#behind;
    sealed.copy(this.#scratch, 0, 0, at);
    this.#mki.copy(this.#scratch, at);
    sealed.copy(this.#scratch, at + this.#mki.length, at);
    return this.#scratch.subarray(0, sealed.length + this.#mki.length);
  }

  #isMarked(packet: Buffer): boolean {
    const end = packet.length - this.#behind;
    return packet.subarray(end - this.#mki.length, end).equals(this.#mki);
  }

  /** Without the identifier, whatever it says. */
  #bare(packet: Buffer): Buffer {
    const end = packet.length - this.#behind;
    const from = end - this.#mki.length;
    packet.copy(this.#scratch, 0, 0, from);
    packet.copy(this.#scratch, from, end);
    return this.#scratch.subarray(0, from + this.#behind);
  }
}
