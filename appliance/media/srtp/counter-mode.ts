/** AES in counter mode with HMAC-SHA1 (RFC 3711 4.1.1, 4.2.1; RFC 6188 for the longer keys). */
import { type Cipheriv, createCipheriv, createSecretKey, timingSafeEqual } from 'node:crypto';
import { MAX_RTP_PACKET } from '../limits.ts';
import { HmacSha1, INNER_PAD } from './hmac-sha1.ts';
import type { SessionKeys } from './key-derivation.ts';
import { ENCRYPTED, RTCP_HEADER, type Transform } from './transform.ts';

const BLOCK = 16;
const ROC = 4;
const INDEX = 4;
/** SRTCP keeps its 80-bit tag even where RTP has 32 bits (RFC 3711 5.2). */
export const RTCP_TAG = 10;

export class CounterModeTransform implements Transform {
  readonly overhead: number;
  readonly #tagLength: number;
  /**
   * One cipher for the key's life: encrypting a packet's counter blocks one by one in ECB mode is counter mode, and spares
   * the set-up that Node's own counter mode would need for every packet.
   */
  readonly #cipher: Cipheriv;
  readonly #blocks: Buffer;
  readonly #salt: Buffer;
  /** The HMAC's inner key, then the packet. */
  readonly #scratch = Buffer.alloc(INNER_PAD + MAX_RTP_PACKET + INDEX + RTCP_TAG);
  readonly #hmac: HmacSha1;

  /** `tagLength`: bytes that authenticate an RTP packet. */
  constructor(keys: SessionKeys, tagLength: number) {
    this.#tagLength = tagLength;
    this.overhead = this.#tagLength;
    this.#cipher = createCipheriv(
      `aes-${keys.encryption.length * 8}-ecb`,
      createSecretKey(keys.encryption),
      null,
    ).setAutoPadding(false);
    this.#salt = keys.salt;
    this.#hmac = new HmacSha1(keys.authentication, this.#scratch);
    this.#blocks = Buffer.alloc(Math.ceil(MAX_RTP_PACKET / BLOCK) * BLOCK);
    for (let at = 0; at < this.#blocks.length; at += BLOCK) {
      keys.salt.copy(this.#blocks, at);
      this.#blocks.writeUInt16BE(at / BLOCK, at + 14);
    }
  }

  sealRtp(packet: Buffer, headerLength: number, roc: number): Buffer {
    const scratch = this.#scratch;
    const end = INNER_PAD + packet.length;
    scratch.set(packet, INNER_PAD);
    this.#applyKeystream(INNER_PAD + headerLength, end, packet.readUInt32BE(8), roc, packet.readUInt16BE(2));
    scratch.writeUInt32BE(roc, end);
    const tag = this.#hmac.digest(end + ROC);
    scratch.set(tag.subarray(0, this.#tagLength), end);
    return scratch.subarray(INNER_PAD, end + this.#tagLength);
  }

  openRtp(packet: Buffer, headerLength: number, roc: number): Buffer | null {
    const scratch = this.#scratch;
    const length = packet.length - this.#tagLength;
    const end = INNER_PAD + length;
    // The tag's place is taken by what is authenticated but not sent: the ROC.
    scratch.set(packet, INNER_PAD);
    scratch.writeUInt32BE(roc, end);
    const tag = this.#hmac.digest(end + ROC);
    if (!timingSafeEqual(tag.subarray(0, this.#tagLength), packet.subarray(length))) return null;
    this.#applyKeystream(INNER_PAD + headerLength, end, packet.readUInt32BE(8), roc, packet.readUInt16BE(2));
    return scratch.subarray(INNER_PAD, end);
  }

  sealRtcp(packet: Buffer, index: number): Buffer {
    const scratch = this.#scratch;
    const end = INNER_PAD + packet.length;
    scratch.set(packet, INNER_PAD);
    this.#applyKeystream(INNER_PAD + RTCP_HEADER, end, packet.readUInt32BE(4), index >>> 16, index & 0xffff);
    scratch.writeUInt32BE((index | ENCRYPTED) >>> 0, end);
    const tag = this.#hmac.digest(end + INDEX);
    scratch.set(tag.subarray(0, RTCP_TAG), end + INDEX);
    return scratch.subarray(INNER_PAD, end + INDEX + RTCP_TAG);
  }

  openRtcp(packet: Buffer): Buffer | null {
    const scratch = this.#scratch;
    const signed = packet.length - RTCP_TAG;
    const end = INNER_PAD + signed - INDEX;
    if (signed - INDEX < RTCP_HEADER) return null;
    scratch.set(packet, INNER_PAD);
    const tag = this.#hmac.digest(INNER_PAD + signed);
    if (!timingSafeEqual(tag.subarray(0, RTCP_TAG), packet.subarray(signed))) return null;
    const index = this.claimedIndex(packet);
    if (packet[signed - INDEX]! & 0x80)
      this.#applyKeystream(INNER_PAD + RTCP_HEADER, end, packet.readUInt32BE(4), index >>> 16, index & 0xffff);
    return scratch.subarray(INNER_PAD, end);
  }

  claimedIndex(packet: Buffer): number {
    return packet.readUInt32BE(packet.length - RTCP_TAG - INDEX) & 0x7fff_ffff;
  }

  /** Turns the scratch from `from` to `end` into ciphertext or back. The index is `high` * 2^16 + `low` (RFC 3711 4.1.1). */
  #applyKeystream(from: number, end: number, ssrc: number, high: number, low: number): void {
    const scratch = this.#scratch;
    const blocks = this.#blocks;
    const salt = this.#salt;
    const length = end - from;
    const whole = Math.ceil(length / BLOCK) * BLOCK;
    blocks.writeInt32BE(salt.readInt32BE(4) ^ ssrc, 4);
    blocks.writeInt32BE(salt.readInt32BE(8) ^ high, 8);
    blocks.writeUInt16BE(salt.readUInt16BE(12) ^ low, 12);
    for (let at = BLOCK; at < whole; at += BLOCK) for (let i = 4; i < 14; i++) blocks[at + i] = blocks[i]!;
    const keystream = this.#cipher.update(blocks.subarray(0, whole));
    for (let i = 0; i < length; i++) scratch[from + i] = scratch[from + i]! ^ keystream[i]!;
  }
}
