import type { Context, MiddlewareHandler } from 'hono';
import { isSafe } from './same-origin.ts';

/** The best language for an Accept-Language header (RFC 9110 12.5.4) out of those that `isOurs` knows; null when none fits. */
export function preferred<Language extends string>(
  acceptLanguage: string | undefined,
  isOurs: (code: string | undefined) => code is Language,
): Language | null {
  const wanted = (acceptLanguage ?? '')
    .split(',', 20)
    .map((part) => {
      const [range = '', ...parameters] = part.trim().split(';');
      const quality = parameters.map((one) => /^\s*q=([\d.]+)\s*$/.exec(one)?.[1]).find((one) => one !== undefined);
      return { code: range.toLowerCase().split('-')[0]!, quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality);
  return wanted.map(({ code }) => code).find(isOurs) ?? null;
}

/** Path and query of an address, as a browser takes them for one of this host: `//other.example` is another (WHATWG URL 4.3). */
const within = ({ pathname, search }: URL): string => pathname.replace(/^[/\\]+/, '/') + search;

/** A link with `language` keeps what was chosen and leads to the same page without it. */
export const choosesLanguage =
  <Language extends string>(
    isOurs: (code: string | undefined) => code is Language,
    keep: (c: Context, language: Language) => void,
  ): MiddlewareHandler =>
  async (c, next) => {
    const chosen = c.req.query('language');
    if (!isOurs(chosen) || !isSafe(c.req.method)) return await next();
    keep(c, chosen);
    const url = new URL(c.req.url);
    url.searchParams.delete('language');
    return c.redirect(within(url), 303);
  };
