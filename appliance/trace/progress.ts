/** How a call goes, read from its messages one by one: a pure step, so that a list of calls costs no parsing. */
import { parseCSeq } from '../sip/message/cseq.ts';
import type { SipMessage, SipRequest } from '../sip/message/message.ts';
import { parseNameAddr } from '../sip/message/name-addr.ts';
import { ANONYMOUS, withholds } from '../sip/message/privacy.ts';
import { parseUri } from '../sip/message/uri.ts';
import type { CallState } from './traced.ts';

export interface Progress {
  /** Call-ID of the caller's leg: its responses are the call's. */
  readonly callerLeg: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly state: CallState;
  readonly status: number | null;
  readonly reason: string | null;
  readonly startedAt: number;
  readonly answeredAt: number | null;
  readonly endedAt: number | null;
}

const userIn = (header: string | undefined): string | null =>
  header === undefined ? null : (parseUri(parseNameAddr(header)?.uri ?? '')?.user ?? null);

/** What its first INVITE says of a call. */
export const begun = (invite: SipRequest, callerLeg: string, at: number): Progress => ({
  callerLeg,
  from: withholds(invite) ? ANONYMOUS : userIn(invite.headers.get('From')),
  to: parseUri(invite.uri)?.user ?? userIn(invite.headers.get('To')),
  state: 'ringing',
  status: null,
  reason: null,
  startedAt: at,
  answeredAt: null,
  endedAt: null,
});

/** The call after one more message of the leg `callId`. */
export function advanced(progress: Progress, message: SipMessage, callId: string, at: number): Progress {
  if (message.kind === 'request') {
    // After a challenge the same INVITE comes again with an answer (RFC 3261 22).
    if (message.method === 'INVITE' && callId === progress.callerLeg && progress.state === 'failed') {
      return { ...progress, state: 'ringing', endedAt: null };
    }
    return message.method === 'BYE' && progress.state === 'answered'
      ? { ...progress, state: 'ended', endedAt: at }
      : progress;
  }
  if (callId !== progress.callerLeg || message.status < 200) return progress;
  if (parseCSeq(message.headers.get('CSeq'))?.method !== 'INVITE' || progress.state === 'ended') return progress;
  const { status, reason } = message;
  if (progress.state === 'answered') return progress;
  if (status < 300) return { ...progress, state: 'answered', status, reason, answeredAt: at };
  return { ...progress, state: 'failed', status, reason, endedAt: at };
}
