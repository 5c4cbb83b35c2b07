/** The side that asks who is there (RFC 3261 22, RFC 7616). MD5 by default: several phones fail to register when anything else is offered. */
import type { Chance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import { parseAuthParams } from '../message/auth.ts';
import type { SipRequest } from '../message/message.ts';
import { quote } from '../message/text.ts';
import { algorithmNamed, type DigestAlgorithm, digestResponse, noHa1, sameText } from './algorithm.ts';
import { createNonces } from './nonces.ts';

export type Verdict =
  | { readonly is: 'ok' }
  /** No credentials for our realm: challenge. */
  | { readonly is: 'absent' }
  /** Credentials for our realm that cannot be read, or of another kind than we asked for: 400. */
  | { readonly is: 'malformed' }
  /** With a nonce that has run out or was not given to this source, right or not: challenge with `stale=true`. */
  | { readonly is: 'stale' }
  /** Right, but said before: challenge with `stale=true`. A phone that lost count asks again; somebody who only listened cannot. */
  | { readonly is: 'replay' }
  | { readonly is: 'wrong' };

export interface DigestServer {
  /** The value of a WWW-Authenticate header for whoever is at `source` (a network): its nonce is good from there alone. */
  challenge(source: string, stale?: boolean): string;
  /** What the request presents for our realm, unverified. `answers`: with a nonce that was given to `source` and is good. */
  presented(request: SipRequest, source: string): { readonly is: 'absent' | 'malformed' | 'stale' | 'answers' };
  /** The user name that the request presents for our realm, unverified; null: none. */
  claimedUser(request: SipRequest): string | null;
  /**
   * Verifies the request's Authorization against `ha1` (hex); null: no such user, which costs the same time. A `wrong` one answers a
   * challenge that `source` did receive.
   */
  verify(request: SipRequest, ha1: string | null, source: string): Verdict;
  /** Whether we gave this nonce to `source`, and it is good. */
  gave(nonce: string, source: string): boolean;
}

export interface DigestServerOptions {
  readonly realm: string;
  readonly algorithm?: DigestAlgorithm;
  readonly clock: Clock;
  readonly chance: Chance;
}

interface Presented {
  readonly user: string;
  readonly nonce: string;
  readonly uri: string;
  readonly response: string;
  readonly qop: { readonly nc: string; readonly cnonce: string } | null;
}

export function createDigestServer({ realm, algorithm = 'MD5', clock, chance }: DigestServerOptions): DigestServer {
  const nonces = createNonces({ clock, chance });
  const find = (request: SipRequest): Presented | 'absent' | 'malformed' => {
    let found: 'absent' | 'malformed' = 'absent';
    for (const value of request.headers.all('authorization')) {
      const auth = parseAuthParams(value);
      if (auth === null && /^digest\s/i.test(value)) found = 'malformed';
      if (auth?.scheme !== 'digest' || auth.params.get('realm') !== realm) continue;
      return read(auth.params, algorithm) ?? 'malformed';
    }
    return found;
  };
  return {
    challenge: (source, stale = false) =>
      `Digest realm=${quote(realm)}, nonce="${nonces.issue(source)}", algorithm=${algorithm}, qop="auth"${stale ? ', stale=true' : ''}`,
    presented(request, source) {
      const presented = find(request);
      if (typeof presented === 'string') return { is: presented };
      return { is: nonces.gave(presented.nonce, source) ? 'answers' : 'stale' };
    },
    claimedUser(request) {
      const presented = find(request);
      return typeof presented === 'string' ? null : presented.user;
    },
    verify(request, ha1, source) {
      const presented = find(request);
      if (typeof presented === 'string') return { is: presented };
      const { nonce, uri, response, qop } = presented;
      // The uri is not compared with the Request-URI: phones and proxies write the two differently, and a count serves only once.
      const expected = digestResponse({
        algorithm,
        ha1: ha1 ?? noHa1(algorithm),
        nonce,
        method: request.method,
        uri,
        qop,
      });
      // Before anything is said of the digest: guesses under a nonce that nobody received would cost their sender nothing.
      if (!nonces.gave(nonce, source)) return { is: 'stale' };
      if (!sameText(expected, response) || ha1 === null) return { is: 'wrong' };
      // Without qop there is no count: each nonce serves once.
      return { is: nonces.use(nonce, qop ? Number.parseInt(qop.nc, 16) : 1, source) };
    },
    gave: nonces.gave,
  };
}

/** Null when something is missing, or is not what the challenge asked for. */
function read(params: ReadonlyMap<string, string>, algorithm: DigestAlgorithm): Presented | null {
  const [user, nonce, uri, response] = ['username', 'nonce', 'uri', 'response'].map((name) => params.get(name));
  if (user === undefined || nonce === undefined || uri === undefined || response === undefined) return null;
  if (algorithmNamed(params.get('algorithm')) !== algorithm) return null;
  const common = { user, nonce, uri, response: response.toLowerCase() };
  if (!params.has('qop')) return { ...common, qop: null };
  const { nc = '', cnonce = '' } = Object.fromEntries(params);
  const usable = params.get('qop') === 'auth' && /^[0-9a-f]{8}$/i.test(nc) && cnonce !== '';
  return usable ? { ...common, qop: { nc, cnonce } } : null;
}
