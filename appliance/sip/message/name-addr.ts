/** From, To, Contact, Route and their like (RFC 3261 20.10, 25.1 name-addr and addr-spec). */
import { remembering } from './remembering.ts';
import { closingQuote, formatParams, parseParams, quote, splitOutside, unquote } from './text.ts';

export interface NameAddr {
  readonly display: string;
  /** As it stands: parse it with `parseUri` when needed. */
  readonly uri: string;
  /** Header parameters, such as `tag` or `expires`. */
  readonly params: ReadonlyMap<string, string | null>;
}

/** Null when malformed. Without angle brackets, parameters belong to the header, not the URI (RFC 3261 20.10). */
export const parseNameAddr = remembering(readNameAddr, 6);

function readNameAddr(text: string): NameAddr | null {
  const trimmed = text.trim();
  let rest = trimmed;
  let display = '';
  if (rest.startsWith('"')) {
    const end = closingQuote(rest, 0);
    if (end < 0) return null;
    display = unquote(rest.slice(0, end + 1));
    rest = rest.slice(end + 1).trim();
    if (!rest.startsWith('<')) return null;
  }
  const open = rest.indexOf('<');
  if (open >= 0 && !rest.slice(0, open).includes(';')) {
    if (open > 0) display = rest.slice(0, open).trim();
    if (/[",<>@:]/.test(display) && !trimmed.startsWith('"')) return null;
    const close = rest.indexOf('>', open);
    if (close < 0) return null;
    const tail = rest.slice(close + 1).trim();
    if (tail !== '' && !tail.startsWith(';')) return null;
    const params = parseParams(splitOutside(tail.slice(1), ';', false).filter((part) => part !== ''));
    const uri = rest.slice(open + 1, close);
    return params && /^[^\s<>"]+$/.test(uri) ? { display, uri, params } : null;
  }
  const [uri = '', ...parts] = splitOutside(rest, ';', false);
  const params = parseParams(parts.filter((part) => part !== ''));
  if (!params || uri === '' || /[\s,?<>"]/.test(uri)) return null;
  return { display: '', uri, params };
}

export const formatNameAddr = ({ display, uri, params }: NameAddr): string =>
  `${display === '' ? '' : `${quote(display)} `}<${uri}>${formatParams(params)}`;

/** The tag of a From or To value, or null. */
export const tagOf = (value: string | undefined): string | null =>
  value === undefined ? null : (parseNameAddr(value)?.params.get('tag') ?? null);
