/** A source's password (RFC 3261 22): asked for before anything is remembered of an INVITE, where the lines say that it has one. */
import type { SiprecSource } from '../../lines/siprec.ts';
import { networkOf } from '../../sip/defence/source.ts';
import { ha1Of } from '../../sip/digest/algorithm.ts';
import type { DigestServer } from '../../sip/digest/server.ts';
import type { SipRequest } from '../../sip/message/message.ts';
import type { ResponseDraft } from '../../sip/message/write.ts';
import type { Flow } from '../../sip/transport/flow.ts';

export interface PasswordParts {
  readonly digest: DigestServer;
  /** Realm of `digest`. */
  readonly domain: string;
}

type Asked = (source: SiprecSource, request: SipRequest, flow: Flow) => ResponseDraft | null;

/** Two questions, each null when it is satisfied: whether a challenge of ours is answered at all, and whether it is answered well. */
export function passwords({ digest, domain }: PasswordParts): { readonly presented: Asked; readonly proved: Asked } {
  const challenge = (flow: Flow, stale: boolean): ResponseDraft => ({
    status: 401,
    headers: [['WWW-Authenticate', digest.challenge(networkOf(flow.remote.address), stale)]],
  });
  return {
    presented({ account }, request, flow) {
      const { is } = account ? digest.presented(request, networkOf(flow.remote.address)) : ({ is: 'answers' } as const);
      return is === 'answers' ? null : challenge(flow, is === 'stale');
    },
    proved({ account }, request, flow) {
      if (!account) return null;
      const named = digest.claimedUser(request) === account.user;
      const ha1 = named ? ha1Of('MD5', account.user, domain, account.password) : null;
      const { is } = digest.verify(request, ha1, networkOf(flow.remote.address));
      return is === 'ok' ? null : challenge(flow, is === 'stale' || is === 'replay');
    },
  };
}
