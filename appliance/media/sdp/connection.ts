/** Where a party wants its media (RFC 8866 5.7, RFC 3605, RFC 5761). */
import { isIP } from 'node:net';
import { attributes, fieldOf, type MediaSection, type SessionDescription } from './description.ts';

export interface MediaAddress {
  /** An IP address, or a name that is not looked up. */
  readonly address: string;
  readonly rtp: number;
  /** The same as `rtp` where both share a port. 0: none. */
  readonly rtcp: number;
}

const nowhere = new Set(['0.0.0.0', '::', '0:0:0:0:0:0:0:0']);

/** Null: nowhere. The stream is off, there is no `c=` line, or it is on hold in the old way, by `c=0.0.0.0` (RFC 3264 8.4). */
export function mediaAddress(description: SessionDescription, section: MediaSection): MediaAddress | null {
  const connection = fieldOf(section.lines, 'c') ?? fieldOf(description.lines, 'c');
  const [network, type, host] = connection?.split(/[ \t]+/) ?? [];
  const address = host?.split('/')[0];
  if (network !== 'IN' || (type !== 'IP4' && type !== 'IP6') || !address || section.port === 0) return null;
  if (!isIP(address) && !/^[A-Za-z0-9.-]{1,255}$/.test(address)) return null;
  if (nowhere.has(address)) return null;
  return { address, rtp: section.port, rtcp: rtcpPort(section) };
}

/** Whether RTP and RTCP may share the RTP port. */
export const rtcpMux = ({ lines }: MediaSection): boolean => attributes(lines, 'rtcp-mux').length > 0;

function rtcpPort(section: MediaSection): number {
  if (rtcpMux(section)) return section.port;
  const port = /^(\d{1,5})(?:\s|$)/.exec(attributes(section.lines, 'rtcp')[0] ?? '')?.[1];
  if (port !== undefined && Number(port) <= 65_535) return Number(port);
  return section.port < 65_535 ? section.port + 1 : 0;
}

/** `IN IP4 192.0.2.1`: how an address of ours is written. */
export const connectionValue = (address: string): string => `IN ${isIP(address) === 6 ? 'IP6' : 'IP4'} ${address}`;
