/** OpenID Connect Core 1.0 as its client: code flow with PKCE, state, nonce; the library checks, here stands what it is told to check. */
import { createHmac } from 'node:crypto';
import type { Clock } from '@belkluis/shared/base/clock';
import { Problem } from '@belkluis/shared/base/problem';
import * as oidc from 'openid-client';
import { problem } from '../problems.ts';
import type { Claims } from './admit.ts';
import { CLOCK_TOLERANCE_S, MAX_KNOWN, METADATA_LIFETIME_MS, PROVIDER_PATIENCE_S } from './limits.ts';
import { type Outbound, Unreached } from './outbound.ts';
import type { Settings } from './settings.ts';

/** A provider as it is spoken to. */
export interface Spoken {
  readonly id: string;
  readonly version: number;
  readonly settings: Settings;
  readonly clientSecret: string;
  /** `host:port` that it may be reached at; null: it is being added, and they are being learned. */
  readonly hosts: readonly string[] | null;
}

/** What a browser proves it began with. All of it comes from one secret in the browser. */
const derived = (browser: string, what: 'state' | 'nonce' | 'verifier'): string =>
  createHmac('sha256', browser).update(what).digest('base64url');

const hostOf = (url: string): string => {
  const { hostname, port } = new URL(url);
  return `${hostname}:${port || 443}`;
};

/** Basic, which every provider has to offer that does not say otherwise (OpenID Connect Discovery 1.0, 3). */
const authenticate =
  (secret: string): oidc.ClientAuth =>
  (server, ...rest) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    const by = methods.includes('client_secret_basic') ? oidc.ClientSecretBasic : oidc.ClientSecretPost;
    by(secret)(server, ...rest);
  };

/** Where the fleet itself connects to. */
function reachedAt(config: oidc.Configuration): readonly string[] {
  const { token_endpoint, jwks_uri, userinfo_endpoint, issuer } = config.serverMetadata();
  if (!token_endpoint || !jwks_uri) throw problem('provider_unfit');
  return [
    ...new Set([issuer, token_endpoint, jwks_uri, ...(userinfo_endpoint ? [userinfo_endpoint] : [])].map(hostOf)),
  ];
}

/** What is behind an error, outermost first. */
function* causesOf(error: unknown): Generator<unknown> {
  for (let one = error; one instanceof Error; one = one.cause) yield one;
}

/** An error of the library or the network, in our words: what the provider wrote is for nobody's eyes here. */
function ours(error: unknown): Error {
  const causes = [...causesOf(error)];
  if (error instanceof Problem) return error;
  if (error instanceof oidc.AuthorizationResponseError)
    return problem(error.error === 'access_denied' ? 'provider_denied' : 'provider_refused', undefined, error);
  const silent = causes.some((one) => one instanceof Unreached || (one as { code?: string }).code === 'OAUTH_TIMEOUT');
  return problem(silent ? 'provider_unreachable' : 'provider_refused', undefined, error);
}

export type RelyingParty = ReturnType<typeof openRelyingParty>;

