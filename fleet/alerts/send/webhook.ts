/** Sends webhooks: HTTPS alone, to where its name leads when it is sent, and nowhere that the answer points to. */
import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import { request } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Clock } from '@belkluis/shared/base/clock';
import { mayReach, type Net } from '@belkluis/shared/base/public-address';
import { MAX_ANSWER_BYTES, WEBHOOK_MS } from '../limits.ts';
import { problem } from '../problems.ts';
import { signedHeaders } from './signature.ts';

export interface WebhookOptions {
  readonly clock: Pick<Clock, 'now'>;
  /** Networks that are not of the internet and may be reached all the same. */
  readonly allowed: readonly Net[];
  /** PEM of authorities beside those that everybody trusts; null: none. */
  readonly authority: string | null;
  /** All addresses of a name. */
  readonly lookup?: (name: string) => Promise<readonly LookupAddress[]>;
  readonly patienceMs?: number;
}

export interface Webhook {
  readonly url: string;
  /** Newest first. */
  readonly secrets: readonly string[];
}

const addressesOf = (name: string): Promise<readonly LookupAddress[]> =>
  new Promise((resolve, reject) =>
    systemLookup(name, { all: true }, (error, found) => (error ? reject(error) : resolve(found))),
  );

/** As an address stands in a URL. */
const bare = (host: string): string => host.replace(/^\[|\]$/g, '');

export type SendWebhook = (id: string, body: string, webhook: Webhook) => Promise<void>;

export function openWebhooks(options: WebhookOptions): SendWebhook {
  const { clock, allowed, authority, lookup = addressesOf, patienceMs = WEBHOOK_MS } = options;

  /** What the socket connects to is what was looked at here: the name is not asked again. One bad address refuses them all. */
  const checked: LookupFunction = (name, wants, done) => {
    lookup(name).then(
      (found) => {
        if (found.length === 0) return done(problem('webhook_name_unknown'), []);
        if (!found.every(({ address }) => mayReach(address, allowed)))
          return done(problem('webhook_address_refused'), []);
        if (wants.all) return done(null, [...found]);
        return done(null, found[0]!.address, found[0]!.family);
      },
      (cause) => done(problem('webhook_name_unknown', undefined, cause), []),
    );
  };

  return async (id, body, { url, secrets }) => {
    const { hostname, port, pathname, search } = new URL(url);
    const host = bare(hostname);
    // A literal address is not looked up.
    if (isIP(host) !== 0 && !mayReach(host, allowed)) throw problem('webhook_address_refused');
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const asked = request({
      method: 'POST',
      host,
      port: port === '' ? 443 : Number(port),
      path: `${pathname}${search}`,
      // One connection for one message: none is kept that was looked at for another.
      agent: false,
      lookup: checked,
      minVersion: 'TLSv1.2',
      ...(isIP(host) === 0 && { servername: host }),
      ...(authority !== null && { ca: authority }),
      headers: {
        ...signedHeaders(id, clock.now(), body, secrets),
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'user-agent': 'Belkluis-Fleet',
      },
    });
    const timer = setTimeout(() => asked.destroy(problem('webhook_slow')), patienceMs);
    asked.on('socket', (socket) =>
      socket.once('secureConnect', () => {
        const { remoteAddress = '' } = socket as TLSSocket;
        if (!mayReach(remoteAddress, allowed)) asked.destroy(problem('webhook_address_refused'));
      }),
    );
    asked.on('response', (answer) => {
      const { statusCode = 0 } = answer;
      let bytes = 0;
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > MAX_ANSWER_BYTES) asked.destroy(problem('webhook_answer_large'));
      });
      answer.on('end', () => {
        if (statusCode >= 200 && statusCode < 300) resolve();
        else if (statusCode >= 300 && statusCode < 400) reject(problem('webhook_redirected', `${statusCode}`));
        else reject(problem(statusCode === 410 ? 'webhook_gone' : 'webhook_refused', `${statusCode}`));
      });
      answer.on('error', reject);
    });
    asked.on('error', reject);
    asked.end(body);
    try {
      await promise;
    } catch (error) {
      const { code } = error as { code?: string };
      if (code === 'destination_undeclared') throw problem('webhook_not_declared', undefined, error);
      throw typeof code === 'string' && code.startsWith('webhook_')
        ? error
        : problem('webhook_unreachable', code, error);
    } finally {
      clearTimeout(timer);
      asked.destroy();
    }
  };
}
