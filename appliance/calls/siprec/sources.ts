/** Who may send copies of calls, and how an INVITE of theirs is known. */
import type { Clock } from '@belkluis/shared/base/clock';
import type { Siprec, SiprecSource } from '../../lines/siprec.ts';
import { within } from '../../sip/defence/source.ts';
import type { SipRequest } from '../../sip/message/message.ts';
import { parseNameAddr } from '../../sip/message/name-addr.ts';
import type { Flow } from '../../sip/transport/flow.ts';
import { metadataBytes } from './body.ts';
import { directionOf } from './built-in-bridge.ts';

export type SourceRefusal = 'unknown_source' | 'wrong_certificate' | 'tls_required';

/** Until when (wall clock, ms) a source may do without TLS and SRTP. */
export const plainUntilOf = ({ plainUntil }: SiprecSource): number =>
  plainUntil === undefined ? 0 : Date.parse(plainUntil);

/** Whether an address is one that this source sends from; a source that is known by its certificate alone may send from anywhere. */
const isHere = ({ addresses }: SiprecSource, address: string): boolean =>
  addresses.length === 0 || within(addresses)(address);

const shows = ({ certificate }: SiprecSource, { peerFingerprint }: Flow): boolean =>
  certificate === undefined || certificate === peerFingerprint;

/** The source behind a flow, or why there is none. */
export function sourceOf(sources: readonly SiprecSource[], flow: Flow, now: number): SiprecSource | SourceRefusal {
  const here = sources.filter((source) => isHere(source, flow.remote.address));
  if (here.length === 0) return 'unknown_source';
  const known = here.find((source) => shows(source, flow));
  if (!known) return 'wrong_certificate';
  return flow.secure || plainUntilOf(known) > now ? known : 'tls_required';
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
export const comesUnmarked = (sources: readonly SiprecSource[], flow: Flow): boolean =>
  sources.some((source) => source.unmarked && isHere(source, flow.remote.address) && shows(source, flow));

/**
 * For whoever limits strangers: the sources of `siprec`, which may change. A source that is known by its certificate alone connects like
 * anybody, and is known when it has shown it.
 */
export function knownSources(siprec: () => Siprec | null, clock: Pick<Clock, 'now'>) {
  let of: Siprec | null = null;
  let here = within([]);
  const now = () => {
    const told = siprec();
    if (told !== of) here = within(told?.sources.flatMap(({ addresses }) => addresses) ?? []);
    of = told;
    return told?.sources ?? [];
  };
  return {
    mayConnect: (address: string): boolean => now().length > 0 && here(address),
    speaks(flow: Flow): boolean {
      const sources = now();
      // Asked of every datagram: most come from nobody who is named.
      const may = sources.length > 0 && (flow.peerFingerprint !== null || here(flow.remote.address));
      return may && typeof sourceOf(sources, flow, clock.now()) === 'object';
    },
  };
}
