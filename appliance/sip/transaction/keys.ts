/** Which transaction a message belongs to: RFC 3261 17.1.3 for responses, 17.2.3 for requests, also from RFC 2543 peers. */
import { parseCSeq } from '../message/cseq.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { tagOf } from '../message/name-addr.ts';
import { parseVia, type Via } from '../message/via.ts';

/** What a branch starts with when it is unique (RFC 3261 8.1.1.7). */
export const COOKIE = 'z9hG4bK';

/** The cookie alone identifies nothing: a peer that sends only that is matched as one without branches (RFC 4475 3.2.1). */
const hasUniqueBranch = (via: Via): boolean =>
  via.branch !== null && via.branch.length > COOKIE.length && via.branch.toLowerCase().startsWith(COOKIE.toLowerCase());

export const clientKey = (branch: string, method: string): string => `${branch} ${method}`;

/** Null for a response that names no branch. Whether it has the Vias of the request is asked where that is at hand (8.1.3.3). */
export function clientKeyOf(response: SipResponse): string | null {
  const via = parseVia(response.headers.all('Via')[0] ?? '');
  const cseq = parseCSeq(response.headers.get('CSeq'));
  return via?.branch && cseq ? clientKey(via.branch, cseq.method) : null;
}

/** An ACK belongs to its INVITE's transaction. */
const matched = (method: string): string => (method === 'ACK' ? 'INVITE' : method);

/**
 * `source`: address the request came from. It is part of the key, so that nobody else on the network can end or repeat a
 * transaction by guessing a phone's branch. Ports are not: a phone may cancel over a new connection.
 */
export function serverKeyOf(request: SipRequest, source: string, method = matched(request.method)): string | null {
  const text = request.headers.all('Via')[0];
  const via = text === undefined ? null : parseVia(text);
  if (!via) return null;
  if (hasUniqueBranch(via)) {
    return JSON.stringify([source, via.branch, via.host, via.port, method]);
  }
  const { headers } = request;
  const cseq = parseCSeq(headers.get('CSeq'));
  return JSON.stringify([
    source,
    request.uri,
    tagOf(headers.get('From')),
    headers.get('Call-ID'),
    cseq?.number,
    text,
    method,
  ]);
}

/** An ACK from a peer without branches also has to carry the To tag that our response gave (17.2.3). */
export function acknowledges(ack: SipRequest, response: SipResponse): boolean {
  const via = parseVia(ack.headers.all('Via')[0] ?? '');
  if (via && hasUniqueBranch(via)) return true;
  return tagOf(ack.headers.get('To')) === tagOf(response.headers.get('To'));
}

/**
 * The same for every copy of one request that reached us over different paths (8.2.2.2). A PBX forks one request to several phones
 * behind us: another Request-URI is another addressee, no copy. Null inside a dialog, where the question does not arise.
 */
export function mergeKeyOf(request: SipRequest): string | null {
  const { headers, uri } = request;
  if (tagOf(headers.get('To')) !== null) return null;
  return JSON.stringify([uri, tagOf(headers.get('From')), headers.get('Call-ID'), headers.get('CSeq')]);
}
