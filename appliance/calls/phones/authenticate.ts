/** Who sent a request, and whether it may come over this transport. What is said to a stranger depends on no account. */
import type { Clock } from '@belkluis/shared/base/clock';
import type { Counters } from '@belkluis/shared/base/counters';
import type { Guard } from '../../sip/defence/guard.ts';
import { networkOf } from '../../sip/defence/source.ts';
import type { DigestServer } from '../../sip/digest/server.ts';
import type { SipRequest } from '../../sip/message/message.ts';
import { parseNameAddr } from '../../sip/message/name-addr.ts';
import { parseUri } from '../../sip/message/uri.ts';
import type { ResponseDraft } from '../../sip/message/write.ts';
import type { Flow } from '../../sip/transport/flow.ts';
import { type Account, type Accounts, mayBePlain } from './accounts.ts';
import type { ToldOutcome } from './registration-outcome.ts';

export type Authenticated =
  | { readonly ok: true; readonly account: Account }
  | { readonly ok: false; readonly refusal: ResponseDraft };

export type Authenticate = (request: SipRequest, flow: Flow) => Authenticated;

export interface ChallengeParts {
  readonly digest: DigestServer;
  readonly guard: Guard;
  readonly counters: Counters;
  /** Hears of each request why it was refused. */
  readonly told?: ToldOutcome;
}

export interface AuthenticateParts extends ChallengeParts {
  readonly accounts: Accounts;
  readonly clock: Clock;
  /** A call for help: it goes without TLS as well. Absent: none is. */
  readonly isEmergency?: (request: SipRequest) => boolean;
}

/** User part of a From, To or other address header; null when it has none. */
export const userOf = (header: string | undefined): string | null =>
  header === undefined ? null : (parseUri(parseNameAddr(header)?.uri ?? '')?.user ?? null);

const challengeWith = ({ digest, counters }: ChallengeParts, flow: Flow, stale: boolean): ResponseDraft => {
  counters.add('calls.challenged');
  return { status: 401, headers: [['WWW-Authenticate', digest.challenge(networkOf(flow.remote.address), stale)]] };
};

const malformed = ({ counters }: ChallengeParts): ResponseDraft => {
  counters.add('calls.malformed_credentials');
  return { status: 400, reason: 'Bad Authorization' };
};

/**
 * For the user agent's `onStranger`: a challenge for everybody who does not answer one of ours, before an account is looked for or a
 * transaction begun. Null: `authenticator` has the word.
 */
export function challenger(parts: ChallengeParts): (request: SipRequest, flow: Flow) => ResponseDraft | null {
  const { digest, guard, told } = parts;
  return (request, flow) => {
    const { is } = digest.presented(request, networkOf(flow.remote.address));
    if (is === 'answers') return null;
    told?.(is === 'absent' ? 'asked' : is, request, flow);
    if (is === 'malformed') return malformed(parts);
    // Who is called is part of the name: a scan may call the whole house from one.
    const names = [request.headers.get('From'), request.headers.get('To')].map((header) => userOf(header) ?? '');
    guard.challenged(names.join(' '), flow);
    return challengeWith(parts, flow, is === 'stale');
  };
}

/**
 * Digest first (RFC 3261 22); then the account must be the one in From, for a phone may not call as another; then its transport must be
 * allowed: without TLS only with an exception that has not run out.
 */
export function authenticator(parts: AuthenticateParts): Authenticate {
  const { accounts, digest, guard, clock, counters, isEmergency = () => false, told } = parts;
  const refuse = (refusal: ResponseDraft): Authenticated => ({ ok: false, refusal });
  const challenge = (flow: Flow, stale: boolean) => refuse(challengeWith(parts, flow, stale));
  return (request, flow) => {
    const claimed = digest.claimedUser(request);
    const source = networkOf(flow.remote.address);
    const heard = claimed === null || guard.mayAnswer(claimed, flow);
    const account = claimed === null ? null : accounts.find(claimed);
    // An answer that is not heard is verified all the same: it must cost what another costs.
    const { is } = digest.verify(request, heard ? (account?.ha1 ?? null) : null, source);
    switch (is) {
      case 'absent':
        told?.('asked', request, flow);
        return challenge(flow, false);
      case 'stale':
      case 'replay':
        told?.('stale', request, flow);
        return challenge(flow, true);
      case 'malformed':
        told?.('malformed', request, flow);
        return refuse(malformed(parts));
      case 'wrong':
        // A fresh challenge, as phones expect.
        counters.add('calls.wrong_credentials');
        guard.guessed(claimed!, flow);
        told?.(heard ? (account ? 'wrong_secret' : 'unknown_number') : 'unheard', request, flow);
        return challenge(flow, false);
      case 'ok': {
        if (!account) return challenge(flow, false);
        if (userOf(request.headers.get('From')) !== account.user) {
          counters.add('calls.other_identity');
          told?.('other_number', request, flow);
          return refuse({ status: 403, reason: 'From must be the account' });
        }
        if (!flow.secure && !mayBePlain(account, clock.now()) && !isEmergency(request)) {
          counters.add('calls.plain_refused');
          told?.(account.plainUntil > 0 ? 'exception_over' : 'plain', request, flow);
          return refuse({ status: 403, reason: 'TLS Required' });
        }
        guard.proved(account.user, flow);
        return { ok: true, account };
      }
    }
  };
}
