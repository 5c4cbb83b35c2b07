/** What a provider said of somebody, judged by what the MSP said of the provider. */
import { hash } from 'node:crypto';
import { emailKey } from '../people.ts';
import type { Grant } from '../rights.ts';
import type { Settings } from './settings.ts';

/** Claims of a token that was verified: everything in them is the provider's word, and of any type. */
export type Claims = Readonly<Record<string, unknown>> & { readonly sub: string };

export interface Judged {
  readonly subjectHash: string;
  /** Null: none, or nobody says that it is theirs. */
  readonly email: string | null;
  readonly name: string | null;
  readonly admitted: boolean;
  /** The provider asked for two factors, and the MSP believes it. */
  readonly twoFactors: boolean;
  /** Of all rules that hold; null: none does. */
  readonly grants: readonly Grant[] | null;
}

/** What is kept of a subject. */
export const subjectHashOf = (subject: string): string => hash('sha256', subject, 'hex');

export const domainOf = (email: string): string => emailKey(email).split('@').at(-1)!;

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
const texts = (value: unknown): readonly string[] =>
  (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === 'string');

export function judge(settings: Settings, claims: Claims): Judged {
  const { trustsEmail, domains, subjects, secondFactor, rules } = settings;
  // A text "true" is not the value true (OpenID Connect Core 1.0, 5.1).
  const verified = claims.email_verified === true || (trustsEmail && claims.email_verified === undefined);
  const email = verified ? text(claims.email) : null;
  const domain = email === null ? null : domainOf(email);
  const twoFactors =
    secondFactor !== null &&
    (secondFactor.acr.includes(text(claims.acr) ?? '') ||
      texts(claims.amr).some((one) => secondFactor.amr.includes(one)));
  const holding = rules.filter(
    ({ claim, value }) => Object.hasOwn(claims, claim) && texts(claims[claim]).includes(value),
  );
  const grants = holding.flatMap((rule) => rule.grants);
  const once = [...new Map(grants.map((grant) => [JSON.stringify(grant), grant])).values()];
  return {
    subjectHash: subjectHashOf(claims.sub),
    email,
    name: text(claims.name),
    admitted: subjects.includes(claims.sub) || (domain !== null && domains.includes(domain)),
    twoFactors,
    grants: once.length === 0 ? null : once,
  };
}
