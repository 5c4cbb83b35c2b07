/** Route and Record-Route as a proxy reads and writes them (RFC 3261 16.4, 16.6 step 4; RFC 5658 for two transports). Pure. */
import type { SipRequest } from '../message/message.ts';
import { parseNameAddr } from '../message/name-addr.ts';
import { formatUri, parseUri, type SipUri } from '../message/uri.ts';
import type { TransportName } from '../transport/flow.ts';

/** Where the box is reached by one transport, as it stands in Contact, Route and Via. */
export interface Door {
  readonly transport: TransportName;
  /** IPv6 in brackets. */
  readonly host: string;
  readonly port: number;
}

/** What the Route headers of a request say. */
export interface RouteTaken {
  /** User part of our own topmost entry: whom the request is for. Null: none of ours, or none with a user. */
  readonly token: string | null;
  /** Entries for those behind us, as they stood. */
  readonly rest: readonly string[];
}

export const isOurs = (uri: SipUri | null, doors: readonly Door[]): boolean =>
  uri !== null &&
  doors.some(({ transport, host, port }) => {
    const standard = transport === 'TLS' ? 5061 : 5060;
    return uri.host === host.toLowerCase() && (uri.port ?? standard) === port;
  });

/** Takes our entries off the top: two where the transports of both sides differ (RFC 5658 3). */
export function takeRoutes({ headers }: SipRequest, doors: readonly Door[]): RouteTaken {
  const routes = headers.all('Route');
  const uris = routes.map((route) => parseUri(parseNameAddr(route)?.uri ?? ''));
  const foreign = uris.findIndex((uri) => !isOurs(uri, doors));
  const ours = foreign < 0 ? routes.length : foreign;
  const token = uris.slice(0, ours).find((uri) => uri?.user)?.user ?? null;
  return { token, rest: routes.slice(ours) };
}

/** A URI of ours, reached by `door`: `sip:token@192.0.2.1:5061;transport=tls`. */
export function doorUri({ transport, host, port }: Door, user: string | null, flags: readonly string[] = []): string {
  const params = new Map<string, string | null>();
  if (transport !== 'UDP') params.set('transport', transport.toLowerCase());
  for (const flag of flags) params.set(flag, null);
  return formatUri({ scheme: 'sip', user, host, port, params, headers: '' });
}

/**
 * Record-Route values of ours for a request from one side to the other, the top one first: one when both sides reach us by the same
 * door, else one for each. Both carry the token of the phone that the dialog belongs to.
 */
export function recordRoutes(from: Door, to: Door, token: string): readonly string[] {
  const value = (door: Door) => `<${doorUri(door, token, ['lr'])}>`;
  return from.transport === to.transport && from.port === to.port ? [value(to)] : [value(to), value(from)];
}
