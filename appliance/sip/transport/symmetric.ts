/** Notes in the top Via where a request really came from (RFC 3261 18.2.1, RFC 3581 4), overwriting what the peer wrote. */
import { Headers } from '../message/headers.ts';
import type { SipRequest } from '../message/message.ts';
import { splitOutside } from '../message/text.ts';
import { formatVia, parseVia } from '../message/via.ts';
import type { Address } from './flow.ts';

const isVia = (name: string) => /^(?:via|v)$/i.test(name);

/**
 * `received` and `rport` always, asked for or not: phones behind NAT that do not ask still need the answer where they
 * sent from (sip-field fact 1), and we send it there whatever the Via says.
 */
export function withSource(request: SipRequest, source: Address): SipRequest {
  const line = request.headers.entries().findIndex(([name]) => isVia(name));
  const [first, ...below] = line < 0 ? [] : splitOutside(request.headers.entries()[line]![1].trim(), ',');
  const top = first === undefined ? null : parseVia(first);
  if (!top) return request;
  const params = new Map(top.params).set('received', source.address).set('rport', String(source.port));
  const entries = [...request.headers.entries()];
  entries[line] = ['Via', [formatVia({ ...top, params }), ...below].join(', ')];
  return { ...request, headers: Headers.of(entries) };
}
