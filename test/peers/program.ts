/** A program of the customer, such as a CRM, that has a token and believes in the box's certificate alone. */
import { request } from 'node:https';
import { json } from 'node:stream/consumers';

export interface Told {
  readonly status: number;
  readonly json: Readonly<Record<string, unknown>>;
}

export interface Program {
  /** Paths below `/api/v1/extensions/`. */
  get(path: string): Promise<Told>;
  post(path: string, body?: object): Promise<Told>;
}

/** `ca`: the certificate that the box shows. */
export function programAt(origin: string, ca: string, token: string): Program {
  const send = async (method: string, path: string, body?: object): Promise<Told> => {
    const headers = { Authorization: `Bearer ${token}` };
    const outgoing = request(new URL(`/api/v1/extensions/${path}`, origin), { method, ca, headers });
    outgoing.end(body && JSON.stringify(body));
    const response = await new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
      outgoing.once('response', resolve);
      outgoing.once('error', reject);
    });
    return { status: response.statusCode!, json: (await json(response)) as Told['json'] };
  };
  return { get: (path) => send('GET', path), post: (path, body) => send('POST', path, body) };
}
