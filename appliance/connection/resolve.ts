/** Names to addresses: SRV where nothing else is said, in their order, then A and AAAA (RFC 3263 4). */
import { promises as dns } from 'node:dns';
import { isIP } from 'node:net';
import type { Target, TransportName } from '../sip/transport/flow.ts';
import { type Tried, usualPort } from './target.ts';

/** Rejects with the DNS's own error: `ENOTFOUND`, `ENODATA`, `ETIMEOUT`, … */
export type Resolve = (tried: Tried) => Promise<readonly Target[]>;

/** Addresses of one name that are tried: a test is no scan. */
const MAX_ADDRESSES = 4;

const services: readonly (readonly [string, TransportName])[] = [
  ['_sips._tcp', 'TLS'],
  ['_sip._tcp', 'TCP'],
  ['_sip._udp', 'UDP'],
];

async function addressesOf(host: string, port: number, transport: TransportName): Promise<Target[]> {
  const found = await dns.lookup(host, { all: true });
  return found.map(({ address }) => ({ address, port, transport }));
}

async function servicesOf(host: string, wanted: TransportName | null): Promise<Target[]> {
  for (const [service, transport] of services) {
    if (wanted !== null && wanted !== transport) continue;
    const records = await dns.resolveSrv(`${service}.${host}`).catch(() => []);
    records.sort((a, b) => a.priority - b.priority || b.weight - a.weight);
    for (const { name, port } of records) {
      const targets = await addressesOf(name, port, transport).catch(() => []);
      if (targets.length > 0) return targets;
    }
  }
  return [];
}

export const systemResolve: Resolve = async ({ host, port, transport }) => {
  if (isIP(host) === 0 && port === null) {
    const targets = await servicesOf(host, transport);
    if (targets.length > 0) return targets.slice(0, MAX_ADDRESSES);
  }
  const used = transport ?? (port === 5061 ? 'TLS' : 'UDP');
  const at = port ?? usualPort(used);
  if (isIP(host) !== 0) return [{ address: host, port: at, transport: used }];
  return (await addressesOf(host, at, used)).slice(0, MAX_ADDRESSES);
};
