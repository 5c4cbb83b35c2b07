/** Identity providers on loopback: a real one, and one that says what a test tells it to. Both by https, as the fleet asks. */
import { createHmac, createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { ExecutionContext } from 'ava';
// @ts-expect-error: it has no types.
import Provider from 'oidc-provider';
import { loopbackCertificate } from '../../../../appliance/sip/testing/certificate.ts';
import { openOutbound } from '../outbound.ts';

const { key, cert } = await loopbackCertificate({ names: ['localhost'], addresses: ['127.0.0.1'] });

/** What vouches for both. */
export const authority = cert;

/** Of both kinds of provider: making one takes longer than a test. */
const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** Reaches this machine, by the certificate of these servers. */
export const outbound = openOutbound({ authorities: cert, mayBeInside: (host) => host === '127.0.0.1' });

async function serve(
  t: Pick<ExecutionContext, 'teardown'>,
  listener: (origin: string) => RequestListener,
): Promise<string> {
  let answer: RequestListener = () => {};
  const server = createServer({ key, cert }, (asked, answered) => answer(asked, answered));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  answer = listener(origin);
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return origin;
}

export interface Somebody {
  readonly sub: string;
  readonly amr?: readonly string[];
  readonly acr?: string;
  readonly [claim: string]: unknown;
}

/** Its store, shared by all models of one provider: what a client is may be said while it runs. */
function adapterOf(stored: Map<string, Record<string, unknown>>) {
  return class {
    readonly model: string;
    constructor(model: string) {
      this.model = model;
    }
    at = (id: string) => `${this.model}:${id}`;
    async upsert(id: string, payload: Record<string, unknown>) {
      stored.set(this.at(id), payload);
    }
    async find(id: string) {
      return stored.get(this.at(id));
    }
    async findByUid(uid: string) {
      return [...stored].find(([at, { uid: one }]) => at.startsWith(`${this.model}:`) && one === uid)?.[1];
    }
    async findByUserCode() {
      return undefined;
    }
    async destroy(id: string) {
      stored.delete(this.at(id));
    }
    async consume(id: string) {
      stored.get(this.at(id))!.consumed = 1;
    }
    async revokeByGrantId(grant: string) {
      for (const [at, { grantId }] of stored) if (grantId === grant) stored.delete(at);
    }
  };
}

/** The provider of panva. Who sits before the browser is `who`: it asks no password. */
export async function realProvider(t: Pick<ExecutionContext, 'teardown'>) {
  const stored = new Map<string, Record<string, unknown>>();
  const world: { who: Somebody } = { who: { sub: 'nobody' } };
  const issuer = await serve(t, (origin) => {
    const provider = new Provider(origin, {
      adapter: adapterOf(stored),
      jwks: { keys: [{ ...keys.privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' }] },
      cookies: { keys: ['of this test'] },
      ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 60, IdToken: 60, Interaction: 60, Session: 60 },
      claims: { openid: ['sub', 'acr', 'amr'], email: ['email', 'email_verified'], profile: ['name', 'groups'] },
      features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: true } },
      interactions: { url: (_: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
      findAccount: (_: unknown, sub: string) => ({ accountId: sub, claims: () => world.who }),
      async loadExistingGrant({ oidc }: { oidc: { client: { clientId: string }; session: { accountId: string } } }) {
        const grant = new provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
        grant.addOIDCScope('openid email profile');
        await grant.save();
        return grant;
      },
    });
    const others = provider.callback() as RequestListener;
    return (asked, answered) => {
      if (!asked.url!.startsWith('/interaction/')) return others(asked, answered);
      const { sub: accountId, amr, acr } = world.who;
      const login = { accountId, remember: false, ...(amr ? { amr } : {}), ...(acr ? { acr } : {}) };
      provider
        .interactionFinished(asked, answered, { login })
        .catch((error: unknown) => answered.destroy(error as Error));
    };
  });
  return {
    issuer,
    world,
    client(id: string, secret: string, redirectUri: string): void {
      stored.set(`Client:${id}`, { client_id: id, client_secret: secret, redirect_uris: [redirectUri] });
    },
  };
}

const get = (url: string, cookies: string): Promise<{ location: string | undefined; cookies: string[] }> =>
  new Promise((resolve, reject) => {
    request(url, { ca: cert, agent: false, headers: { cookie: cookies } }, (response) => {
      response.resume();
      const { location, 'set-cookie': set = [] } = response.headers;
      response.on('end', () => resolve({ location, cookies: set.map((one) => one.split(';')[0]!) }));
    })
      .on('error', reject)
      .end();
  });

/** Follows redirects as a browser does, until it is sent back to the fleet. What it brings. */
export async function browse(url: string, home = 'https://fleet.example'): Promise<URLSearchParams> {
  const jar = new Map<string, string>();
  let at = url;
  for (let step = 0; step < 10; step++) {
    const answer = await get(at, [...jar].map((pair) => pair.join('=')).join('; '));
    for (const one of answer.cookies) jar.set(one.slice(0, one.indexOf('=')), one.slice(one.indexOf('=') + 1));
    if (answer.location === undefined) throw new Error(`no redirect from ${at}`);
    at = new URL(answer.location, at).href;
    if (at.startsWith(home)) return new URL(at).searchParams;
  }
  throw new Error('too many redirects');
}

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token as somebody may make one. */
export function jwt(
  header: Record<string, unknown>,
  claims: Record<string, unknown>,
  by: KeyObject | string | null,
): string {
  const signed = `${part(header)}.${part(claims)}`;
  if (by === null) return `${signed}.`;
  if (typeof by === 'string') return `${signed}.${createHmac('sha256', by).update(signed).digest('base64url')}`;
  return `${signed}.${createSign('sha256').update(signed).sign(by, 'base64url')}`;
}

/** Hands out whatever token it is told to. */
export async function lyingProvider(t: Pick<ExecutionContext, 'teardown'>) {
  const world = { token: (_: URLSearchParams) => '', metadata: {} as Record<string, unknown>, asked: 0, described: 0 };
  const issuer = await serve(t, (origin) => async (asked, answered) => {
    const say = (value: unknown) => answered.setHeader('content-type', 'application/json').end(JSON.stringify(value));
    if (asked.url === '/.well-known/openid-configuration') {
      world.described++;
      return say({
        issuer: origin,
        authorization_endpoint: `${origin}/authorize`,
        token_endpoint: `${origin}/token`,
        jwks_uri: `${origin}/keys`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
        authorization_response_iss_parameter_supported: true,
        ...world.metadata,
      });
    }
    if (asked.url === '/keys') {
      const jwk = keys.publicKey.export({ format: 'jwk' });
      return say({ keys: [{ ...jwk, kid: 'one', use: 'sig', alg: 'RS256' }] });
    }
    world.asked++;
    const body = new URLSearchParams(await text(asked));
    return say({ access_token: 'a', token_type: 'Bearer', expires_in: 60, id_token: world.token(body) });
  });
  return { issuer, world, keys };
}
