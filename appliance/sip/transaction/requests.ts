/** The requests that a transaction makes out of the INVITE it carried: same branch, same route (RFC 3261 9.1, 17.1.1.3). */

import { MAX_FORWARDS } from '../limits.ts';
import { parseCSeq } from '../message/cseq.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { writeRequest } from '../message/write.ts';

type Entry = readonly [string, string];

function sameHop(invite: SipRequest, method: 'ACK' | 'CANCEL', to: string, more: readonly Entry[]): SipRequest {
  const { headers } = invite;
  const number = parseCSeq(headers.get('CSeq'))?.number ?? 0;
  return writeRequest({
    method,
    uri: invite.uri,
    headers: [
      ['Via', headers.all('Via')[0] ?? ''],
      ['Max-Forwards', String(MAX_FORWARDS)],
      ...headers.all('Route').map((route): Entry => ['Route', route]),
      ['From', headers.get('From') ?? ''],
      ['To', to],
      ['Call-ID', headers.get('Call-ID') ?? ''],
      ['CSeq', `${number} ${method}`],
      ...more,
    ],
  });
}

/** The ACK for a final response other than 2xx; its To is the response's. */
export const ackFor = (invite: SipRequest, response: SipResponse): SipRequest =>
  sameHop(invite, 'ACK', response.headers.get('To') ?? invite.headers.get('To') ?? '', []);

/** `headers`: what may tell why, a Reason (RFC 3326). */
export const cancelFor = (invite: SipRequest, headers: readonly Entry[]): SipRequest =>
  sameHop(invite, 'CANCEL', invite.headers.get('To') ?? '', headers);
