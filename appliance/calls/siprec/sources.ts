/** Who may send copies of calls, and how an INVITE of theirs is known. */
import { BlockList, isIPv6 } from 'node:net';
import type { SipRequest } from '../../sip/message/message.ts';
import { parseNameAddr } from '../../sip/message/name-addr.ts';
import type { Flow } from '../../sip/transport/flow.ts';
import { metadataBytes } from './body.ts';
import { directionOf } from './built-in-bridge.ts';

/** An SBC or PBX that sends copies of its calls: a session recording client (RFC 7866 3). */
export interface Source {
  /** Of our own choice. */
  readonly id: string;
  /** IP addresses and networks (`198.51.100.0/28`) that it sends from. */
  readonly addresses: readonly string[];
  /** SHA-256 of its TLS certificate as `AB:CD:…`; null: its address is all that it shows. */
  readonly fingerprint: string | null;
  /** Until when (wall clock, ms) it may use UDP or TCP without TLS, and RTP without SRTP. 0: never. */
  readonly plainUntil: number;
  /** It marks its recording sessions by nothing: every INVITE from its addresses is one. */
  readonly unmarked: boolean;
}

export type SourceRefusal = 'unknown_source' | 'wrong_certificate' | 'tls_required';

const listed = ({ addresses }: Source, address: string): boolean => {
  const list = new BlockList();
  for (const entry of addresses) {
    const [network = '', bits] = entry.split('/');
    const family = isIPv6(network) ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(network, family);
    else list.addSubnet(network, Number(bits), family);
  }
  return list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
};

/** The source behind a flow, or why there is none. Its address is asked first: that it may be spoken to is no business of others. */
export function sourceOf(sources: readonly Source[], flow: Flow, now: number): Source | SourceRefusal {
  const here = sources.filter((source) => listed(source, flow.remote.address));
  if (here.length === 0) return 'unknown_source';
  const known = here.find(({ fingerprint }) => fingerprint === null || fingerprint === flow.peerFingerprint);
  if (!known) return 'wrong_certificate';
  return flow.secure || known.plainUntil > now ? known : 'tls_required';
}

/**
 * Whether an INVITE asks for a recording session: by option tag, feature tag (RFC 7866 5.1, 10.1), metadata, or the mark of a built-in
 * bridge. Several sources leave out all but one of these.
 */
export function isMarked(invite: SipRequest): boolean {
  const { headers } = invite;
  return (
    headers.all('Require').some((tag) => tag.toLowerCase() === 'siprec') ||
    headers.all('Contact').some((contact) => parseNameAddr(contact)?.params.has('+sip.src')) ||
    metadataBytes(invite) !== null ||
    directionOf(invite) !== null
  );
}

/** Whether every INVITE on this flow is one. */
export const comesUnmarked = (sources: readonly Source[], flow: Flow): boolean =>
  sources.some((source) => source.unmarked && listed(source, flow.remote.address));
