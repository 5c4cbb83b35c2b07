/** What a crypto suite does to one packet. Which index a packet has, and whether it is a replay, is decided above. */

/** Buffers that methods return are valid until the next call on the same object. */
export interface Transform {
  /** Bytes that sealing adds. */
  readonly overhead: number;
  /** `headerLength` bytes stay readable. */
  sealRtp(packet: Buffer, headerLength: number, roc: number): Buffer;
  /** Null: not authentic under this `roc`. */
  openRtp(packet: Buffer, headerLength: number, roc: number): Buffer | null;
  sealRtcp(packet: Buffer, index: number): Buffer;
  /** Null: not authentic. The index is in the packet. */
  openRtcp(packet: Buffer): Buffer | null;
  /** The index that an SRTCP packet claims. */
  claimedIndex(packet: Buffer): number;
}

/** SRTCP's fixed header, which stays readable (RFC 3711 3.4). */
export const RTCP_HEADER = 8;

/** The E bit, beside the 31-bit SRTCP index: this packet is encrypted. */
export const ENCRYPTED = 0x8000_0000;
