/** Notes in the top Via where a request really came from (RFC 3261 18.2.1, RFC 3581 4), overwriting what the peer wrote. */
import { Headers } from '../message/headers.ts';
import type { SipRequest } from '../message/message.ts';
import { formatVia, parseVia } from '../message/via.ts';
import type { Address } from './flow.ts';

const isVia = (name: string) => /^(?:via|v)$/i.test(name);

/**
 * `received` and `rport` always, asked for or not: phones behind NAT that do not ask still need the answer where they
 * sent from (sip-field fact 1), and we send it there whatever the Via says.
 */
export function withSource(request: SipRequest, source: Address): SipRequest {
  const vias = request.headers.all('Via');
  const top = vias[0] === undefined ? null : parseVia(vias[0]);
  if (!top) return request;
  const params = new Map(top.params).set('received', source.address).set('rport', String(source.port));
  const entries: (readonly [string, string])[] = [['Via', formatVia({ ...top, params })]];
  for (const below of vias.slice(1)) entries.push(['Via', below]);
  for (const entry of request.headers.entries()) if (!isVia(entry[0])) entries.push(entry);
  return { ...request, headers: Headers.of(entries) };
}
