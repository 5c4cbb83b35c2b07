/**
 * What programs ask, with a token instead of a person (docs/api.md): whether an extension's call is recorded, and to pause that. No cookie
 * counts here and none is set; no other origin is let in (no CORS header), and a browser sends this header to no other by itself.
 */
import { STATUS_CODES } from 'node:http';
import { Problem } from '@belkluis/shared/base/problem';
import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { z } from 'zod';
import { checkPhoneName } from '../access/phones.ts';
import { problem as accessProblem } from '../access/problems.ts';
import { type Token, type TokenWish, tokenWishes } from '../access/tokens.ts';
import type { PhoneCall } from '../control/protocol.ts';
import { MAX_API_BODY, REFUSAL_NOTED_EVERY_MS } from './limits.ts';
import { problem, told } from './problems.ts';
import type { DeskServices } from './services.ts';
import { type Steered, steeringRefusal } from './tools-services.ts';

interface ApiEnv {
  readonly Bindings: Partial<HttpBindings>;
  readonly Variables: { token: Token };
}

type ApiContext = Context<ApiEnv>;

type ApiServices = Pick<DeskServices, 'access' | 'calls' | 'clock' | 'log'>;

/** Members beside those of RFC 9457. */
type More = Readonly<Record<string, unknown>>;

const bodySchema = z.strictObject({
  call: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .optional(),
});

/** RFC 9457. The kind of problem is its `code`, out of the vocabulary of the desk; its sentence is English, for a log. */
function refuse(c: ApiContext, error: unknown, more: More = {}): Response {
  const { code, status } = told(error);
  const { advice } = error instanceof Problem ? error : problem('unavailable');
  const body = { type: 'about:blank', title: STATUS_CODES[status], status, detail: advice, code, ...more };
  return c.body(JSON.stringify(body), status, { 'Content-Type': 'application/problem+json' });
}

/** RFC 6750 2.1. Null: there is none, or something else. */
const bearerIn = (c: ApiContext): string | null =>
  /^Bearer +([\w.~+/-]+=*)$/i.exec(c.req.header('Authorization') ?? '')?.[1] ?? null;

const shown = ({ call, startedAt, recording, resumesAt }: PhoneCall) => ({
  call,
  startedAt: new Date(startedAt).toISOString(),
  recording,
  resumesAt: resumesAt === null ? null : new Date(resumesAt).toISOString(),
});

/** Which call is meant. Null: any of several. @throws Problem `no_call`, `no_such_call`. */
function meant(calls: readonly PhoneCall[], wish: TokenWish, named: string | undefined): PhoneCall | null {
  if (named !== undefined) {
    const found = calls.find(({ call }) => call === named);
    if (!found) throw problem('no_such_call');
    return found;
  }
  const fitting = calls.filter(({ recording }) => (recording === 'off') === (wish === 'record'));
  const [first, ...others] = fitting.length > 0 ? fitting : calls;
  if (!first) throw problem('no_call');
  return others.length === 0 ? first : null;
}

/** A program that says twice what it wants is told that it is so; beginning what goes on already is a mistake. */
const isSo = (became: Steered, wish: TokenWish): boolean =>
  became === 'already_so' && (wish === 'pause' || wish === 'resume');

export function apiRoutes(services: ApiServices) {
  const { access, calls, clock } = services;
  /** When each token was last refused for each reason: as many as there are tokens. */
  const refused = new Map<string, number>();
  const addressOf = (c: ApiContext) => c.env?.incoming?.socket.remoteAddress ?? 'unknown';

  /** @throws Problem `audit_failed`. */
  const noteRefused = (token: Token, why: 'extension' | 'wish'): void => {
    const [key, now] = [`${token.id} ${why}`, clock.monotonic()];
    const last = refused.get(key);
    if (last !== undefined && now - last < REFUSAL_NOTED_EVERY_MS) return;
    calls.noteRefused(token, why);
    refused.set(key, now);
  };

  /** The extension of the path, which this token is for. @throws Problem `phone_name`, `extension_not_allowed`, `audit_failed`. */
  const extensionIn = (c: ApiContext): string => {
    const user = c.req.param('extension') ?? '';
    checkPhoneName(user);
    const token = c.get('token');
    if (token.extensions === null || token.extensions.includes(user)) return user;
    noteRefused(token, 'extension');
    throw problem('extension_not_allowed');
  };

  /** @throws Problem `not_here`, `wish_not_allowed`, `audit_failed`. */
  const wishIn = (c: ApiContext): TokenWish => {
    const wish = tokenWishes.find((one) => one === c.req.param('wish'));
    if (!wish) throw problem('not_here');
    const token = c.get('token');
    if (token.wishes.includes(wish)) return wish;
    noteRefused(token, 'wish');
    throw problem('wish_not_allowed');
  };

  /** @throws Problem `calls_down`. */
  const callsOf = async (user: string): Promise<readonly PhoneCall[]> => {
    const found = await calls.ofPhone(user);
    if (!found) throw problem('calls_down');
    return found;
  };

  /** @throws Problem `body_wrong`. */
  const callIn = async (c: ApiContext): Promise<string | undefined> => {
    const text = await c.req.text();
    if (text === '') return undefined;
    try {
      return bodySchema.parse(JSON.parse(text)).call;
    } catch (error) {
      throw problem('body_wrong', undefined, error);
    }
  };

  const steer = async (c: ApiContext): Promise<Response> => {
    const [extension, wish, named] = [extensionIn(c), wishIn(c), await callIn(c)];
    const found = await callsOf(extension);
    const one = meant(found, wish, named);
    if (!one) return refuse(c, problem('several_calls'), { calls: found.map(shown) });
    const { id, name } = c.get('token');
    const became = await calls.steer({ id, token: name }, one.call, wish);
    if (became === null) throw problem('calls_down');
    const refusal = steeringRefusal(became);
    if (refusal !== null && !isSo(became, wish)) throw problem(refusal);
    const after = (await callsOf(extension)).find(({ call }) => call === one.call);
    return c.json({ extension, became, ...shown(after ?? { ...one, recording: 'off', resumesAt: null }) });
  };

  return new Hono<ApiEnv>()
    .onError((error, c) => {
      if (told(error).status >= 500) services.log('api_failed', { code: told(error).code });
      return refuse(c, error);
    })
    .use('/api/v1/*', async (c, next) => {
      const given = bearerIn(c);
      const identified = access.identify(given, addressOf(c));
      switch (identified.is) {
        case 'refused':
          c.header(
            'WWW-Authenticate',
            given === null ? 'Bearer realm="belkluis"' : 'Bearer realm="belkluis", error="invalid_token"',
          );
          return refuse(c, accessProblem('token_refused'));
        case 'throttled':
          c.header('Retry-After', String(Math.ceil(identified.waitMs / 1000)));
          return refuse(c, accessProblem('too_many'));
        case 'token':
          c.set('token', identified.token);
          return next();
      }
    })
    .use('/api/v1/*', bodyLimit({ maxSize: MAX_API_BODY, onError: () => Promise.reject(problem('too_large')) }))
    .get('/api/v1/extensions/:extension', async (c) => {
      const extension = extensionIn(c);
      return c.json({ extension, calls: (await callsOf(extension)).map(shown) });
    })
    .post('/api/v1/extensions/:extension/:wish', steer)
    .all('/api/v1/*', (c) => refuse(c, problem('not_here')));
}
