/**
 * Messages as a capture file that Wireshark and tshark read: the signalling alone, never sound. Packets are made up around the text: IP and
 * UDP with the real addresses and ports also for what went over TCP or TLS, whose bytes on the wire would say nothing.
 * Format: libpcap, https://www.tcpdump.org/manpages/pcap-savefile.5.html, link type 101 (raw IP).
 */
import { isIPv6 } from 'node:net';
import type { Endpoint, TracedMessage } from './traced.ts';

const MAGIC = 0xa1b2c3d4;
const LINKTYPE_RAW = 101;
const PROTOCOL_UDP = 17;
/** Longest packet: what an IPv4 length can say. */
const SNAPLEN = 65_535;
const HOPS = 64;

/** RFC 1071: ones' complement sum of 16-bit words. */
function checksum(...parts: readonly Buffer[]): number {
  const all = Buffer.concat(parts);
  let sum = 0;
  for (let at = 0; at < all.length; at += 2) sum += (all[at]! << 8) | (all[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

const ipv4 = (address: string): Buffer => Buffer.from(address.split('.').map(Number));

function ipv6(address: string): Buffer {
  const [plain = ''] = address.split('%');
  // An IPv4 tail is two groups (RFC 4291 2.2).
  const text = plain.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...parts: string[]) => {
    const [a, b, c, d] = parts.map(Number) as [number, number, number, number];
    return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  });
  const [left = '', right] = text.split('::');
  const groups = (half: string) => (half === '' ? [] : half.split(':').map((group) => Number.parseInt(group, 16)));
  const [before, after] = [groups(left), right === undefined ? [] : groups(right)];
  const filled = [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
  const bytes = Buffer.alloc(16);
  for (const [at, group] of filled.entries()) bytes.writeUInt16BE(group, at * 2);
  return bytes;
}

function packet(from: Endpoint, to: Endpoint, payload: Buffer): Buffer {
  const six = isIPv6(from.address) || isIPv6(to.address);
  const [source, destination] = six ? [ipv6(from.address), ipv6(to.address)] : [ipv4(from.address), ipv4(to.address)];
  const udp = Buffer.alloc(8);
  udp.writeUInt16BE(from.port, 0);
  udp.writeUInt16BE(to.port, 2);
  udp.writeUInt16BE(8 + payload.length, 4);
  const pseudo = Buffer.alloc(4);
  pseudo.writeUInt16BE(PROTOCOL_UDP, 0);
  pseudo.writeUInt16BE(8 + payload.length, 2);
  // RFC 768: a sum of zero is written as all ones.
  udp.writeUInt16BE(checksum(source, destination, pseudo, udp, payload) || 0xffff, 6);
  const head = Buffer.alloc(six ? 40 : 20);
  if (six) {
    head.writeUInt32BE(0x60000000, 0);
    head.writeUInt16BE(8 + payload.length, 4);
    head[6] = PROTOCOL_UDP;
    head[7] = HOPS;
    source.copy(head, 8);
    destination.copy(head, 24);
  } else {
    head[0] = 0x45;
    head.writeUInt16BE(28 + payload.length, 2);
    head[8] = HOPS;
    head[9] = PROTOCOL_UDP;
    source.copy(head, 12);
    destination.copy(head, 16);
    head.writeUInt16BE(checksum(head), 10);
  }
  return Buffer.concat([head, udp, payload]);
}

/** The capture file. */
export function pcapOf(messages: readonly TracedMessage[]): Buffer {
  const head = Buffer.alloc(24);
  head.writeUInt32LE(MAGIC, 0);
  head.writeUInt16LE(2, 4);
  head.writeUInt16LE(4, 6);
  head.writeUInt32LE(SNAPLEN, 16);
  head.writeUInt32LE(LINKTYPE_RAW, 20);
  const records = messages.flatMap(({ at, direction, local, remote, text }) => {
    const [from, to] = direction === 'received' ? [remote, local] : [local, remote];
    const bytes = packet(from, to, Buffer.from(text));
    const record = Buffer.alloc(16);
    record.writeUInt32LE(Math.floor(at / 1000), 0);
    record.writeUInt32LE(Math.floor(at % 1000) * 1000, 4);
    record.writeUInt32LE(bytes.length, 8);
    record.writeUInt32LE(bytes.length, 12);
    return [record, bytes];
  });
  return Buffer.concat([head, ...records]);
}
