/** From a URI to where its messages go, for addresses; names need the DNS (RFC 3263) and are not resolved here. */
import { isIP } from 'node:net';
import { parseUri } from '../message/uri.ts';
import type { Target, TransportName } from '../transport/flow.ts';

const TRANSPORTS: Readonly<Record<string, TransportName>> = { udp: 'UDP', tcp: 'TCP', tls: 'TLS' };

/** Null when the URI names no address or a transport that we do not have. RFC 3263 4.1, 4.2. */
export function targetOf(text: string): Target | null {
  const uri = parseUri(text);
  if (!uri || uri.scheme === 'tel') return null;
  const address = (uri.params.get('maddr') ?? uri.host).replace(/^\[|\]$/g, '');
  if (isIP(address) === 0) return null;
  const named = uri.params.get('transport')?.toLowerCase();
  const byName = named === undefined ? 'UDP' : TRANSPORTS[named];
  const transport = uri.scheme === 'sips' ? 'TLS' : byName;
  if (!transport) return null;
  return { transport, address, port: uri.port || (transport === 'TLS' ? 5061 : 5060) };
}
