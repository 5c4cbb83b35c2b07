/** Whom to try: `sip.example.net`, `192.0.2.1:5061;transport=tls`, `sips:pbx.example`. */
import { problemsOf } from '@belkluis/shared/base/problem';
import { parseUri } from '../sip/message/uri.ts';
import type { TransportName } from '../sip/transport/flow.ts';

const problem = problemsOf({
  target_wrong:
    'This names no machine. Give a host name or IP address, and if need be port and transport: pbx.example:5061;transport=tls.',
});

export interface Tried {
  /** Lower case; IPv6 without brackets. */
  readonly host: string;
  /** Null: the DNS says, or the usual one. */
  readonly port: number | null;
  /** Null: the DNS says. */
  readonly transport: TransportName | null;
}

const transports: Readonly<Record<string, TransportName>> = { udp: 'UDP', tcp: 'TCP', tls: 'TLS' };

/** Longest text that is looked at, characters: a host name has 253. */
const MAX_LENGTH = 300;

/** @throws Problem `target_wrong`. */
export function targetIn(text: string): Tried {
  const trimmed = text.trim();
  const uri = trimmed.length > MAX_LENGTH ? null : parseUri(/^sips?:/i.test(trimmed) ? trimmed : `sip:${trimmed}`);
  const asked = uri?.params.get('transport')?.toLowerCase();
  if (!uri || uri.scheme === 'tel' || uri.host === '' || (asked !== undefined && !Object.hasOwn(transports, asked))) {
    throw problem('target_wrong', trimmed.slice(0, MAX_LENGTH));
  }
  const transport = uri.scheme === 'sips' ? 'TLS' : asked === undefined ? null : transports[asked]!;
  return { host: uri.host.replace(/^\[|\]$/g, ''), port: uri.port, transport };
}
