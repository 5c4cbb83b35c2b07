/**
 * Requests to an address that somebody typed: https alone, to public addresses alone, without redirects, with a bound on the answer. The address is
 * looked at when the connection is made, so a name that resolves elsewhere the second time gains nothing.
 */
import { lookup } from 'node:dns';
import { request } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { isPublic } from '@belkluis/shared/base/public-address';
import { MAX_ANSWER_BYTES } from './limits.ts';

/** What openid-client asks of a fetch. */
export type Outbound = (
  url: string,
  options: {
    readonly method?: string | undefined;
    readonly headers?: Record<string, string> | undefined;
    readonly body?: unknown;
    readonly signal?: AbortSignal | undefined;
  },
) => Promise<Response>;

interface OutboundOptions {
  /** Names inside that are meant: whoever runs the server lists them. */
  readonly mayBeInside?: (host: string) => boolean;
  /** PEM; null: those that Node has. */
  readonly authorities?: string | null;
}

/** No answer: refused here, not there, broken off. */
export class Unreached extends Error {}

export function openOutbound({ mayBeInside = () => false, authorities = null }: OutboundOptions = {}): Outbound {
  const resolve: LookupFunction = (host, options, done) =>
    lookup(host, { ...options, all: true }, (error, found) => {
      if (error) return done(error, '');
      const good = mayBeInside(host) ? found : found.filter(({ address }) => isPublic(address));
      if (good.length === 0) return done(new Unreached('an address inside'), '');
      return options.all ? done(null, good) : done(null, good[0]!.address, good[0]!.family);
    });
  return (text, { method = 'GET', headers = {}, body, signal }) =>
    new Promise((answer, reject) => {
      const failed = (cause: Error): void => reject(new Unreached(cause.message, { cause }));
      const url = new URL(text);
      const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
      if (url.protocol !== 'https:') return reject(new Unreached('not https'));
      // An address is not looked up.
      if (isIP(host) !== 0 && !mayBeInside(host) && !isPublic(host)) return reject(new Unreached('an address inside'));
      const asked = request(
        url,
        {
          method,
          headers,
          lookup: resolve,
          agent: false,
          ...(signal ? { signal } : {}),
          ...(authorities ? { ca: authorities } : {}),
        },
        (response) => {
          const parts: Buffer[] = [];
          let length = 0;
          response.on('data', (part: Buffer) => {
            length += part.length;
            if (length > MAX_ANSWER_BYTES) response.destroy(new Unreached('too long an answer'));
            else parts.push(part);
          });
          response.on('error', failed);
          response.on('end', () => {
            const pairs = Object.entries(response.headers).flatMap(([name, value]) =>
              value === undefined ? [] : [[name, String(value)] as [string, string]],
            );
            const { statusCode: status = 502 } = response;
            answer(
              new Response([204, 205, 304].includes(status) ? null : Buffer.concat(parts), { status, headers: pairs }),
            );
          });
        },
      );
      asked.on('error', failed);
      asked.end(body === undefined || body === null ? undefined : String(body));
    });
}
