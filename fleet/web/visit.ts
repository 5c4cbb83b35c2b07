/** One request: who asks, in which language and time zone, and what is theirs. */
import { sourceOf } from '@belkluis/shared/access/quota';
import type { Assets } from '@belkluis/shared/web/assets';
import { hostCookies, YEAR_S } from '@belkluis/shared/web/cookies';
import { type Formats, formatsOf, type Language } from '@belkluis/shared/web/formats';
import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { Person } from '../access/parts.ts';
import { problem as accessProblem } from '../access/problems.ts';
import { type Act, scopeFor } from '../access/rights.ts';
import type { Scope } from '../tenants/scope.ts';
import type { Texts } from './i18n/en.ts';
import type { ConsoleServices } from './services.ts';

export interface Visit {
  readonly services: ConsoleServices;
  readonly assets: Assets;
  readonly language: Language;
  readonly t: Texts;
  /** In the person's time zone. */
  readonly f: Formats;
  /** The person's time zone, and formats of another, such as that of a site. */
  readonly timeZone: string;
  readonly formatsIn: (timeZone: string) => Formats;
  /** Path and query, for links back to the same page. */
  readonly here: string;
  readonly now: number;
  /** The token of the browser; whether it is worth anything, `who` says. */
  readonly session: string | null;
  /** Who is signed in, with both factors. */
  readonly person: Person | null;
  /** The password was right, and the second factor is to be given or set up. */
  readonly half: boolean;
  /** Incidents that concern the person's customers and that nobody of theirs has read. */
  readonly unread: readonly { readonly id: string; readonly drill: boolean }[];
  /** Name of the person's MSP; empty while nobody is signed in. */
  readonly mspName: string;
}

export interface ConsoleEnv {
  readonly Bindings: Partial<HttpBindings>;
  readonly Variables: { visit: Visit };
}

export type ConsoleContext = Context<ConsoleEnv>;

/** A sign-in that is under way at a provider: the browser comes back with it from elsewhere. */
const ATTEMPT_S = 600;

/** A session's end is kept at the fleet; language, time zone and provider outlive the browser. */
export const {
  read: readCookie,
  write: writeCookie,
  drop: dropCookie,
} = hostCookies<'session' | 'language' | 'zone' | 'provider' | 'attempt'>({
  language: { maxAge: YEAR_S },
  zone: { maxAge: YEAR_S },
  provider: { maxAge: YEAR_S },
  attempt: { sameSite: 'Lax', maxAge: ATTEMPT_S },
});

/** Whom a request counts for: the other end of the connection, of IPv6 its line. No header says it, for no proxy stands before the console. */
export const addressOf = (c: ConsoleContext): string => sourceOf(c.env?.incoming?.socket.remoteAddress ?? 'unknown');

export interface Permit {
  readonly person: Person;
  /** Of what the act may be done: for every query of tenants' data. */
  readonly scope: Scope;
}

/** The person who asks, and of what they may do this. @throws Problem `session_over`, `not_allowed`. */
export function allowed(c: ConsoleContext, act: Act): Permit {
  const { person } = c.get('visit');
  if (!person) throw accessProblem('session_over');
  const scope = scopeFor(person.msp, person.grants, act);
  if (!scope) throw accessProblem('not_allowed', act);
  return { person, scope };
}

/** Whether the person may do this to anything at all: for what a page offers. */
export const may = ({ person }: Visit, act: Act): boolean =>
  person !== null && scopeFor(person.msp, person.grants, act) !== null;

/** A text field of a form; empty when it is missing or a file. */
export async function field(c: ConsoleContext, name: string): Promise<string> {
  const value = (await c.req.parseBody())[name];
  return typeof value === 'string' ? value : '';
}

/** All values of a field that may be there several times. */
export async function fields(c: ConsoleContext, name: string): Promise<string[]> {
  const body = await c.req.parseBody({ all: true });
  return [body[name] ?? []].flat().filter((value) => typeof value === 'string');
}

/** The text of a file of a form; empty when there is none. */
export async function file(c: ConsoleContext, name: string): Promise<string> {
  const value = (await c.req.parseBody())[name];
  return value instanceof File ? await value.text() : '';
}

/** Most time zones that formats are kept of: each costs a millisecond to make, and the world has fewer that differ. */
const MAX_KEPT = 400;
const kept = new Map<string, Formats>();

/** How one language writes in one zone, made once. */
export function formatsIn(language: Language, timeZone: string): Formats {
  const key = `${language} ${timeZone}`;
  const known = kept.get(key);
  if (known) return known;
  const made = formatsOf(language, timeZone);
  if (kept.size >= MAX_KEPT) kept.clear();
  kept.set(key, made);
  return made;
}
