/** Who counts as one sender. */
import { BlockList, isIP } from 'node:net';
import { problem } from '../problems.ts';

/** The network that one subscriber has: an IPv4 address, or the /64 of an IPv6 address as `2001:db8:1:2::/64`. */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const [head, tail] = address.split('%')[0]!.split('::') as [string, string | undefined];
  const before = head === '' ? [] : head.split(':');
  const after = tail ? tail.split(':') : [];
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  const groups = [...before, ...new Array<string>(zeros).fill('0'), ...after].slice(0, 4);
  return `${groups.map((group) => group.replace(/^0+(?=.)/, '').toLowerCase()).join(':')}::/64`;
}

/** What a person means who names a banned source: an address, its network, or one port of it as the list of bans writes that. */
export function namedSource(text: string): string {
  const isPort = /^(?:[\d.]+|\[.*\]):\d+$/.test(text);
  return isPort ? text : networkOf(text.replace(/\/64$/, ''));
}

/**
 * Whether an address is in one of `ranges`: addresses, or networks such as `192.0.2.0/24`.
 * @throws Problem `bad_range`.
 */
export function within(ranges: readonly string[]): (address: string) => boolean {
  if (ranges.length === 0) return () => false;
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', prefix] = range.split('/');
    const family = isIP(address);
    const bits = prefix === undefined ? (family === 4 ? 32 : 128) : Number(prefix);
    const fits = family !== 0 && /^\d{1,3}$/.test(prefix ?? '0') && bits <= (family === 4 ? 32 : 128);
    if (!fits) throw problem('bad_range', range);
    list.addSubnet(address, bits, family === 4 ? 'ipv4' : 'ipv6');
  }
  return (address) => list.check(address, address.includes(':') ? 'ipv6' : 'ipv4');
}
