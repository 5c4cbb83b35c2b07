/** How a proxy knows a request again that it has passed on and that came back unchanged (RFC 3261 16.3 item 4, 16.6 step 8). */
import { createHmac } from 'node:crypto';
import type { SipRequest } from '../message/message.ts';
import { tagOf } from '../message/name-addr.ts';
import { parseVia } from '../message/via.ts';

/** Characters of the mark: 64 bits, so that no two requests share one by chance. */
const MARK_LENGTH = 16;

/**
 * What the way of a request depends on, as a keyed hash: the same request gives the same mark, one that was sent on to another address
 * (a spiral) another one. The topmost Via is not in it: it differs on every round of a loop (RFC 5393 4.2.2).
 */
export function loopMark({ method, uri, headers }: SipRequest, secret: Buffer): string {
  const parts = [
    method,
    uri,
    tagOf(headers.get('From')),
    tagOf(headers.get('To')),
    headers.get('Call-ID'),
    headers.get('CSeq'),
    headers.all('Route'),
    headers.all('Proxy-Require'),
    headers.all('Proxy-Authorization'),
  ];
  return createHmac('sha256', secret).update(JSON.stringify(parts)).digest('hex').slice(0, MARK_LENGTH);
}

/** Whether one of the Vias is ours and was set on this very request. */
export const isLoop = ({ headers }: SipRequest, mark: string): boolean =>
  headers.all('Via').some((via) => parseVia(via)?.branch?.endsWith(mark));
