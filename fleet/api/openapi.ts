/** The document of the API, OpenAPI 3.1: made of the routes' own schemas, so it says what is checked. */
import { z } from 'zod';
import { apiCodes, statusOf } from './problems.ts';
import { paramsOf, type Route } from './route.ts';
import { id, problemSchema } from './schemas.ts';

type Json = Readonly<Record<string, unknown>>;

const reasons: Readonly<Record<number, string>> = {
  200: 'As asked',
  201: 'Made',
  204: 'Done',
  304: 'It is as you read it',
  400: 'Something that was sent is not right',
  401: 'No token, or one that is not good',
  403: 'The token, or whoever made it, may not do this',
  404: 'Not there, or not within what the token sees',
  409: 'It does not fit how things are',
  412: 'It was changed since it was read',
  413: 'Too large',
  415: 'Not JSON',
  422: 'The key was used for another request',
  428: 'If-Match is missing',
  429: 'Too many requests',
  500: 'It did not work',
  503: 'The database cannot be reached',
};

const header = (name: string, description: string, schema: Json, required: boolean): Json => ({
  ...{ name, in: 'header', required, description, schema },
});

const keySchema = { type: 'string', pattern: '^[A-Za-z0-9_-]{16,128}$' };

function parametersOf({ path, query, method, tagged, locked, thing }: Route): readonly Json[] {
  // As text: what a query looks like before it is read.
  const { properties = {}, required = [] } = z.toJSONSchema(query, { io: 'input', target: 'draft-2020-12' }) as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return [
    ...paramsOf(path).map((name) => ({ name, in: 'path', required: true, schema: z.toJSONSchema(id) })),
    ...Object.entries(properties).map(([name, schema]) => ({
      name,
      in: 'query',
      required: required.includes(name),
      schema,
    })),
    ...(method === 'post'
      ? [header('Idempotency-Key', 'New for each wish, the same for each try; kept for a day.', keySchema, true)]
      : []),
    ...(tagged && method === 'get'
      ? [header('If-None-Match', 'An ETag: 304 when it is still that.', { type: 'string' }, false)]
      : []),
    ...(thing === undefined
      ? []
      : [header('If-Match', 'The ETag that was read: 412 when it is another thing now.', { type: 'string' }, false)]),
    ...(locked ? [header('If-Match', 'The ETag that was read.', { type: 'string' }, true)] : []),
  ];
}

const problemIn = (codes: readonly string[]): Json => ({
  'application/problem+json': {
    schema: {
      allOf: [{ $ref: '#/components/schemas/Problem' }, { properties: { code: { enum: codes } } }],
    },
  },
});

/** By status, the codes that it may have. */
function refusalsOf({ refusals }: Route): ReadonlyMap<number, readonly string[]> {
  return Map.groupBy(refusals, (code) => statusOf(code));
}

/** What is read again and again: not what is written. */
const isCached = ({ tagged, method }: Route): boolean => tagged === true && method === 'get';

/** What a route may answer; the keys of `responses` in the document. */
export const statusesOf = (one: Route): readonly number[] => [
  ...new Set([one.status, ...(isCached(one) ? [304] : []), ...refusalsOf(one).keys()]),
];

function responsesOf(one: Route, answer: Json): Json {
  const good: Json = {
    description: reasons[one.status],
    ...(one.tagged ? { headers: { ETag: { schema: { type: 'string' }, required: true } } } : {}),
    ...(one.status === 204 ? {} : { content: { 'application/json': { schema: answer } } }),
  };
  return {
    [one.status]: good,
    ...(isCached(one) ? { 304: { description: reasons[304] } } : {}),
    ...Object.fromEntries(
      [...refusalsOf(one)].map(([status, codes]) => [
        status,
        { description: reasons[status], content: problemIn(codes) },
      ]),
    ),
  };
}

/** Schemas that have a name stand once, under `components`. */
function collector() {
  const components: Record<string, Json> = {};
  const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): Json => {
    const {
      $schema: _,
      $defs = {},
      ...own
    } = z.toJSONSchema(schema, { io, target: 'draft-2020-12' }) as Json & {
      $schema?: string;
      $defs?: Record<string, Json>;
    };
    Object.assign(components, rebased($defs) as Record<string, Json>);
    return rebased(own) as Json;
  };
  return { components, schemaOf };
}

/** From where zod puts what has a name to where OpenAPI does. */
const rebased = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value).replaceAll('"#/$defs/', '"#/components/schemas/')) as unknown;

export function openApi(
  routes: readonly Route[],
  { version, origin }: { readonly version: string; readonly origin: string },
): Json {
  const { components, schemaOf } = collector();
  const paths: Record<string, Record<string, Json>> = {};
  for (const one of routes) {
    const operation: Json = {
      operationId: one.id,
      summary: one.summary,
      ...(one.act === null ? {} : { description: `The token needs: ${one.act}.` }),
      parameters: parametersOf(one),
      ...(one.body === null
        ? {}
        : {
            requestBody: { required: true, content: { 'application/json': { schema: schemaOf(one.body, 'input') } } },
          }),
      responses: responsesOf(one, schemaOf(one.answer, 'output')),
    };
    paths[one.path] = { ...paths[one.path], [one.method]: operation };
  }
  schemaOf(z.strictObject({ problem: problemSchema }), 'output');
  return {
    openapi: '3.1.1',
    info: {
      title: 'Belkluis fleet',
      version,
      description: `Health of boxes, commands, tenants, claims, alerts, policies, agreements and the log, for programs of an MSP. Nothing of any call is here. Codes of problems: ${apiCodes.join(', ')}.`,
      license: { name: 'EUPL-1.2', identifier: 'EUPL-1.2' },
    },
    servers: [{ url: `${origin}/api/v1` }],
    security: [{ token: [] }],
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'Made at the console; scoped, with an end.' },
      },
      schemas: components,
    },
    paths,
  };
}
