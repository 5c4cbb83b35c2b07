/** What an MSP says of its identity provider. */
import { z } from 'zod';
import { checkCountry } from '../../tenants/fields.ts';
import { problem } from '../problems.ts';
import { grantsSchema, isOwner } from '../rights.ts';
import { MAX_DOMAINS, MAX_RULES, MAX_SUBJECTS } from './limits.ts';

/** Readable characters of a claim: a subject, an `acr`, a group. */
const claimText = z.string().regex(/^[^\p{C}]{1,255}$/u, 'must be 1 to 255 readable characters');
const names = z.array(claimText).max(20);
const domain = z.string().regex(/^(?=.{1,253}$)([a-z0-9-]{1,63}\.)+[a-z0-9-]{1,63}$/, 'must be like example.org');

function isIssuer(text: string): boolean {
  const url = URL.parse(text);
  // OpenID Connect Discovery 1.0, 2: https, without query and fragment.
  return url?.protocol === 'https:' && !/[?#@\s]/.test(text) && text.length <= 255;
}

const ruleSchema = z.strictObject({
  /** A claim that is a text, or a list of texts with it in: `groups`, `roles`, `hd`. */
  claim: z.string().regex(/^[A-Za-z0-9_.:/-]{1,100}$/),
  value: claimText,
  grants: grantsSchema.refine((grants) => !isOwner(grants), 'a rule makes nobody an owner'),
});

export const settingsSchema = z
  .strictObject({
    name: claimText.max(80),
    issuer: z.string().refine(isIssuer, 'must be an https address without query'),
    clientId: claimText,
    /** Where the provider keeps what it learns of sign-ins, ISO 3166-1 alpha-2. */
    country: z.string(),
    /** Every address it names is its owner's, also without `email_verified`: a directory of one organisation. */
    trustsEmail: z.boolean(),
    /** Who may come: verified addresses in these domains, and exactly these subjects. */
    domains: z.array(domain).max(MAX_DOMAINS),
    subjects: z.array(claimText).max(MAX_SUBJECTS),
    /** What of its `acr` or `amr` says that it asked for two factors; null: ours is always asked. */
    secondFactor: z
      .strictObject({ acr: names, amr: names })
      .refine(({ acr, amr }) => acr.length + amr.length > 0, 'must name an acr or an amr')
      .nullable(),
    /** Who comes in without an invitation, and as what. */
    rules: z.array(ruleSchema).max(MAX_RULES),
  })
  .refine(({ domains, subjects }) => domains.length + subjects.length > 0, {
    path: ['domains'],
    error: 'must name a domain, or a subject',
  });

export type Settings = z.infer<typeof settingsSchema>;

/** @throws Problem `provider_invalid` naming the field, `country_invalid`. */
export function checkSettings(given: unknown): Settings {
  const { data, error } = settingsSchema.safeParse(given);
  if (!data) {
    const [issue] = error.issues;
    throw problem('provider_invalid', `${issue?.path.join('.')}: ${issue?.message}`);
  }
  checkCountry(data.country);
  return data;
}
