/** Addresses that the DNS gave for one peer: whoever speaks from there may be the peer, for as long as the answer is good. */
import { isIPv6, SocketAddress } from 'node:net';
import type { Clock } from '@belkluis/shared/base/clock';
import { LINGER_MS, MAX_KNOWN_ADDRESSES } from './limits.ts';

export interface KnownAddresses {
  /** The DNS names these, for `goodForMs`; what it named before stays until its own time is over. */
  saw(addresses: readonly string[], goodForMs: number): void;
  has(address: string): boolean;
}

/** IPv6 addresses have many spellings. */
const spelled = (address: string): string =>
  isIPv6(address) ? new SocketAddress({ address, family: 'ipv6' }).address : address;

export function knownAddresses(clock: Clock): KnownAddresses {
  /** Until when, monotonic ms. */
  const until = new Map<string, number>();
  return {
    saw(addresses, goodForMs) {
      const now = clock.monotonic();
      for (const [address, end] of until) if (end <= now) until.delete(address);
      for (const address of addresses) {
        const key = spelled(address);
        if (until.size < MAX_KNOWN_ADDRESSES || until.has(key)) until.set(key, now + goodForMs + LINGER_MS);
      }
    },
    has: (address) => (until.get(spelled(address)) ?? 0) > clock.monotonic(),
  };
}
