/** Answers a 401 or 407 with the credentials that we have for the peer (RFC 3261 22.2, 22.3). */
import { type Chance, randomHex } from '@belkluis/shared/base/chance';
import { answerChallenge, type Credentials } from '../digest/client.ts';
import { parseAuthParams } from '../message/auth.ts';
import type { SipResponse } from '../message/message.ts';

export type { Credentials };

/** Twice: once for the first nonce, once more when the peer says that it is stale. */
const MAX_CHALLENGES = 2;

/**
 * The header to repeat the request with, or null when the response is no challenge, of a kind that we do not do, or a refusal
 * of the answer that we gave before (`before` > 0 and not stale).
 */
export function challengeAnswer(
  response: SipResponse,
  { method, uri }: { readonly method: string; readonly uri: string },
  credentials: Credentials | undefined,
  before: number,
  chance: Chance,
): readonly [string, string] | null {
  const proxy = response.status === 407;
  if (!credentials || before >= MAX_CHALLENGES || (response.status !== 401 && !proxy)) return null;
  for (const challenge of response.headers.all(proxy ? 'Proxy-Authenticate' : 'WWW-Authenticate')) {
    if (before > 0 && parseAuthParams(challenge)?.params.get('stale')?.toLowerCase() !== 'true') continue;
    const answer = answerChallenge({ ...credentials, challenge, method, uri, cnonce: randomHex(chance, 8), count: 1 });
    if (answer !== null) return [proxy ? 'Proxy-Authorization' : 'Authorization', answer];
  }
  return null;
}
