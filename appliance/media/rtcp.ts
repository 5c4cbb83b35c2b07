/** RTCP compound packets (RFC 3550 6): read for statistics, and the few that a phone of our own sends. */
import { MAX_RTCP_PACKETS, MAX_RTP_PACKET, MAX_SDES_CHUNKS } from './limits.ts';

/** How one source was received (RFC 3550 6.4.1). */
export interface ReceptionReport {
  readonly ssrc: number;
  /** 256ths lost since the last report. */
  readonly fractionLost: number;
  /** Packets; negative when duplicates outweigh losses. */
  readonly lost: number;
  readonly highestSequence: number;
  /** Timestamp units. */
  readonly jitter: number;
  /** Middle 32 bits of the last sender report's NTP time; 0: none came. */
  readonly lastSenderReport: number;
  /** Since that report, in 65536ths of a second. */
  readonly delaySinceLast: number;
}

/** What a sender says of its clock and its count. */
export interface SenderInfo {
  /** Seconds since 1900, and 2^32nds of a second. */
  readonly ntpSeconds: number;
  readonly ntpFraction: number;
  readonly rtpTimestamp: number;
  readonly packets: number;
  readonly octets: number;
}

export type RtcpPacket =
  | {
      readonly kind: 'sender report';
      readonly ssrc: number;
      readonly sender: SenderInfo;
      readonly reports: readonly ReceptionReport[];
    }
  | { readonly kind: 'receiver report'; readonly ssrc: number; readonly reports: readonly ReceptionReport[] }
  | {
      readonly kind: 'description';
      readonly chunks: readonly { readonly ssrc: number; readonly cname: string | null }[];
    }
  | { readonly kind: 'goodbye'; readonly ssrcs: readonly number[]; readonly reason: string | null }
  /** A type that we carry and do not read. */
  | { readonly kind: 'other'; readonly type: number };

const SR = 200;
const RR = 201;
const SDES = 202;
const BYE = 203;
const REPORT = 24;
const SENDER = 20;
const CNAME = 1;

/** The packets of a compound; null when it is malformed anywhere: then none of it can be trusted (RFC 3550 A.2). */
export function readRtcp(compound: Buffer): RtcpPacket[] | null {
  if (compound.length < 4 || compound.length > MAX_RTP_PACKET) return null;
  const packets: RtcpPacket[] = [];
  for (let at = 0; at < compound.length; ) {
    if (packets.length === MAX_RTCP_PACKETS || at + 4 > compound.length) return null;
    const first = compound[at]!;
    const end = at + 4 * (compound.readUInt16BE(at + 2) + 1);
    if (first >> 6 !== 2 || end > compound.length) return null;
    const unpadded = first & 0x20 ? withoutPadding(compound, at, end) : end;
    const packet = unpadded < 0 ? null : readPacket(compound.subarray(at, unpadded));
    if (packet === null) return null;
    packets.push(packet);
    at = end;
  }
  return packets;
}

/** Padding may stand on the last packet only, in whole words (RFC 3550 6.4.1). -1: malformed. */
function withoutPadding(compound: Buffer, at: number, end: number): number {
  const padding = compound[end - 1]!;
  if (end !== compound.length || padding === 0 || padding % 4 !== 0) return -1;
  return end - padding >= at + 4 ? end - padding : -1;
}

function readPacket(packet: Buffer): RtcpPacket | null {
  const count = packet[0]! & 0x1f;
  const type = packet[1]!;
  if (type < 192 || type > 223) return null;
  switch (type) {
    case SR: {
      const reports = readReports(packet, 8 + SENDER, count);
      return reports && { kind: 'sender report', ssrc: packet.readUInt32BE(4), sender: readSender(packet), reports };
    }
    case RR: {
      const reports = readReports(packet, 8, count);
      return reports && { kind: 'receiver report', ssrc: packet.readUInt32BE(4), reports };
    }
    case SDES:
      return readDescription(packet, count);
    case BYE:
      return readGoodbye(packet, count);
    default:
      return { kind: 'other', type };
  }
}

const readSender = (packet: Buffer): SenderInfo => ({
  ntpSeconds: packet.readUInt32BE(8),
  ntpFraction: packet.readUInt32BE(12),
  rtpTimestamp: packet.readUInt32BE(16),
  packets: packet.readUInt32BE(20),
  octets: packet.readUInt32BE(24),
});