export function openRelyingParty({
  origin,
  clock,
  outbound,
}: {
  /** Of the console: `https://fleet.example`. */
  readonly origin: string;
  readonly clock: Clock;
  readonly outbound: Outbound;
}) {
  /**
   * What providers said of themselves, by id. With it go their keys, which are the library's: fetched anew after five minutes, and when a token is signed by one
   * that is not there, but not within a minute of the last time.
   */
  const known = new Map<
    string,
    { readonly version: number; readonly until: number; readonly config: Promise<oidc.Configuration> }
  >();
  /** One for each provider: an answer of another that is carried here finds the wrong door (RFC 9700 4.4.2). */
  const redirectUri = (provider: string) => `${origin}/sign-in/with/${provider}/back`;

  /** @throws Problem `provider_unreachable`, `provider_refused`, `provider_unfit`. */
  async function discover({ settings, clientSecret }: Spoken): Promise<oidc.Configuration> {
    try {
      const metadata = { client_secret: clientSecret, [oidc.clockTolerance]: CLOCK_TOLERANCE_S };
      return await oidc.discovery(new URL(settings.issuer), settings.clientId, metadata, authenticate(clientSecret), {
        [oidc.customFetch]: outbound as oidc.CustomFetch,
        timeout: PROVIDER_PATIENCE_S,
        // By default the library believes the connection, not the signature.
        execute: [oidc.enableNonRepudiationChecks],
      });
    } catch (error) {
      throw ours(error);
    }
  }

  /** @throws Problem as `discover`, `provider_moved`. */
  async function learn(spoken: Spoken): Promise<oidc.Configuration> {
    const config = await discover(spoken);
    if (!reachedAt(config).every((host) => spoken.hosts?.includes(host))) throw problem('provider_moved');
    return config;
  }

  /** Many who come at once ask once. What could not be learned is not kept. @throws Problem as `learn`. */
  async function configOf(spoken: Spoken): Promise<oidc.Configuration> {
    const now = clock.monotonic();
    const { id, version } = spoken;
    const found = known.get(id);
    if (found && found.version === version && now < found.until) return await found.config;
    const asked = { version, until: now + METADATA_LIFETIME_MS, config: learn(spoken) };
    // A Map keeps its order of insertion: the first one was asked longest ago.
    known.delete(id);
    known.set(id, asked);
    if (known.size > MAX_KNOWN) known.delete(known.keys().next().value!);
    try {
      return await asked.config;
    } catch (error) {
      if (known.get(id) === asked) known.delete(id);
      throw error;
    }
  }

  return {
    redirectUri,

    /** What it says of itself, when it is added. @throws Problem `provider_unreachable`, `provider_refused`, `provider_unfit`. */
    hostsOf: async (spoken: Spoken): Promise<readonly string[]> => reachedAt(await discover(spoken)),

    forget: (provider: string): void => void known.delete(provider),

    /** Where the browser is sent. @throws Problem `provider_unreachable`, `provider_refused`, `provider_moved`. */
    async authorization(spoken: Spoken, browser: string): Promise<URL> {
      const config = await configOf(spoken);
      const acr = spoken.settings.secondFactor?.acr ?? [];
      return oidc.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri(spoken.id),
        scope: 'openid email profile',
        state: derived(browser, 'state'),
        nonce: derived(browser, 'nonce'),
        code_challenge: await oidc.calculatePKCECodeChallenge(derived(browser, 'verifier')),
        code_challenge_method: 'S256',
        ...(acr.length > 0 ? { acr_values: acr.join(' ') } : {}),
      });
    },

    /** What it says of who came back. @throws Problem `provider_denied`, `provider_refused`, `provider_unreachable`, `provider_moved`. */
    async claims(spoken: Spoken, query: URLSearchParams, browser: string): Promise<Claims> {
      const config = await configOf(spoken);
      const back = new URL(redirectUri(spoken.id));
      back.search = query.toString();
      try {
        const tokens = await oidc.authorizationCodeGrant(config, back, {
          expectedState: derived(browser, 'state'),
          expectedNonce: derived(browser, 'nonce'),
          pkceCodeVerifier: derived(browser, 'verifier'),
          idTokenExpected: true,
        });
        const claims = tokens.claims()!;
        if (claims.email !== undefined || !config.serverMetadata().userinfo_endpoint) return claims;
        // What is said of the sign-in itself is only in the token.
        return { ...(await oidc.fetchUserInfo(config, tokens.access_token, claims.sub)), ...claims };
      } catch (error) {
        throw ours(error);
      }
    },

    /** Where a browser ends its session at the provider; null: it has no such place. */
    async signOutUrl(spoken: Spoken): Promise<URL | null> {
      const config = await configOf(spoken);
      if (!config.serverMetadata().end_session_endpoint) return null;
      return oidc.buildEndSessionUrl(config, { post_logout_redirect_uri: `${origin}/sign-in` });
    },
  };
}
