import { checkRequest, checkResponse } from '../../../appliance/sip/message/essentials.ts';
import type { SipMessage, SipRequest, Unusable } from '../../../appliance/sip/message/message.ts';
import { parseMessage } from '../../../appliance/sip/message/parse.ts';

/** What the message layer says to a datagram: go on, answer with a status, or say nothing. */
export function verdictOn(bytes: Buffer): 'valid' | 'silence' | number {
  const message = parseMessage(bytes);
  if (message.kind === 'response') return checkResponse(message) ? 'valid' : 'silence';
  if (message.kind === 'unusable') return message.answerable?.status ?? 'silence';
  const refusal = checkRequest(message);
  if (!refusal) return 'valid';
  return message.method === 'ACK' ? 'silence' : refusal.status;
}

/** The request that an answer would go to: the one received, or what is left of one that cannot be used. */
export function answerable(message: SipMessage | Unusable): SipRequest | null {
  if (message.kind === 'request') return message;
  return message.kind === 'unusable' ? (message.answerable?.request ?? null) : null;
}
