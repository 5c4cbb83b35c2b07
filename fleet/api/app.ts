/** The API: from a request to an answer by its route. Whoever asks has a token, never a session: a browser's cookie does nothing here. */
import { hash } from 'node:crypto';
import { openQuota, sourceOf } from '@belkluis/shared/access/quota';
import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { ContentfulStatusCode, StatusCode } from 'hono/utils/http-status';
import type { z } from 'zod';
import { wholeMsp } from '../tenants/scope.ts';
import { isKey, openIdempotency, requestHash } from './idempotency.ts';
import { MAX_BODY, SOURCE_RATE, TOKEN_RATE } from './limits.ts';
import { openApi } from './openapi.ts';
import { problem, refusalOf } from './problems.ts';
import { rateHeaders } from './rate.ts';
import type { Asked, Route } from './route.ts';
import { routes } from './routes.ts';
import { id } from './schemas.ts';
import type { ApiServices } from './services.ts';
import { isHeld, isKnown, tagOf } from './tag.ts';
import { openTurns } from './turns.ts';

interface Env {
  readonly Bindings: Partial<HttpBindings>;
}

const BASE = '/api/v1';

/** Bearer tokens are of these characters (RFC 6750 2.1). */
const BEARER = /^Bearer ([A-Za-z0-9._~+/-]{1,200}=*)$/i;

/** Fields that were not right, without what was typed. */
class Invalid extends Error {
  readonly code: 'query_invalid' | 'body_invalid';
  readonly errors: readonly { readonly at: string; readonly message: string }[];
  constructor(code: 'query_invalid' | 'body_invalid', { issues }: z.ZodError) {
    super(code);
    this.code = code;
    this.errors = issues.slice(0, 20).map(({ path, message }) => ({ at: path.join('.'), message }));
  }
}

function refuse(c: Context<Env>, error: unknown): Response {
  const { code, status, title, detail } = refusalOf(error instanceof Invalid ? problem(error.code) : error);
  if (status === 401) c.header('WWW-Authenticate', 'Bearer realm="belkluis"');
  // A wait that a room names stays; for what is over soon, a second.
  if ((status === 503 || code === 'idempotency_busy') && !c.res.headers.has('Retry-After'))
    c.header('Retry-After', '1');
  if (code === 'claim_wait') c.header('Retry-After', '600');
  if (code === 'idempotency_full') c.header('Retry-After', String(Number.parseInt(detail!, 10)));
  return c.body(
    JSON.stringify({
      type: `urn:belkluis:problem:${code}`,
      title,
      status,
      code,
      ...(detail === undefined ? {} : { detail }),
      ...(error instanceof Invalid ? { errors: error.errors } : {}),
    }),
    status as ContentfulStatusCode,
    { 'Content-Type': 'application/problem+json' },
  );
}

/** @throws Invalid, Problem `body_type`. */
async function bodyOf(c: Context<Env>, schema: Route['body']): Promise<{ text: string; body: unknown }> {
  const text = await c.req.text();
  if (schema === null) {
    // Nothing is to be said: an empty object says it too.
    if (text.trim() !== '' && text.trim() !== '{}') throw problem('body_invalid');
    return { text: '', body: {} };
  }
  if (!/^application\/json\s*(;|$)/i.test(c.req.header('Content-Type') ?? '')) throw problem('body_type');
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    throw problem('body_invalid');
  }
  const { data, error } = schema.safeParse(given);
  if (error) throw new Invalid('body_invalid', error);
  return { text, body: data };
}

export type Api = Hono<Env>;

