/** The few bytes of DER that the certificate library has no class for (X.690; RFC 5280 4.2.1.10 and 5.2.3). */
import { isIPv4 } from 'node:net';
// The library's containers need it.
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';

function tlv(tag: number, ...parts: readonly Buffer[]): Buffer {
  const value = Buffer.concat(parts);
  const { length } = value;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), value]);
}

/** Names below which a CA may issue, or may not. */
export interface NameSubtrees {
  /** The organisation in the subject. */
  readonly organisation?: string;
  /** DNS names; '' is every one. */
  readonly dns?: readonly string[];
  /** Address and mask, 8 or 32 bytes. */
  readonly ips?: readonly Buffer[];
}

/** All of IPv4, all of IPv6. */
export const everyAddress: readonly Buffer[] = [Buffer.alloc(8), Buffer.alloc(32)];

/** One address alone. IPv6 as node writes it in a URL, without its brackets. */
export function addressSubtree(address: string): Buffer {
  const bytes = isIPv4(address) ? Buffer.from(address.split('.').map(Number)) : ipv6Bytes(address);
  return Buffer.concat([bytes, Buffer.alloc(bytes.length, 0xff)]);
}

function ipv6Bytes(address: string): Buffer {
  // The parser of URLs knows every way to write one, and writes it in one.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groups = (text: string) => text.split(':').filter((group) => group !== '');
  const [before, after] = [groups(head), tail === undefined ? [] : groups(tail)];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  const all = [...before, ...zeros, ...after].map((group) => group.padStart(4, '0'));
  return Buffer.from(all.join(''), 'hex');
}

/** GeneralName: dNSName [2], directoryName [4], iPAddress [7]; each alone in a GeneralSubtree. */
function subtrees(tag: number, { organisation, dns = [], ips = [] }: NameSubtrees): Buffer {
  const directory =
    organisation === undefined ? [] : [tlv(0xa4, Buffer.from(new x509.Name([{ O: [organisation] }]).toArrayBuffer()))];
  const names = [...directory, ...dns.map((one) => tlv(0x82, Buffer.from(one))), ...ips.map((one) => tlv(0x87, one))];
  return names.length === 0 ? Buffer.alloc(0) : tlv(tag, ...names.map((name) => tlv(0x30, name)));
}

const OID_NAME_CONSTRAINTS = '2.5.29.30';

export const nameConstraints = (permitted: NameSubtrees, excluded: NameSubtrees): x509.Extension =>
  new x509.Extension(
    OID_NAME_CONSTRAINTS,
    true,
    Uint8Array.from(tlv(0x30, subtrees(0xa0, permitted), subtrees(0xa1, excluded))),
  );

const OID_CRL_NUMBER = '2.5.29.20';

/** `number`: whole, positive, below 2^48. */
export function crlNumber(number: number): x509.Extension {
  const hex = number.toString(16);
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  // INTEGER has a sign: a first bit that is set needs a zero before it.
  const value = bytes[0]! >= 0x80 ? Buffer.concat([Buffer.alloc(1), bytes]) : bytes;
  return new x509.Extension(OID_CRL_NUMBER, false, Uint8Array.from(tlv(0x02, value)));
}
