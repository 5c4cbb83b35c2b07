/** Who does not want to be known, in the ways that SIP says it (RFC 3323, RFC 3325, Cisco's Remote-Party-ID). Pure. */
import type { SipMessage } from './message.ts';
import { parseNameAddr } from './name-addr.ts';
import { parseUri, type SipUri } from './uri.ts';

/** The one name of who does not say who they are, or do not want it known: in records, rules, and wherever something is shown. */
export const ANONYMOUS = 'anonymous';

/** RFC 3323 4.1.1.3: what a withheld From says. */
export const ANONYMOUS_FROM = '"Anonymous" <sip:anonymous@anonymous.invalid>';

/** RFC 3323 4.1.1.3, and the names that networks write in its place. */
export const isAnonymous = (uri: Pick<SipUri, 'user' | 'host'> | null): boolean =>
  uri !== null && (uri.host === 'anonymous.invalid' || uri.user?.toLowerCase() === ANONYMOUS);

/** RFC 3323 4.2, RFC 3325 9.3: `id`, `user` and `header` each hide who speaks; `none` asks that nobody adds that. */
function asksPrivacy({ headers }: SipMessage): boolean {
  const wishes = headers.all('Privacy').flatMap((value) => value.toLowerCase().split(/[;,\s]+/));
  return wishes.some((wish) => wish === 'id' || wish === 'user' || wish === 'header' || wish === 'full');
}

const isHidden = (value: string): boolean =>
  !['', 'off'].includes(parseNameAddr(value)?.params.get('privacy')?.toLowerCase() ?? '');

/** Whether the sender of an INVITE, or of an answer to one, withholds who that is. A From that nobody can read says nobody. */
export function withholds(message: SipMessage): boolean {
  const { headers } = message;
  if (asksPrivacy(message) || headers.all('Remote-Party-ID').some(isHidden)) return true;
  if (message.kind !== 'request') return false;
  const from = parseUri(parseNameAddr(headers.get('From') ?? '')?.uri ?? '');
  return from === null || isAnonymous(from);
}
