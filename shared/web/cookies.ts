/** Cookies of a program that answers at a host of its own. */
import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import type { CookieOptions } from 'hono/utils/cookie';

/** `__Host-`: only this host sets it, only over TLS, for all paths (RFC 6265bis 4.1.3.2). */
const options: CookieOptions = { prefix: 'host', secure: true, httpOnly: true, sameSite: 'Strict', path: '/' };

/** A cookie that outlives the browser, seconds. */
export const YEAR_S = 31_536_000;

/** `more`: how one of these names differs; without, it ends with the browser. */
export function hostCookies<Name extends string>(more: Partial<Readonly<Record<Name, CookieOptions>>>) {
  return {
    read: (c: Context, name: Name): string | undefined => getCookie(c, name, 'host'),
    write: (c: Context, name: Name, value: string): void => setCookie(c, name, value, { ...options, ...more[name] }),
    drop: (c: Context, name: Name): void => setCookie(c, name, '', { ...options, maxAge: 0 }),
  };
}
