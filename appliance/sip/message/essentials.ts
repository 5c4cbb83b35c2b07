/** The gate in front of transactions: what a message must have before anybody acts on it (RFC 3261 8.1.1, 8.2, 16.3). */
import { parseCSeq } from './cseq.ts';
import type { SipRequest, SipResponse } from './message.ts';
import { parseNameAddr } from './name-addr.ts';
import { parseUri } from './uri.ts';
import { parseVia } from './via.ts';

export interface Refusal {
  readonly status: number;
  readonly reason: string;
}

const bad = (what: string): Refusal => ({ status: 400, reason: `Bad ${what}` });

const single = ['from', 'to', 'call-id', 'cseq'] as const;

/** Null when the request may go on; else the answer that it gets. */
export function checkRequest({ method, uri, headers }: SipRequest): Refusal | null {
  for (const name of single) {
    const lines = headers.lines(name);
    if (lines !== 1) return { status: 400, reason: `${lines === 0 ? 'Missing' : 'Repeated'} ${name}` };
  }
  const vias = headers.all('via');
  if (vias.length === 0 || vias.some((via) => parseVia(via) === null)) return bad('Via');
  for (const name of ['from', 'to'] as const) if (!parseNameAddr(headers.get(name)!)) return bad(name);
  if (!/^\S+$/.test(headers.get('call-id')!)) return bad('call-id');
  const cseq = parseCSeq(headers.get('cseq'));
  if (!cseq) return bad('cseq');
  if (cseq.method !== method) return { status: 400, reason: 'CSeq names another method' };
  if (headers.lines('max-forwards') > 1) return { status: 400, reason: 'Repeated max-forwards' };
  const hops = headers.get('max-forwards');
  if (hops !== undefined && !(/^\d{1,6}$/.test(hops) && Number(hops) <= 255)) return bad('max-forwards');
  const contacts = headers.all('contact');
  if (contacts.some((contact) => contact !== '*' && !parseNameAddr(contact))) return bad('contact');
  return checkUri(uri);
}

function checkUri(text: string): Refusal | null {
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) return bad('Request-URI');
  if (!['sip', 'sips', 'tel'].includes(scheme)) return { status: 416, reason: 'Unsupported URI Scheme' };
  const uri = parseUri(text);
  // Headers are not allowed in a Request-URI (RFC 3261 19.1.1).
  return uri && uri.headers === '' ? null : bad('Request-URI');
}

/** False: drop it without a word (RFC 3261 8.1.3.3, 18.1.2). */
export function checkResponse({ headers }: SipResponse): boolean {
  if (single.some((name) => headers.lines(name) !== 1)) return false;
  const vias = headers.all('via');
  if (vias.length === 0 || vias.some((via) => parseVia(via) === null)) return false;
  return parseCSeq(headers.get('cseq')) !== null;
}
