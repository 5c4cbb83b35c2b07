/** Who sent a request, and whether it may come over this transport. */
import type { Clock } from '@belkluis/shared/base/clock';
import type { Counters } from '@belkluis/shared/base/counters';
import type { DigestServer } from '../sip/digest/server.ts';
import type { SipRequest } from '../sip/message/message.ts';
import { parseNameAddr } from '../sip/message/name-addr.ts';
import { parseUri } from '../sip/message/uri.ts';
import type { ResponseDraft } from '../sip/message/write.ts';
import type { Flow } from '../sip/transport/flow.ts';
import { type Account, type Accounts, mayBePlain } from './accounts.ts';

export type Authenticated =
  | { readonly ok: true; readonly account: Account }
  | { readonly ok: false; readonly refusal: ResponseDraft };

export type Authenticate = (request: SipRequest, flow: Flow) => Authenticated;

export interface AuthenticateParts {
  readonly accounts: Accounts;
  readonly digest: DigestServer;
  readonly clock: Clock;
  readonly counters: Counters;
}

/** User part of a From, To or other address header; null when it has none. */
export const userOf = (header: string | undefined): string | null =>
  header === undefined ? null : (parseUri(parseNameAddr(header)?.uri ?? '')?.user ?? null);

/**
 * Digest first (RFC 3261 22); then the account must be the one in From, for a phone may not call as another; then its transport must be
 * allowed: without TLS only with an exception that has not run out.
 */
export function authenticator({ accounts, digest, clock, counters }: AuthenticateParts): Authenticate {
  const refuse = (refusal: ResponseDraft, counter: string): Authenticated => {
    counters.add(counter);
    return { ok: false, refusal };
  };
  const challenge = (stale: boolean): Authenticated =>
    refuse({ status: 401, headers: [['WWW-Authenticate', digest.challenge(stale)]] }, 'calls.challenged');
  return (request, flow) => {
    const claimed = digest.claimedUser(request);
    const account = claimed === null ? null : accounts.find(claimed);
    switch (digest.verify(request, account?.ha1 ?? null).is) {
      case 'absent':
        return challenge(false);
      case 'stale':
      case 'replay':
        return challenge(true);
      case 'malformed':
        return refuse({ status: 400, reason: 'Bad Authorization' }, 'calls.malformed_credentials');
      case 'wrong':
        // A fresh challenge, as phones expect; the flood limit of the stack keeps guessing slow.
        counters.add('calls.wrong_credentials');
        return challenge(false);
      case 'ok': {
        if (!account) return challenge(false);
        if (userOf(request.headers.get('From')) !== account.user) {
          return refuse({ status: 403, reason: 'From must be the account' }, 'calls.other_identity');
        }
        if (!flow.secure && !mayBePlain(account, clock.now())) {
          return refuse({ status: 403, reason: 'TLS Required' }, 'calls.plain_refused');
        }
        return { ok: true, account };
      }
    }
  };
}
