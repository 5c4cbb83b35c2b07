/** WWW-Authenticate, Authorization and their proxy twins (RFC 3261 20.7, RFC 7616 3). */
import { remembering } from './remembering.ts';
import { closingQuote, isToken, splitOutside, unquote } from './text.ts';

export interface AuthParams {
  /** Lower case. */
  readonly scheme: string;
  readonly params: ReadonlyMap<string, string>;
}

/** `Digest realm="a", nonce="b"`; null when malformed or when a parameter comes twice. */
export const parseAuthParams = remembering(readAuthParams, 2);

function readAuthParams(value: string): AuthParams | null {
  const space = value.search(/[ \t]/);
  const scheme = value.slice(0, Math.max(0, space)).toLowerCase();
  if (!isToken(scheme)) return null;
  const params = new Map<string, string>();
  for (const part of splitOutside(value.slice(space + 1), ',', false)) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = part.slice(0, Math.max(0, equals)).trim().toLowerCase();
    const text = part.slice(equals + 1).trim();
    if (!isToken(name) || params.has(name)) return null;
    if (text.startsWith('"') && closingQuote(text, 0) !== text.length - 1) return null;
    params.set(name, unquote(text));
  }
  return { scheme, params };
}
