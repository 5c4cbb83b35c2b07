/** How a call is refused: what the box itself says of a description that it cannot take, and what it passes on of others' refusals. */
import type { OfferRefusal } from '../media/sdp/offer.ts';
import type { SipResponse } from '../sip/message/message.ts';

/** RFC 3261 20.43: 399 is for people to read; who warns is a pseudonym. */
const warning = (advice: string): [string, string] => ['Warning', `399 belkluis "${advice}"`];

interface Refusing {
  reject(status: number, reason?: string, headers?: readonly (readonly [string, string])[]): void;
}

/** Whoever set the peer up reads what to do. */
export function refuseOffer(incoming: Refusing, { status, reason, advice }: OfferRefusal): void {
  incoming.reject(status, reason, advice === undefined ? [] : [warning(advice)]);
}

/** What of a refusal the caller needs: the challenge that is for its own password, and when to try again. */
const PASSED_ON = ['WWW-Authenticate', 'Proxy-Authenticate', 'Retry-After', 'Reason', 'Warning'];
/** And of a redirection where to. */
const REDIRECTED_TO = 'Contact';

export const passedOn = ({ headers, status }: SipResponse): [string, string][] =>
  [...PASSED_ON, ...(status < 400 ? [REDIRECTED_TO] : [])].flatMap((name) =>
    headers.all(name).map((value): [string, string] => [name, value]),
  );