export function createApi(services: ApiServices, table: readonly Route[] = routes): Api {
  const { access, clock, log } = services;
  const api = new Hono<Env>();
  const [tokens, sources] = [openQuota(clock, TOKEN_RATE), openQuota(clock, SOURCE_RATE)];
  const idempotency = openIdempotency(services);
  const document = JSON.stringify(openApi(table, services));

  api.use(async (c, next) => {
    await next();
    for (const [name, value] of Object.entries({
      'Cache-Control': 'no-store',
      'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
      'Strict-Transport-Security': 'max-age=31536000',
      'X-Content-Type-Options': 'nosniff',
    }))
      c.header(name, value);
  });
  api.onError((error, c) => {
    const { status, code } = refusalOf(error instanceof Invalid ? problem(error.code) : error);
    if (status >= 500) log('api_failed', { path: c.req.routePath, code, cause: causeOf(error) });
    return refuse(c, error);
  });
  api.get(`${BASE}/openapi.json`, (c) => c.body(document, 200, { 'Content-Type': 'application/json' }));

  api.use(async (c, next) => {
    const counted = sources.take(sourceOf(c.env?.incoming?.socket.remoteAddress ?? 'unknown'));
    if (counted.ok) return next();
    c.header('Retry-After', String(counted.nextIn));
    throw problem('too_many');
  });
  api.use(bodyLimit({ maxSize: MAX_BODY, onError: () => Promise.reject(problem('body_large')) }));

  /** Whose token it is, once it was counted. */
  async function holderOf(c: Context<Env>, { act }: Route) {
    const secret = BEARER.exec(c.req.header('Authorization') ?? '')?.[1];
    if (secret === undefined) throw problem('token_missing');
    const counted = tokens.take(hash('sha256', secret, 'hex'));
    for (const [name, value] of Object.entries(rateHeaders(TOKEN_RATE, counted))) c.header(name, value);
    if (!counted.ok) {
      c.header('Retry-After', String(counted.nextIn));
      throw problem('too_many');
    }
    if (act !== null) {
      const { token: id, ...allowed } = await access.allowToken(secret, act);
      return { ...allowed, token: { id, secret } };
    }
    const { id, person } = await access.bearer(secret);
    return { person, scope: wholeMsp(person.msp), token: { id, secret } };
  }

  const turns = openTurns();
  const reads = new Map(table.filter(({ method, tagged }) => method === 'get' && tagged).map((one) => [one.path, one]));

  /** As it would be read now. @throws Problem `precondition_failed`. */
  async function checkHeld(thing: string, asked: Asked<never, never>): Promise<void> {
    const now = tagOf(JSON.stringify(await reads.get(thing)!.run(asked)));
    if (!isHeld(asked.version, now)) throw problem('precondition_failed');
  }

  async function work(one: Route, asked: Asked<never, never>): Promise<{ status: number; body: string }> {
    const { thing } = one;
    const act = async () => {
      if (thing !== undefined && asked.version !== '') await checkHeld(thing, asked);
      return await one.run(asked);
    };
    // One after the other, so that of two who read the same one is told. What people do at the console is not waited for.
    const answer = await (thing === undefined ? act() : turns.take(filled(thing, asked.params), act));
    return { status: one.status, body: one.status === 204 ? '' : JSON.stringify(answer) };
  }

  async function answer(c: Context<Env>, one: Route): Promise<Response> {
    const { person, scope, token } = await holderOf(c, one);
    const query = one.query.safeParse(c.req.query());
    if (query.error) throw new Invalid('query_invalid', query.error);
    const key = c.req.header('Idempotency-Key') ?? '';
    if (one.method === 'post' && !isKey(key)) throw problem('idempotency_key_missing');
    const { text, body } = await bodyOf(c, one.body);
    const version = c.req.header('If-Match') ?? '';
    if (one.locked && version === '') throw problem('precondition_missing');
    const params = c.req.param() as Record<string, string>;
    if (!Object.values(params).every((param) => id.safeParse(param).success)) throw problem('not_here');
    const asked = { services, person, scope, token, params, query: query.data, body, version } as unknown as Asked<
      never,
      never
    >;
    if (one.method === 'post') {
      const request = requestHash(one.method, c.req.path, version, text);
      const told = await idempotency.once({ token: token.id, person: person.id, key, request }, () =>
        work(one, asked).catch((error) => {
          // A refusal is an answer too, and the same when it is asked for again.
          const refusal = refuse(c, error);
          if (refusal.status >= 500 || refusal.status === 429) throw error;
          return refusal.text().then((said) => ({ status: refusal.status, body: said }));
        }),
      );
      if (told.again) c.header('Idempotency-Replayed', 'true');
      return send(c, told.status, told.body);
    }
    const { status, body: said } = await work(one, asked);
    if (!one.tagged) return send(c, status, said);
    const tag = tagOf(said);
    c.header('ETag', tag);
    if (one.method === 'get' && isKnown(c.req.header('If-None-Match'), tag)) return c.body(null, 304);
    return send(c, status, said);
  }

  for (const one of table)
    api.on(one.method.toUpperCase(), BASE + one.path.replaceAll(/\{(\w+)\}/g, ':$1'), (c) => answer(c, one));
  api.notFound((c) => {
    const known = table
      .filter(({ path }) => patternOf(path).test(c.req.path))
      .map(({ method }) => method.toUpperCase());
    if (known.length === 0) return refuse(c, problem('not_here'));
    c.header('Allow', known.join(', '));
    return refuse(c, problem('method_wrong'));
  });
  return api;
}

const filled = (path: string, params: Asked<never, never>['params']): string =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string) => params[name]!);

const patternOf = (path: string): RegExp => new RegExp(`^${BASE}${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`);

function send(c: Context<Env>, status: number, body: string): Response {
  if (body === '') return c.body(null, status as StatusCode);
  const type = status >= 400 ? 'application/problem+json' : 'application/json';
  return c.body(body, status as ContentfulStatusCode, { 'Content-Type': type });
}

/** The deepest cause, for the log: its message names files and codes of the database, never what was sent. */
function causeOf(error: unknown): string {
  let cause = error;
  while (cause instanceof Error && cause.cause !== undefined) cause = cause.cause;
  return cause instanceof Error ? cause.message.slice(0, 200) : 'unknown';
}
