/** One request: who asks, in which language, for which desk. */
import type { Assets } from '@belkluis/shared/web/assets';
import { hostCookies, YEAR_S } from '@belkluis/shared/web/cookies';
import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { Person } from '../access/people.ts';
import { type Act, may } from '../access/roles.ts';
import type { Texts } from './i18n/en.ts';
import type { Formats, LanguageCode } from './i18n/formats.ts';
import { MAX_CASE_LENGTH, MAX_REASON_LENGTH } from './limits.ts';
import { problem } from './problems.ts';
import type { DeskServices } from './services.ts';

export interface Visit {
  readonly services: DeskServices;
  readonly assets: Assets;
  /** Whose box it is, as callers hear it; null without a policy. */
  readonly place: string | null;
  readonly language: LanguageCode;
  readonly t: Texts;
  readonly f: Formats;
  /** Path and query, for links back to the same page. */
  readonly here: string;
  readonly now: number;
  readonly person: Person | null;
}

export interface DeskEnv {
  readonly Bindings: Partial<HttpBindings>;
  readonly Variables: { visit: Visit };
}

export type DeskContext = Context<DeskEnv>;

/** A session's end is kept on the box, so no cookie but the language outlives the browser. */
export const {
  read: readCookie,
  write: writeCookie,
  drop: dropCookie,
} = hostCookies<'session' | 'setup' | 'language'>({ language: { maxAge: YEAR_S } });

/** The other end of the connection: no header says it, for no proxy stands before the desk. */
export const addressOf = (c: DeskContext): string => c.env?.incoming?.socket.remoteAddress ?? 'unknown';

/** The person, who may do this. @throws Problem `not_allowed`. */
export function allowed(c: DeskContext, act: Act): Person {
  const { person } = c.get('visit');
  if (!person || !may(person, act)) throw problem('not_allowed', act);
  return person;
}

/** A text field of a form; empty when it is missing or a file. */
export async function field(c: DeskContext, name: string): Promise<string> {
  const value = (await c.req.parseBody())[name];
  return typeof value === 'string' ? value : '';
}

/** A text field as it is kept: one line, no control characters. */
export const line = async (c: DeskContext, name: string): Promise<string> =>
  (await field(c, name))
    .normalize('NFKC')
    .replaceAll(/[\p{C}\s]+/gu, ' ')
    .trim();

/** A reason in a field. @throws Problem `why_missing`, `text_long`. */
export async function reasonIn(c: DeskContext, name: string): Promise<string> {
  const reason = await line(c, name);
  if (reason === '') throw problem('why_missing');
  if ([...reason].length > MAX_REASON_LENGTH) throw problem('text_long');
  return reason;
}

/** The number of a case in a field. @throws Problem `case_missing`, `case_long`. */
export async function caseIn(c: DeskContext, name: string): Promise<string> {
  const caseRef = await line(c, name);
  if (caseRef === '') throw problem('case_missing');
  if ([...caseRef].length > MAX_CASE_LENGTH) throw problem('case_long');
  return caseRef;
}

/** The name of a person of this box, or that they have left. */
export function nameOf({ services, t }: Visit, id: string): string {
  return services.access.people().find((one) => one.id === id)?.name ?? t.holds.former;
}
