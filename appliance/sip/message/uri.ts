/** SIP, SIPS and tel URIs (RFC 3261 19.1, RFC 3966). */

import { remembering } from './remembering.ts';
import { isToken } from './text.ts';

export interface SipUri {
  readonly scheme: 'sip' | 'sips' | 'tel';
  /** Escapes resolved. Null: none. */
  readonly user: string | null;
  /** Lower case, IPv6 in brackets; empty for tel. */
  readonly host: string;
  readonly port: number | null;
  readonly params: ReadonlyMap<string, string | null>;
  /** What follows `?`, as it stands. */
  readonly headers: string;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be in a header.
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f]/;
const HOST = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9.\-_]*[A-Za-z0-9_.])?)(?::(\d{1,5}))?$/;

function unescape_(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

function uriParams(text: string): Map<string, string | null> | null {
  const params = new Map<string, string | null>();
  for (const part of text.split(';')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = unescape_((equals < 0 ? part : part.slice(0, equals)).toLowerCase());
    const value = equals < 0 ? null : unescape_(part.slice(equals + 1));
    if (name === null || name === '' || (equals >= 0 && value === null)) return null;
    if (params.has(name)) return null;
    params.set(name, value);
  }
  return params;
}

/** Null for another scheme, or what is no URI. */
export const parseUri = remembering(readUri, 6);

function readUri(text: string): SipUri | null {
  const colon = text.indexOf(':');
  const scheme = text.slice(0, Math.max(0, colon)).toLowerCase();
  if (/[\s<>"]/.test(text)) return null;
  if (scheme === 'tel') {
    const [number = '', ...rest] = text.slice(colon + 1).split(';');
    const params = uriParams(rest.join(';'));
    if (!/^\+?[0-9A-Fa-f*#.()-]+$/.test(number) || !params) return null;
    return { scheme, user: number, host: '', port: null, params, headers: '' };
  }
  if (scheme !== 'sip' && scheme !== 'sips') return null;
  const question = text.indexOf('?', text.indexOf('@') + 1);
  const headers = question < 0 ? '' : text.slice(question + 1);
  const rest = text.slice(colon + 1, question < 0 ? undefined : question);
  // A user part may itself hold `;` and `?`, so everything before the last `@` is user information.
  const at = rest.lastIndexOf('@');
  const [hostPort = '', ...paramParts] = rest.slice(at + 1).split(';');
  const match = HOST.exec(hostPort);
  const params = uriParams(paramParts.join(';'));
  if (!match || !params) return null;
  const port = match[2] === undefined ? null : Number(match[2]);
  if (port !== null && port > 65_535) return null;
  let user: string | null = null;
  if (at >= 0) {
    const info = rest.slice(0, at);
    const password = info.indexOf(':');
    user = unescape_(password < 0 ? info : info.slice(0, password));
    if (user === null || user === '') return null;
  }
  return { scheme, user, host: match[1]!.toLowerCase(), port, params, headers };
}

/** Names and values of the headers that a URI carries, escapes resolved; null when malformed, or when a value breaks its line. */
export function uriHeaders({ headers }: SipUri): readonly (readonly [string, string])[] | null {
  const found: [string, string][] = [];
  for (const part of headers === '' ? [] : headers.split('&')) {
    const equals = part.indexOf('=');
    const name = unescape_(part.slice(0, Math.max(0, equals)));
    const value = unescape_(part.slice(equals + 1));
    if (!name || value === null || !isToken(name) || CONTROL.test(value)) return null;
    found.push([name, value]);
  }
  return found;
}

const escapeUser = (user: string): string =>
  user.replace(/[^A-Za-z0-9\-_.!~*'()&=+$,;?/]/gu, (character) =>
    [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );

const escapeParam = (value: string): string =>
  value.replace(/[^A-Za-z0-9\-_.!~*'()[\]/:&+$]/gu, (character) => encodeURIComponent(character));

export function formatUri({ scheme, user, host, port, params, headers }: SipUri): string {
  const tail = [...params].map(
    ([name, value]) => `;${escapeParam(name)}${value === null ? '' : `=${escapeParam(value)}`}`,
  );
  if (scheme === 'tel') return `tel:${user}${tail.join('')}`;
  const address = `${user === null ? '' : `${escapeUser(user)}@`}${host}${port === null ? '' : `:${port}`}`;
  return `${scheme}:${address}${tail.join('')}${headers === '' ? '' : `?${headers}`}`;
}
