/** From a name to the servers behind it, in the order in which they are tried: RFC 3263 4. */
import { isIP, isIPv6 } from 'node:net';
import type { Chance } from '@belkluis/shared/base/chance';
import { problem } from '../problems.ts';
import type { Target, TransportName } from '../transport/flow.ts';
import type { Answer, Dns, Naptr, Srv } from './dns.ts';
import { MAX_TARGETS } from './limits.ts';
import { inOrder } from './weighted.ts';

export interface Wanted {
  /** Name or address, without brackets. */
  readonly host: string;
  readonly port?: number | undefined;
  readonly transport?: TransportName | undefined;
  /** Only over TLS, as for a sips URI. */
  readonly secure: boolean;
}

export interface LocateParts {
  readonly dns: Dns;
  readonly chance: Chance;
  /** What the box can send from. */
  readonly families: readonly (4 | 6)[];
}

/** NAPTR services that we speak, and where they look for SRV (RFC 3263 4.1; SIPS+D2T is TLS over TCP). */
const SERVICES: Readonly<Record<string, TransportName>> = { 'SIPS+D2T': 'TLS', 'SIP+D2T': 'TCP', 'SIP+D2U': 'UDP' };
const SRV_PREFIX: Readonly<Record<TransportName, string>> = { TLS: '_sips._tcp', TCP: '_sip._tcp', UDP: '_sip._udp' };

const defaultPort = (transport: TransportName): number => (transport === 'TLS' ? 5061 : 5060);

/** Where names begin when the DNS knows no services: what is safe first. */
const PREFERENCE: readonly TransportName[] = ['TLS', 'UDP', 'TCP'];

/**
 * Servers of `wanted`, best first; at most MAX_TARGETS. Chance decides among equals, anew each time. The name that a certificate must
 * carry is `wanted.host`, wherever the DNS leads: whoever answers for the DNS must not choose whom we trust (RFC 5922 4).
 * @throws Problem `dns_failed`, `name_unknown`.
 */
export async function locate(wanted: Wanted, parts: LocateParts): Promise<readonly Target[]> {
  return (await locateAll(wanted, parts)).targets;
}

export interface Located {
  readonly targets: readonly Target[];
  /** Of all servers that were found, those beyond MAX_TARGETS as well. */
  readonly addresses: readonly string[];
  /** How long the answers that led there are good, ms; infinite when nothing had to be asked. */
  readonly goodForMs: number;
}

/** The same with all that the DNS said. @throws Problem `dns_failed`, `name_unknown`. */
export async function locateAll(wanted: Wanted, parts: LocateParts): Promise<Located> {
  let goodForMs = Number.POSITIVE_INFINITY;
  const timed = async <T>(asked: Promise<Answer<T>>): Promise<Answer<T>> => {
    const answer = await asked;
    if (answer.records.length > 0) goodForMs = Math.min(goodForMs, answer.ttlMs);
    return answer;
  };
  const dns: Dns = {
    naptr: (name) => timed(parts.dns.naptr(name)),
    srv: (name) => timed(parts.dns.srv(name)),
    addresses: (name, family) => timed(parts.dns.addresses(name, family)),
  };
  const targets = await found(wanted, { ...parts, dns });
  if (targets.length === 0) throw problem('name_unknown', wanted.host);
  return { targets: targets.slice(0, MAX_TARGETS), addresses: targets.map(({ address }) => address), goodForMs };
}

async function found({ host, port, transport, secure }: Wanted, parts: LocateParts): Promise<Target[]> {
  const spoken = (one: TransportName) => !secure || one === 'TLS';
  const only = transport ?? (secure ? 'TLS' : undefined);
  if (only !== undefined && !spoken(only)) return [];
  const plain = only ?? 'UDP';
  // 4.2: an address, or a port, leaves nothing to look up but the address.
  if (isIP(host) !== 0) {
    const usable = parts.families.includes(isIPv6(host) ? 6 : 4);
    return usable ? [{ transport: plain, address: host, port: port ?? defaultPort(plain) }] : [];
  }
  if (port !== undefined) return onHost(host, port, plain, parts);
  if (transport !== undefined) return byService(host, [transport], parts);
  const naptr = await services(host, spoken, parts);
  if (naptr.length > 0) {
    const lists = [];
    for (const { transport, name } of naptr) lists.push((await behind(name, transport, parts)) ?? []);
    return lists.flat();
  }
  return byService(host, PREFERENCE.filter(spoken), parts);
}

/** SRV records of each transport; where there are none, the name itself as a host (4.2). */
async function byService(host: string, transports: readonly TransportName[], parts: LocateParts): Promise<Target[]> {
  const lists = [];
  for (const transport of transports) {
    lists.push(await behind(`${SRV_PREFIX[transport]}.${host}`, transport, parts));
  }
  if (lists.some((list) => list !== null)) return lists.flatMap((list) => list ?? []);
  // 4.1: without any record it is UDP, and TLS for sips.
  const last = transports.includes('UDP') ? 'UDP' : transports[0]!;
  return onHost(host, defaultPort(last), last, parts);
}

/** What the domain says it speaks, in its order. A DNS server that knows no NAPTR does not end the call. */
async function services(host: string, spoken: (transport: TransportName) => boolean, { dns }: LocateParts) {
  const { records } = await dns.naptr(host).catch(() => ({ records: [] as readonly Naptr[] }));
  return [...records]
    .sort((a, b) => a.order - b.order || a.preference - b.preference)
    .flatMap(({ service, flags, replacement: name }) => {
      const transport = SERVICES[service.toUpperCase()];
      return transport && flags.toLowerCase() === 's' && name !== '' && spoken(transport) ? [{ transport, name }] : [];
    });
}

/** The hosts of one SRV name; null: it has no record. RFC 2782: a target of `.` says that there is no such service. */
async function behind(name: string, transport: TransportName, parts: LocateParts): Promise<Target[] | null> {
  // Some servers fail at names with underscores and know the host all the same; when none answers at all, the host says so.
  const { records } = await parts.dns.srv(name).catch(() => ({ records: [] as readonly Srv[] }));
  if (records.length === 0) return null;
  const hosts = inOrder(
    records.filter(({ name: host }) => host !== '' && host !== '.'),
    parts.chance,
  );
  const lists = [];
  // One host whose address cannot be found is one server less.
  for (const { name: host, port } of hosts.slice(0, MAX_TARGETS)) {
    lists.push(await onHost(host, port, transport, parts).catch(() => []));
  }
  return lists.flat();
}

async function onHost(host: string, port: number, transport: TransportName, parts: LocateParts): Promise<Target[]> {
  const lists = [];
  for (const family of parts.families) {
    const { records } = await parts.dns.addresses(host, family);
    lists.push(records.map((address) => ({ transport, address, port })));
  }
  return lists.flat();
}
