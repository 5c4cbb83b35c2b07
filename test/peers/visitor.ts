/** A person at the desk's pages, without a browser: keeps cookies, follows no script. */
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { totpCode } from '../../appliance/access/totp.ts';

export interface Page {
  readonly status: number;
  readonly text: string;
  readonly location: string | null;
}

export interface Visitor {
  get(path: string): Promise<Page>;
  post(path: string, fields: Readonly<Record<string, string>>): Promise<Page>;
}

/** Somebody nobody knows. `ca`: the certificate that the box shows. */
function visitor(origin: string, ca: string): Visitor {
  const cookies = new Map<string, string>();
  const send = async (method: string, path: string, body: string | null): Promise<Page> => {
    const headers = {
      Accept: 'text/html',
      'Accept-Language': 'en',
      Origin: origin,
      Cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      ...(body === null ? {} : { 'Content-Type': 'application/x-www-form-urlencoded' }),
    };
    const outgoing = request(new URL(path, origin), { method, ca, headers });
    outgoing.end(body ?? undefined);
    const response = await new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
      outgoing.once('response', resolve);
      outgoing.once('error', reject);
    });
    for (const cookie of response.headers['set-cookie'] ?? []) {
      const [pair = ''] = cookie.split(';');
      const at = pair.indexOf('=');
      cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return {
      status: response.statusCode!,
      text: await text(response),
      location: response.headers.location ?? null,
    };
  };
  return {
    get: (path) => send('GET', path, null),
    post: (path, fields) => send('POST', path, new URLSearchParams(fields).toString()),
  };
}

const PASSWORD = 'four words in a row';
const STEP_MS = 30_000;

/** A person of the desk, with what they know and carry. */
export interface Member extends Visitor {
  readonly name: string;
  /** A file for `--credentials`: password and a code that was not used yet. Its text. */
  credentials(): Promise<string>;
  /** Signs in at the desk. @throws Error when it does not let them. */
  signIn(): Promise<void>;
}

/** Makes a person with a set-up code. @throws Error when the desk does not let them. */
export async function newMember(origin: string, ca: string, setUpCode: string, name: string): Promise<Member> {
  const person = visitor(origin, ca);
  await person.post('/set-up', { code: setUpCode, name, password: PASSWORD, again: PASSWORD });
  const second = await person.get('/set-up/code');
  const secret = /secret=([A-Z2-7]+)/.exec(second.text)?.[1];
  if (secret === undefined) throw new Error(`no second factor was shown: ${second.status}`);
  /** Each code counts once, and one step to either side is taken: three are to be had before one has to wait. */
  let used = Math.floor(Date.now() / STEP_MS) - 2;
  const code = async (): Promise<string> => {
    const now = () => Math.floor(Date.now() / STEP_MS);
    const step = Math.max(used + 1, now() - 1);
    while (step > now() + 1) await new Promise((resume) => setTimeout(resume, 200));
    used = step;
    return totpCode(secret, step * STEP_MS);
  };
  await person.post('/set-up/code', { code: await code() });
  return {
    ...person,
    name,
    credentials: async () => `${PASSWORD}\n${await code()}\n`,
    async signIn() {
      await person.post('/login', { name, password: PASSWORD });
      const entered = await person.post('/login/code', { code: await code() });
      if (entered.location !== '/') throw new Error(`could not sign in: ${entered.status}`);
    },
  };
}

/** Makes the first person of a box with its set-up code, and signs in as them. @throws Error when the desk does not let them. */
export async function firstPerson(origin: string, ca: string, code: string): Promise<Visitor> {
  const person = await newMember(origin, ca, code, 'Anna');
  await person.signIn();
  return person;
}
