/** Where a 3xx sends a caller (RFC 3261 8.1.3.4, 21.3). */
import { MAX_CONTACTS } from '../limits.ts';
import type { SipResponse } from '../message/message.ts';
import { parseNameAddr } from '../message/name-addr.ts';

/** URIs of its Contacts, by their q, those without one first (20.10), equals in the order given. Empty for other responses. */
export function redirection({ status, headers }: SipResponse): readonly string[] {
  if (status < 300 || status > 399) return [];
  return headers
    .all('Contact')
    .slice(0, MAX_CONTACTS)
    .flatMap((value) => parseNameAddr(value) ?? [])
    .map(({ uri, params }) => ({ uri, q: qOf(params.get('q')) }))
    .sort((a, b) => b.q - a.q)
    .map(({ uri }) => uri);
}

const qOf = (text: string | null | undefined): number => {
  const q = Number(text ?? 1);
  return q >= 0 && q <= 1 ? q : 0;
};
