/**
 * What every request is asked before anybody looks at its meaning, in the order of RFC 3261 8.2. Pure. Its form and its URI
 * were looked at before (message/essentials.ts).
 */
import { ACCEPT, ALLOW, ALLOWED_METHODS, isInviteBody } from './capabilities.ts';
import { parseReplaces } from './dialog/replaces.ts';
import { isTooShort } from './dialog/session-expires.ts';
import { MIN_SE_S } from './limits.ts';
import type { SipRequest } from './message/message.ts';
import type { ResponseDraft } from './message/write.ts';

/** The refusal, or null. `supported`: option tags that a request may require. Never for ACK and CANCEL. */
export function screen(request: SipRequest, supported: readonly string[]): ResponseDraft | null {
  const { method, headers } = request;
  const allowed: readonly string[] = ALLOWED_METHODS;
  if (!allowed.includes(method)) return { status: 501, headers: [['Allow', ALLOW]] };
  const unsupported = headers.all('Require').filter((tag) => !supported.includes(tag.toLowerCase()));
  if (unsupported.length > 0) return { status: 420, headers: [['Unsupported', unsupported.join(', ')]] };
  const replaced = headers.lines('Replaces');
  // RFC 3891 3: one, in an INVITE alone, and not beside a Join.
  if (
    replaced > 0 &&
    (replaced > 1 || method !== 'INVITE' || headers.has('Join') || !parseReplaces(headers.get('Replaces')!))
  ) {
    return { status: 400, reason: 'Bad Replaces' };
  }
  // RFC 4028 9.
  if ((method === 'INVITE' || method === 'UPDATE') && isTooShort(headers)) {
    return { status: 422, headers: [['Min-SE', String(MIN_SE_S)]] };
  }
  if (method !== 'INVITE') return null;
  return takesSdp(request) ? bodyRefusal(request) : { status: 406 };
}

/** 20.1: a caller that lists what it takes, and no session description among it, cannot be answered (RFC 4475 3.3.15). */
function takesSdp({ headers }: SipRequest): boolean {
  if (!headers.has('Accept')) return true;
  const types = headers.all('Accept').map((range) => range.split(';')[0]!.trim().toLowerCase());
  return types.some((type) => type === 'application/sdp' || type === 'application/*' || type === '*/*');
}

/** 8.2.3: a body that is not understood, unless its sender can do without. */
function bodyRefusal({ headers, body }: SipRequest): ResponseDraft | null {
  if (body.length === 0 || /;\s*handling\s*=\s*optional/i.test(headers.get('Content-Disposition') ?? '')) return null;
  const contentType = headers.get('Content-Type');
  if (contentType === undefined) return { status: 400, reason: 'Missing Content-Type' };
  if (!isInviteBody(contentType)) return { status: 415, headers: [['Accept', ACCEPT]] };
  const encoded = headers.all('Content-Encoding').some((coding) => coding.toLowerCase() !== 'identity');
  return encoded ? { status: 415, headers: [['Accept-Encoding', 'identity']] } : null;
}
