/** Which addresses are of the internet: the one place that says where requests to what somebody typed may go. Pure. */
import { BlockList, isIP } from 'node:net';

/** Not of the internet (IANA special-purpose registries, RFC 6890 and its followers): this machine, its networks, tests, many at once. */
const NOT_PUBLIC: readonly (readonly [address: string, bits: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
];

/** Of IPv6 only this is routed; in it some are not, or lead to an IPv4 address that was not looked at (Teredo, 6to4). */
const PUBLIC_IPV6 = ['2000::', 3] as const;
const NOT_PUBLIC_IPV6: readonly (readonly [address: string, bits: number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

function blockOf(nets: readonly (readonly [string, number])[], family: 'ipv4' | 'ipv6'): BlockList {
  const block = new BlockList();
  for (const [address, bits] of nets) block.addSubnet(address, bits, family);
  return block;
}

const notPublic = blockOf(NOT_PUBLIC, 'ipv4');
const publicIpv6 = blockOf([PUBLIC_IPV6], 'ipv6');
const notPublicIpv6 = blockOf(NOT_PUBLIC_IPV6, 'ipv6');

export interface Net {
  readonly address: string;
  readonly bits: number;
}

/** `10.1.0.0/16` or `fd00::/8`; null: it is none. */
export function parseNet(text: string): Net | null {
  const [, address = '', bits = ''] = /^([0-9a-fA-F.:]+)\/(\d{1,3})$/.exec(text) ?? [];
  const family = isIP(address);
  if (family === 0 || Number(bits) > (family === 4 ? 32 : 128)) return null;
  return { address, bits: Number(bits) };
}

const familyOf = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** An IPv4 address in the clothes of IPv6, as a socket may tell it. */
const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

const plain = (literal: string): string => MAPPED.exec(literal)?.[1] ?? literal;

/** Whether an address, as an IP literal, is somebody's on the internet, not one of this machine or its networks. */
export function isPublic(literal: string): boolean {
  const address = plain(literal);
  if (isIP(address) === 0) return false;
  if (familyOf(address) === 'ipv4') return !notPublic.check(address, 'ipv4');
  return publicIpv6.check(address, 'ipv6') && !notPublicIpv6.check(address, 'ipv6');
}

/** Whether something may be sent to an address, as an IP literal: to those of the internet, and to what whoever runs the server allows. */
export function mayReach(literal: string, allowed: readonly Net[]): boolean {
  const address = plain(literal);
  if (isIP(address) === 0) return false;
  const own = new BlockList();
  for (const net of allowed) own.addSubnet(net.address, net.bits, familyOf(net.address));
  return own.check(address, familyOf(address)) || isPublic(address);
}
