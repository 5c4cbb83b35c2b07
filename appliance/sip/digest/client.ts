/** The side that answers a challenge (RFC 3261 22.2). */
import { parseAuthParams } from '../message/auth.ts';
import { quote } from '../message/text.ts';
import { algorithmNamed, digestResponse, ha1Of } from './algorithm.ts';

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

export interface ChallengeAnswer extends Credentials {
  /** Value of WWW-Authenticate or Proxy-Authenticate. */
  readonly challenge: string;
  readonly method: string;
  readonly uri: string;
  /** Random, hex. */
  readonly cnonce: string;
  /** How often this nonce has been used, this time included. */
  readonly count: number;
}

/** Value of Authorization or Proxy-Authorization; null when the challenge is of a kind that we do not do. */
export function answerChallenge({
  challenge,
  method,
  uri,
  user,
  password,
  cnonce,
  count,
}: ChallengeAnswer): string | null {
  const auth = parseAuthParams(challenge);
  const algorithm = algorithmNamed(auth?.params.get('algorithm'));
  const nonce = auth?.params.get('nonce');
  const realm = auth?.params.get('realm');
  if (auth?.scheme !== 'digest' || !algorithm || nonce === undefined || realm === undefined) return null;
  const offered = auth.params.get('qop');
  const withQop = offered?.split(',').some((qop) => qop.trim() === 'auth') ?? false;
  if (offered !== undefined && !withQop) return null;
  const nc = count.toString(16).padStart(8, '0');
  const ha1 = ha1Of(algorithm, user, realm, password);
  const response = digestResponse({ algorithm, ha1, nonce, method, uri, qop: withQop ? { nc, cnonce } : null });
  const opaque = auth.params.get('opaque');
  return [
    `Digest username=${quote(user)}`,
    `realm=${quote(realm)}`,
    `nonce=${quote(nonce)}`,
    `uri=${quote(uri)}`,
    `response="${response}"`,
    `algorithm=${algorithm}`,
    ...(withQop ? ['qop=auth', `nc=${nc}`, `cnonce="${cnonce}"`] : []),
    ...(opaque === undefined ? [] : [`opaque=${quote(opaque)}`]),
  ].join(', ');
}
