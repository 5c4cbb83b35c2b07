/** RTP packets (RFC 3550 5.1). */
import { MAX_RTP_PACKET } from './limits.ts';

export interface RtpHeader {
  readonly version: 2;
  readonly padding: boolean;
  readonly extension: boolean;
  readonly marker: boolean;
  readonly payloadType: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  /** Where the payload begins, after sources and extension. */
  readonly payloadOffset: number;
  /** Where it ends, before any padding. */
  readonly payloadEnd: number;
}

/** What a packet of our own says of itself. */
export interface RtpFields {
  readonly payloadType: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  readonly marker?: boolean;
}

const FIXED = 12;

/** Bytes of the header with contributing sources and extension; -1: not an RTP packet. Readable in SRTP too, where padding is not. */
export function rtpHeaderLength(packet: Buffer): number {
  const length = packet.length;
  if (length < FIXED || length > MAX_RTP_PACKET) return -1;
  const first = packet[0]!;
  if (first >> 6 !== 2) return -1;
  let end = FIXED + 4 * (first & 0x0f);
  if (first & 0x10) {
    if (end + 4 > length) return -1;
    end += 4 + 4 * packet.readUInt16BE(end + 2);
  }
  return end <= length ? end : -1;
}

/** The header of a plain RTP packet; null when the packet is malformed. */
export function readRtp(packet: Buffer): RtpHeader | null {
  const payloadOffset = rtpHeaderLength(packet);
  if (payloadOffset < 0) return null;
  const padding = (packet[0]! & 0x20) !== 0;
  let payloadEnd = packet.length;
  if (padding) {
    const padded = packet[payloadEnd - 1]!;
    payloadEnd -= padded;
    if (padded === 0 || payloadEnd < payloadOffset) return null;
  }
  const second = packet[1]!;
  return {
    version: 2,
    padding,
    extension: (packet[0]! & 0x10) !== 0,
    marker: second >= 0x80,
    payloadType: second & 0x7f,
    sequence: packet.readUInt16BE(2),
    timestamp: packet.readUInt32BE(4),
    ssrc: packet.readUInt32BE(8),
    payloadOffset,
    payloadEnd,
  };
}

/** Whether a packet on a port that carries both is RTCP: its second byte is one of RTCP's packet types (RFC 5761 4). */
export function isRtcp(packet: Buffer): boolean {
  if (packet.length < 2 || packet[0]! >> 6 !== 2) return false;
  const type = packet[1]!;
  return type >= 192 && type <= 223;
}

/** Whether a packet is of a DTLS handshake, on a port that carries RTP too (RFC 7983 7). */
export const isDtls = (packet: Buffer): boolean => packet.length > 0 && packet[0]! >= 20 && packet[0]! <= 63;

/** A packet with a header of 12 bytes. Numbers are taken modulo their width, so a caller may simply count on. */
export function writeRtp(fields: RtpFields, payload: Uint8Array): Buffer {
  const packet = Buffer.allocUnsafe(FIXED + payload.length);
  packet[0] = 0x80;
  packet[1] = (fields.payloadType & 0x7f) | (fields.marker ? 0x80 : 0);
  packet.writeUInt16BE(fields.sequence & 0xffff, 2);
  packet.writeUInt32BE(fields.timestamp >>> 0, 4);
  packet.writeUInt32BE(fields.ssrc >>> 0, 8);
  packet.set(payload, FIXED);
  return packet;
}
