/** The side that asks who is there (RFC 3261 22, RFC 7616). MD5 by default: several phones fail to register when anything else is offered. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Chance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import { parseAuthParams } from '../message/auth.ts';
import type { SipRequest } from '../message/message.ts';
import { quote } from '../message/text.ts';
import { algorithmNamed, type DigestAlgorithm, digestResponse } from './algorithm.ts';

/** How long a nonce may be used, ms: a phone that registers every five minutes needs one challenge in two registrations. */
const NONCE_LIFETIME_MS = 600_000;

/** Nonces whose counts are remembered: far more than phones that register in one lifetime. The oldest is forgotten first. */
const MAX_NONCES = 20_000;

export type Verdict =
  | { readonly is: 'ok' }
  /** Nothing was presented, or nothing that we can use: challenge. */
  | { readonly is: 'absent' }
  /** Right, but with a nonce that has run out or a count that was used: challenge with `stale=true`. */
  | { readonly is: 'stale' }
  | { readonly is: 'wrong' };

export interface DigestServer {
  /** The value of a WWW-Authenticate header. */
  challenge(stale?: boolean): string;
  /** The user name that the request presents for our realm, unverified; null: none. */
  claimedUser(request: SipRequest): string | null;
  /** Verifies the request's Authorization against `ha1` (hex); null: no such user, which costs the same time. */
  verify(request: SipRequest, ha1: string | null): Verdict;
}

export interface DigestServerOptions {
  readonly realm: string;
  readonly algorithm?: DigestAlgorithm;
  readonly clock: Clock;
  readonly chance: Chance;
}

const sameText = (a: string, b: string): boolean => {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
};

/** Nonces carry their time and a MAC under a key of this process, so that issuing one costs no memory. */
export function createDigestServer({ realm, algorithm = 'MD5', clock, chance }: DigestServerOptions): DigestServer {
  const key = chance.bytes(32);
  /** Highest count seen per nonce (RFC 7616 3.4: nc). */
  const counts = new Map<string, number>();
  const mac = (text: string) => createHmac('sha256', key).update(text).digest('hex').slice(0, 32);
  const newNonce = () => {
    const text = `${Math.floor(clock.monotonic()).toString(36)}.${chance.bytes(8).toString('hex')}`;
    return `${text}.${mac(text)}`;
  };
  const nonceAge = (nonce: string): number | null => {
    const cut = nonce.lastIndexOf('.');
    const text = nonce.slice(0, Math.max(0, cut));
    if (!sameText(mac(text), nonce.slice(cut + 1))) return null;
    return clock.monotonic() - Number.parseInt(text.split('.')[0]!, 36);
  };
  const present = (request: SipRequest) => {
    for (const value of request.headers.all('authorization')) {
      const auth = parseAuthParams(value);
      if (auth?.scheme === 'digest' && auth.params.get('realm') === realm) return auth.params;
    }
    return null;
  };
  /** Counts must rise; a lower one is a replay (RFC 7616 5.13). */
  const isFresh = (nonce: string, nc: string): boolean => {
    const count = Number.parseInt(nc, 16);
    if (count <= (counts.get(nonce) ?? 0)) return false;
    counts.delete(nonce);
    counts.set(nonce, count);
    if (counts.size > MAX_NONCES) counts.delete(counts.keys().next().value!);
    return true;
  };
  return {
    challenge: (stale = false) =>
      `Digest realm=${quote(realm)}, nonce="${newNonce()}", algorithm=${algorithm}, qop="auth"${stale ? ', stale=true' : ''}`,
    claimedUser: (request) => present(request)?.get('username') ?? null,
    verify(request, ha1) {
      const params = present(request);
      if (!params) return { is: 'absent' };
      const [nonce = '', uri = '', response = '', qop, nc = '', cnonce = ''] = [
        'nonce',
        'uri',
        'response',
        'qop',
        'nc',
        'cnonce',
      ].map((name) => params.get(name));
      if (algorithmNamed(params.get('algorithm')) !== algorithm) return { is: 'wrong' };
      if (qop !== undefined && (qop !== 'auth' || !/^[0-9a-f]{8}$/i.test(nc) || cnonce === '')) return { is: 'wrong' };
      const expected = digestResponse({
        algorithm,
        ha1: ha1 ?? '0'.repeat(32),
        nonce,
        method: request.method,
        uri,
        qop: qop === undefined ? null : { nc, cnonce },
      });
      const right = sameText(expected, response.toLowerCase()) && ha1 !== null;
      if (!right) return { is: 'wrong' };
      const age = nonceAge(nonce);
      if (age === null || age > NONCE_LIFETIME_MS) return { is: 'stale' };
      // Without qop there is no count: each nonce serves once.
      return isFresh(nonce, qop === undefined ? '1' : nc) ? { is: 'ok' } : { is: 'stale' };
    },
  };
}
