/** A person at the desk's pages, without a browser: keeps cookies, follows no script. */
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { totpCode } from '@belkluis/shared/access/totp';
import Database from 'better-sqlite3';
import type { ScenarioBox } from './box.ts';

export interface Page {
  readonly status: number;
  readonly text: string;
  readonly location: string | null;
}

export interface Visitor {
  get(path: string): Promise<Page>;
  post(path: string, fields: Readonly<Record<string, string>> | URLSearchParams): Promise<Page>;
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

/** A person of the desk, with what they know and carry. */
export interface Member extends Visitor {
  readonly name: string;
  /** Of the authenticator; it counts, though it was given before. */
  code(): string;
  /** A file for `--credentials`: password and a code that counts. Its text. */
  credentials(): string;
  /** Signs in at the desk. @throws Error when it does not let them. */
  signIn(): Promise<void>;
}

/**
 * Lets a person's last code count as if it had never been given: each counts once, and a test need not wait half a minute for the next.
 * That it counts once is asserted where the clock is the test's own (appliance/access/access.test.ts).
 */
export function forgetLastCode(accessDatabase: string, name: string): void {
  const database = new Database(accessDatabase);
  database.prepare('UPDATE people SET totp_step = 0 WHERE name = ?').run(name);
  database.close();
}

/** Of a box, what tells where its desk is and who its people are. */
type BoxOfDesk = Pick<ScenarioBox, 'processes' | 'certificatePath' | 'at'>;

/** Makes a person with a set-up code; with none, the first of the box. @throws Error when the desk does not let them. */
export async function newMember(box: BoxOfDesk, name: string, invited?: string): Promise<Member> {
  const ready = box.processes.desk.ready as unknown as { url: string; setUpCode: string };
  const person = visitor(new URL(ready.url).origin, readFileSync(box.certificatePath, 'utf8'));
  const setUpCode = invited ?? ready.setUpCode;
  await person.post('/set-up', { code: setUpCode, name, password: PASSWORD, again: PASSWORD });
  const second = await person.get('/set-up/code');
  const secret = /secret=([A-Z2-7]+)/.exec(second.text)?.[1];
  if (secret === undefined) throw new Error(`no second factor was shown: ${second.status}`);
  const code = (): string => {
    forgetLastCode(box.at.accessDatabase, name);
    return totpCode(secret, Date.now());
  };
  await person.post('/set-up/code', { code: code() });
  return {
    ...person,
    name,
    code,
    credentials: () => `${PASSWORD}\n${code()}\n`,
    async signIn() {
      await person.post('/login', { name, password: PASSWORD });
      const entered = await person.post('/login/code', { code: code() });
      if (entered.location !== '/') throw new Error(`could not sign in: ${entered.status}`);
    },
  };
}

/** Makes the first person of a box, and signs in as them. @throws Error when the desk does not let them. */
export async function firstPerson(box: BoxOfDesk): Promise<Visitor> {
  const person = await newMember(box, 'Anna');
  await person.signIn();
  return person;
}
