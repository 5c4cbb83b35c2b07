/** Answers laid beside the served document, by a validator of JSON Schema 2020-12. What was seen is counted. */
import Ajv2020 from 'ajv/dist/2020.js';

interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
}

export interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

const pointer = (...parts: readonly string[]): string =>
  parts.map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1')).join('/');

export function checker(document: Document) {
  const ajv = new Ajv2020.default({ strict: false, allErrors: true });
  ajv.addSchema(document, 'api');
  const paths = Object.keys(document.paths).map((path) => ({
    path,
    pattern: new RegExp(`^/api/v1${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
  }));
  const seen = new Set<string>();
  const compiled = new Map<string, ReturnType<typeof ajv.compile>>();
  const operationAt = (method: string, url: string) => {
    const at = new URL(url, 'https://fleet.example').pathname;
    const path = paths.find(({ pattern }) => pattern.test(at))?.path;
    const operation = path === undefined ? undefined : document.paths[path]![method.toLowerCase()];
    return { at, path, operation };
  };
  return {
    seen,
    knows: (method: string, url: string): boolean => operationAt(method, url).operation !== undefined,
    /** What is wrong with an answer; empty: it is as the document says. */
    faults(method: string, url: string, status: number, type: string | null, body: string): readonly string[] {
      const { at, path, operation } = operationAt(method, url);
      if (!path || !operation) return [`${method} ${at} is not in the document`];
      const name = `${operation.operationId} ${status}`;
      const response = operation.responses[status];
      if (!response) return [`${name} is not in the document`];
      seen.add(name);
      const [media] = Object.keys(response.content ?? {});
      if (media === undefined) return body === '' ? [] : [`${name} has a body`];
      if (type !== media) return [`${name} is ${type}`];
      const parts = ['paths', path, method.toLowerCase(), 'responses', String(status), 'content', media, 'schema'];
      const validate = compiled.get(name) ?? ajv.compile({ $ref: `api#/${pointer(...parts)}` });
      compiled.set(name, validate);
      return validate(JSON.parse(body)) ? [] : [`${name}: ${ajv.errorsText(validate.errors)}`];
    },
    /** All that the document declares. */
    declared: (): readonly string[] =>
      Object.values(document.paths).flatMap((methods) =>
        Object.values(methods).flatMap(({ operationId, responses }) =>
          Object.keys(responses).map((status) => `${operationId} ${status}`),
        ),
      ),
  };
}
