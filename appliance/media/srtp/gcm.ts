/** AES-GCM for SRTP (RFC 7714): one pass for secrecy and authenticity. */
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import { MAX_RTP_PACKET } from '../limits.ts';
import type { SessionKeys } from './key-derivation.ts';
import { ENCRYPTED, RTCP_HEADER, type Transform } from './transform.ts';

const TAG = 16;
const INDEX = 4;
const options = { authTagLength: TAG } as const;

export class GcmTransform implements Transform {
  readonly overhead = TAG;
  readonly #cipher: 'aes-128-gcm' | 'aes-256-gcm';
  readonly #key: KeyObject;
  readonly #salt: Buffer;
  readonly #iv = Buffer.alloc(12);
  readonly #scratch = Buffer.alloc(MAX_RTP_PACKET + TAG + INDEX);
  /** Header and index word of an SRTCP packet: what is authenticated beside the ciphertext (RFC 7714 9.2). */
  readonly #rtcpAad = Buffer.alloc(RTCP_HEADER + INDEX);

  constructor(keys: SessionKeys) {
    this.#cipher = keys.encryption.length === 32 ? 'aes-256-gcm' : 'aes-128-gcm';
    this.#key = createSecretKey(keys.encryption);
    this.#salt = keys.salt;
  }

  sealRtp(packet: Buffer, headerLength: number, roc: number): Buffer {
    this.#setIv(packet.readUInt32BE(8), roc, packet.readUInt16BE(2));
    const end = this.#seal(packet, headerLength, packet.subarray(0, headerLength));
    return this.#scratch.subarray(0, end);
  }

  openRtp(packet: Buffer, headerLength: number, roc: number): Buffer | null {
    this.#setIv(packet.readUInt32BE(8), roc, packet.readUInt16BE(2));
    return this.#open(packet, headerLength, packet.subarray(0, headerLength));
  }

  sealRtcp(packet: Buffer, index: number): Buffer {
    const word = (index | ENCRYPTED) >>> 0;
    this.#setIv(packet.readUInt32BE(4), index >>> 16, index & 0xffff);
    const end = this.#seal(packet, RTCP_HEADER, this.#aadOf(packet, word));
    this.#scratch.writeUInt32BE(word, end);
    return this.#scratch.subarray(0, end + INDEX);
  }

  openRtcp(packet: Buffer): Buffer | null {
    const end = packet.length - INDEX;
    if (end - TAG < RTCP_HEADER) return null;
    const word = packet.readUInt32BE(end);
    const index = this.claimedIndex(packet);
    this.#setIv(packet.readUInt32BE(4), index >>> 16, index & 0xffff);
    const sealed = packet.subarray(0, end);
    if (word >= ENCRYPTED) return this.#open(sealed, RTCP_HEADER, this.#aadOf(packet, word));
    // RFC 7714 9.3: without encryption all of the packet is associated data, and there is no ciphertext.
    const plain = end - TAG;
    return this.#open(sealed, plain, Buffer.concat([packet.subarray(0, plain), packet.subarray(end)]));
  }

  claimedIndex(packet: Buffer): number {
    return packet.readUInt32BE(packet.length - INDEX) & 0x7fff_ffff;
  }

  /** RFC 7714 8.1, 9.1: two zero bytes, SSRC and 48-bit index, XOR the salt. */
  #setIv(ssrc: number, high: number, low: number): void {
    const iv = this.#iv;
    const salt = this.#salt;
    iv.writeUInt16BE(salt.readUInt16BE(0), 0);
    iv.writeInt32BE(salt.readInt32BE(2) ^ ssrc, 2);
    iv.writeInt32BE(salt.readInt32BE(6) ^ high, 6);
    iv.writeUInt16BE(salt.readUInt16BE(10) ^ low, 10);
  }

  #aadOf(packet: Buffer, word: number): Buffer {
    packet.copy(this.#rtcpAad, 0, 0, RTCP_HEADER);
    this.#rtcpAad.writeUInt32BE(word, RTCP_HEADER);
    return this.#rtcpAad;
  }

  /** Into the scratch: what is before `from` as it is, the rest encrypted, the tag. Returns where the tag ends. */
  #seal(packet: Buffer, from: number, aad: Buffer): number {
    const scratch = this.#scratch;
    const cipher = createCipheriv(this.#cipher, this.#key, this.#iv, options).setAAD(aad);
    scratch.set(packet, 0);
    scratch.set(cipher.update(packet.subarray(from)), from);
    cipher.final();
    scratch.set(cipher.getAuthTag(), packet.length);
    return packet.length + TAG;
  }

  #open(sealed: Buffer, from: number, aad: Buffer): Buffer | null {
    const scratch = this.#scratch;
    const end = sealed.length - TAG;
    const decipher = createDecipheriv(this.#cipher, this.#key, this.#iv, options).setAAD(aad);
    decipher.setAuthTag(sealed.subarray(end));
    const plain = decipher.update(sealed.subarray(from, end));
    try {
      decipher.final();
    } catch {
      return null;
    }
    scratch.set(sealed, 0);
    scratch.set(plain, from);
    return scratch.subarray(0, end);
  }
}