function readReports(packet: Buffer, from: number, count: number): ReceptionReport[] | null {
  if (packet.length < from + count * REPORT) return null;
  return Array.from({ length: count }, (_, index) => {
    const at = from + index * REPORT;
    return {
      ssrc: packet.readUInt32BE(at),
      fractionLost: packet[at + 4]!,
      lost: packet.readIntBE(at + 5, 3),
      highestSequence: packet.readUInt32BE(at + 8),
      jitter: packet.readUInt32BE(at + 12),
      lastSenderReport: packet.readUInt32BE(at + 16),
      delaySinceLast: packet.readUInt32BE(at + 20),
    };
  });
}

/** RFC 3550 6.5: each chunk is an SSRC and items, closed by a zero byte and filled up to a whole word. */
function readDescription(packet: Buffer, count: number): RtcpPacket | null {
  const chunks: { ssrc: number; cname: string | null }[] = [];
  let at = 4;
  while (chunks.length < Math.min(count, MAX_SDES_CHUNKS)) {
    if (at + 4 > packet.length) return null;
    const ssrc = packet.readUInt32BE(at);
    let cname: string | null = null;
    for (at += 4; ; ) {
      if (at >= packet.length) return null;
      const type = packet[at]!;
      if (type === 0) break;
      const end = at + 2 + (packet[at + 1] ?? 0);
      if (end > packet.length || at + 1 >= packet.length) return null;
      if (type === CNAME) cname = packet.toString('utf8', at + 2, end);
      at = end;
    }
    at = (Math.floor(at / 4) + 1) * 4;
    chunks.push({ ssrc, cname });
  }
  return { kind: 'description', chunks };
}

function readGoodbye(packet: Buffer, count: number): RtcpPacket | null {
  const end = 4 + 4 * count;
  if (packet.length < end) return null;
  const ssrcs = Array.from({ length: count }, (_, index) => packet.readUInt32BE(4 + 4 * index));
  if (packet.length === end) return { kind: 'goodbye', ssrcs, reason: null };
  const reasonEnd = end + 1 + packet[end]!;
  if (reasonEnd > packet.length) return null;
  return { kind: 'goodbye', ssrcs, reason: packet.toString('utf8', end + 1, reasonEnd) };
}

const header = (count: number, type: number, length: number): Buffer => {
  const packet = Buffer.alloc(length);
  packet[0] = 0x80 | count;
  packet[1] = type;
  packet.writeUInt16BE(length / 4 - 1, 2);
  return packet;
};

/** A report of what `ssrc` sent (null: nothing) and heard, and its canonical name: the compound that RFC 3550 6.1 asks for. */
export function writeReport(
  ssrc: number,
  sender: SenderInfo | null,
  reports: readonly ReceptionReport[],
  cname: string,
): Buffer {
  const heard = reports.slice(0, 31);
  const from = sender ? 8 + SENDER : 8;
  const packet = header(heard.length, sender ? SR : RR, from + heard.length * REPORT);
  packet.writeUInt32BE(ssrc, 4);
  if (sender) {
    const words = [sender.ntpSeconds, sender.ntpFraction, sender.rtpTimestamp, sender.packets, sender.octets];
    words.forEach((word, index) => {
      packet.writeUInt32BE(word >>> 0, 8 + 4 * index);
    });
  }
  heard.forEach((report, index) => {
    writeReception(packet, from + index * REPORT, report);
  });
  return Buffer.concat([packet, writeCname(ssrc, cname)]);
}

/** `ssrc` leaves: an empty report, its name and a goodbye. */
export function writeGoodbye(ssrc: number, cname: string): Buffer {
  const goodbye = header(1, BYE, 8);
  goodbye.writeUInt32BE(ssrc, 4);
  return Buffer.concat([writeReport(ssrc, null, [], cname), goodbye]);
}

function writeReception(packet: Buffer, at: number, report: ReceptionReport): void {
  packet.writeUInt32BE(report.ssrc, at);
  packet[at + 4] = report.fractionLost;
  packet.writeIntBE(Math.max(-0x80_0000, Math.min(0x7f_ffff, report.lost)), at + 5, 3);
  packet.writeUInt32BE(report.highestSequence, at + 8);
  packet.writeUInt32BE(report.jitter, at + 12);
  packet.writeUInt32BE(report.lastSenderReport, at + 16);
  packet.writeUInt32BE(report.delaySinceLast, at + 20);
}

function writeCname(ssrc: number, cname: string): Buffer {
  const name = Buffer.from(cname, 'utf8').subarray(0, 255);
  // At least one zero byte closes the chunk.
  const packet = header(1, SDES, 4 + 4 * Math.ceil((4 + 2 + name.length + 1) / 4));
  packet.writeUInt32BE(ssrc, 4);
  packet[8] = CNAME;
  packet[9] = name.length;
  packet.set(name, 10);
  return packet;
}
