/**
 * Recording sessions without metadata: Cisco's built-in bridge sends each direction of a call as a session of its own, and says in its
 * From whose it is (sip-field, SIPREC dialects 6).
 */
import type { SipRequest } from '../../sip/message/message.ts';
import { parseNameAddr } from '../../sip/message/name-addr.ts';
import { parseUri } from '../../sip/message/uri.ts';
import { partyOf, UNKNOWN_PARTY } from './metadata/parties.ts';

/** One direction of a call. */
export interface Direction {
  /** The same in both INVITEs of the call. */
  readonly call: string;
  /** Whose voice it is: that of the phone that is recorded, or of whom it speaks with. */
  readonly voice: 'near' | 'far';
  /** Who calls whom is not said: the far end is taken for the caller, as in most calls that are recorded. */
  readonly caller: string;
  readonly callee: string;
}

/** Null: this is no such INVITE. */
export function directionOf({ headers }: SipRequest): Direction | null {
  const uri = parseUri(parseNameAddr(headers.get('From') ?? '')?.uri ?? '');
  const call = uri?.params.get('x-refci');
  if (!uri || !call) return null;
  const near = uri.params.has('x-nearend');
  if (near === uri.params.has('x-farend')) return null;
  const far = uri.params.get('x-farendaddr');
  return {
    call,
    voice: near ? 'near' : 'far',
    caller: far ? partyOf(far) : UNKNOWN_PARTY,
    callee: uri.user === null ? UNKNOWN_PARTY : partyOf(uri.user),
  };
}
