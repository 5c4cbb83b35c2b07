/** Walking through header text: what stands in quotes or angle brackets does not separate anything (RFC 3261 25.1). */

/**
 * Splits `text` at `separator` outside of quoted strings and, when asked, angle brackets. Linear: looks at each character once.
 */
export function splitOutside(text: string, separator: string, angles = true): string[] {
  const parts: string[] = [];
  let quoted = false;
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (quoted) {
      if (character === '\\') at++;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (angles && character === '<') depth++;
    else if (angles && character === '>') depth = Math.max(0, depth - 1);
    else if (character === separator && depth === 0) {
      parts.push(text.slice(start, at).trim());
      start = at + 1;
    }
  }
  parts.push(text.slice(start).trim());
  return parts;
}

/** Index of the `"` that closes the quoted string opened at `start`, or -1. */
export function closingQuote(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at;
  }
  return -1;
}

/** The content of a quoted string, escapes resolved; other text as it is. */
export const unquote = (text: string): string =>
  text.startsWith('"') && text.endsWith('"') && text.length >= 2
    ? text.slice(1, -1).replace(/\\([\s\S])/g, '$1')
    : text;

/** A quoted string (RFC 3261 25.1). */
export const quote = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&')}"`;

const TOKEN = /^[A-Za-z0-9\-.!%*_+`'~]+$/;

/** Whether `text` is a token (RFC 3261 25.1): methods, parameter names, header names. */
export const isToken = (text: string): boolean => TOKEN.test(text);

/** `;name=value` parameters, names lower-cased, quotes resolved; null when malformed. The first of a name counts. */
export function parseParams(parts: readonly string[]): Map<string, string | null> | null {
  const params = new Map<string, string | null>();
  for (const part of parts) {
    const equals = part.indexOf('=');
    const name = (equals < 0 ? part : part.slice(0, equals)).trim().toLowerCase();
    const value = equals < 0 ? null : part.slice(equals + 1).trim();
    if (name === '' || /[\s"<>]/.test(name) || value === '') return null;
    if (value?.startsWith('"') && closingQuote(value, 0) !== value.length - 1) return null;
    if (!params.has(name)) params.set(name, value === null ? null : unquote(value));
  }
  return params;
}

/** Parameters as they are written after a header value. */
export const formatParams = (params: ReadonlyMap<string, string | null>): string =>
  [...params]
    .map(([name, value]) => {
      if (value === null) return `;${name}`;
      return `;${name}=${isToken(value) || /^[A-Za-z0-9\-.!%*_+`'~:[\]]+$/.test(value) ? value : quote(value)}`;
    })
    .join('');
