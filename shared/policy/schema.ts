/** The policy document: purposes, rules, recipients. Strict: a field that this version does not know is refused. */
import { z } from 'zod';
import { envelopeSchema } from './dsse.ts';
import { templateNames, templates } from './templates.ts';

export const POLICY_TYPE = 'application/vnd.belkluis.policy+json;version=1';

/** The purpose of test calls, which the box makes itself; no policy may use its name. */
export const TEST_CALL_PURPOSE = 'test-call';

/** Longest retention of anything, in days: ten years, the longest that national rules for recordings ask for (MiFID II: five to seven). */
export const MAX_RETENTION_DAYS = 3653;

/** Purposes and rules of one policy: an office has a handful. */
const MAX_PURPOSES = 50;
const MAX_RULES = 500;

/** Longest announcement text, in characters: about a minute of speech, more than any caller will hear out. */
const MAX_ANNOUNCEMENT_LENGTH = 1000;

const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'must be lower-case letters, digits and dashes');
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const days = z.number().int().min(1).max(MAX_RETENTION_DAYS);
const language = z.enum(['en', 'nl', 'de', 'fr']);

export type Language = z.infer<typeof language>;

/** What must be said: who records, for what purpose, for how long it is kept (GDPR 13(1)(a), (1)(c), (2)(a)). */
export const ANNOUNCEMENT_SLOTS = ['{who}', '{purpose}', '{retention}'] as const;

const announcementText = z
  .string()
  .max(MAX_ANNOUNCEMENT_LENGTH)
  .refine((text) => ANNOUNCEMENT_SLOTS.every((slot) => text.includes(slot)), {
    message: `must contain ${ANNOUNCEMENT_SLOTS.join(', ')}: callers are told who records, why and for how long`,
  });

/** One language of an announcement: the sentence, and a recording of it by a person when there is one, bound by its hash. */
const spokenSchema = z.strictObject({
  language,
  /** What the purpose is called in this language, as a caller hears it: `to settle complaints`. */
  purpose: z.string().min(3).max(200),
  text: announcementText,
  /** SHA-256 of a WAV file that says exactly the finished sentence. Absent: the box speaks it. */
  wavSha256: hash.optional(),
});

/** Shortest rationale for a term, in characters: a sentence, not a word. */
const MIN_RATIONALE_LENGTH = 20;

const retentionSchema = z
  .strictObject({
    contentDays: days,
    trafficDays: days,
    /** Proof of the announcement and of the erasure: the row that stays when content and numbers have left. */
    evidenceDays: days,
    /** Until then nobody may have it erased, with the law that says so (GDPR 17(3)(b)). */
    minimum: z.strictObject({ days, ground: z.string().min(3).max(200) }).optional(),
    /** Why this long: asked for when it is longer than the template's usual term. */
    rationale: z.string().min(MIN_RATIONALE_LENGTH).max(2000).optional(),
  })
  .refine(({ minimum, contentDays }) => !minimum || minimum.days <= contentDays, {
    message: 'has a minimum beyond its own term',
    path: ['minimum', 'days'],
  })
  .refine(({ evidenceDays, contentDays }) => evidenceDays >= contentDays, {
    message: 'must be as long as contentDays at least: proof outlives what it proves',
    path: ['evidenceDays'],
  });

const purposeFields = z.strictObject({
  id: id.refine((name) => name !== TEST_CALL_PURPOSE, 'is the name of test calls: choose another one'),
  name: z.string().min(1).max(100),
  /** Art. 6(1) GDPR, by its letter. */
  lawfulBasis: z.enum(['a', 'b', 'c', 'd', 'e', 'f']),
  rationale: z.string().min(10).max(2000),
  /** What it usually is; bounds its terms. */
  template: z.enum(templateNames).optional(),
  /** Required: there is no default for how long something is kept (GDPR 5(1)(e)). */
  retention: retentionSchema,
  /** Every language is spoken, in this order. At least one: recording without telling is not to be had. */
  announcement: z
    .array(spokenSchema)
    .min(1)
    .max(4)
    .refine((spoken) => new Set(spoken.map(({ language }) => language)).size === spoken.length, {
      message: 'says one language twice',
    }),
  consent: z.enum(['inform', 'opt-out', 'opt-in']),
  /**
   * Who says the announcement. `box`: the box, and nobody is recorded who did not hear it from the box. `source`: the SBC or PBX that sends a
   * copy of its calls (SIPREC), where the box has no way to speak to anybody; such a purpose records nothing else. To change `box` to
   * `source` lowers privacy: the box can prove no longer that it was said.
   */
  announcedBy: z.enum(['box', 'source']).default('box'),
  level: z.enum(['standard', 'sensitive', 'high']),
  /** Roles that may open recordings of this purpose. */
  mayOpen: z.array(z.enum(['custodian', 'dpo'])).min(1),
  notUsedFor: z.array(z.string().min(1).max(200)).max(20),
  /** Whether a call must end when it cannot be recorded. */
  mandatory: z.boolean(),
});

export const purposeSchema = purposeFields.superRefine(({ template, retention, announcedBy, consent }, context) => {
  // Who only hears of a call cannot ask anybody in it.
  if (announcedBy === 'source' && consent !== 'inform')
    context.addIssue({ code: 'custom', path: ['consent'], message: 'must be inform where the source announces' });
  if (!template) return;
  const { usualDays, capDays, minimumDays } = templates[template];
  const refuse = (path: string[], message: string) =>
    context.addIssue({ code: 'custom', path: ['retention', ...path], message });
  if (retention.contentDays > capDays) refuse(['contentDays'], `is at most ${capDays} for the template ${template}`);
  if (retention.contentDays > usualDays && !retention.rationale)
    refuse(['rationale'], `is missing: more than ${usualDays} days is unusual for the template ${template}`);
  if (minimumDays !== null && (retention.minimum?.days ?? 0) < minimumDays)
    refuse(['minimum'], `must lock ${minimumDays} days at least for the template ${template}`);
});

export type Purpose = z.infer<typeof purposeSchema>;

/** A number or user exactly, or everything that begins like it: `anna`, `+3120*`, `*`. */
const pattern = z.string().regex(/^[A-Za-z0-9+._-]{0,64}\*?$/, 'must be a number or user, with * at its end at most');
const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 08:30');

export const ruleSchema = z.strictObject({
  id,
  purpose: id,
  direction: z.enum(['internal', 'inbound', 'outbound']).optional(),
  /** How the call comes to the box: its own phones and lines, or a copy of a call of somebody else's. */
  via: z.enum(['phone', 'siprec']).optional(),
  from: pattern.optional(),
  to: pattern.optional(),
  /** In the box's time zone. Days are ISO 8601: 1 is Monday. */
  hours: z
    .strictObject({ days: z.array(z.number().int().min(1).max(7)).min(1), from: clockTime, until: clockTime })
    .optional(),
  /** Shorter terms for the calls of this rule, such as one queue. Never longer than the purpose's. */
  retention: z.strictObject({ contentDays: days.optional(), trafficDays: days.optional() }).optional(),
});

export type Rule = z.infer<typeof ruleSchema>;

/** Countries that data may be kept in: ISO 3166-1 alpha-2, or `EEA` for all of the European Economic Area. */
const region = z.string().regex(/^([A-Z]{2}|EEA)$/, 'must be a country code such as NL, or EEA');

/** Whether a rule's own terms stay within those of its purpose. */
const withinPurpose = ({ retention }: Rule, purpose: Purpose): boolean => {
  const { contentDays = 0, trafficDays = 0 } = retention ?? {};
  const { minimum } = purpose.retention;
  if (contentDays > purpose.retention.contentDays || trafficDays > purpose.retention.trafficDays) return false;
  return contentDays === 0 || !minimum || contentDays >= minimum.days;
};

const distinctIds = (items: readonly { id: string }[]) => new Set(items.map((item) => item.id)).size === items.length;

export const policySchema = z
  .strictObject({
    schemaVersion: z.literal(1),
    /** Device ids that it is for; `*` alone: any box that trusts the signer. */
    audience: z.array(z.string().min(1).max(100)).min(1).max(1000),
    version: z.number().int().positive(),
    /** Hash of the policy that it follows; null for the first. */
    previousHash: hash.nullable(),
    issuedAt: z.iso.datetime(),
    /** After this it cannot be applied any more. One that is in force stays, and health says that it is stale. */
    expiresAt: z.iso.datetime(),
    /** Who is responsible, as callers hear it: `Van Dam Insurance` (GDPR 13(1)(a)). */
    controller: z.string().min(2).max(200),
    purposes: z.array(purposeSchema).max(MAX_PURPOSES).refine(distinctIds, { message: 'names a purpose twice' }),
    /** Terms of what belongs to no recording: access events, requests of data subjects, people and phones. */
    retention: z.strictObject({ accessDays: days, requestDays: days, directoryDays: days }),
    /** Where recordings and backups may be kept (GDPR 44). A destination elsewhere is refused. */
    regions: z.array(region).min(1).max(40),
    /** The first rule that matches decides. */
    rules: z.array(ruleSchema).max(MAX_RULES).refine(distinctIds, { message: 'names a rule twice' }),
    /** Envelope of type `RECIPIENTS_TYPE`, signed by the customer's keyring key. */
    recipients: envelopeSchema,
  })
  .refine(({ purposes, rules }) => rules.every((rule) => purposes.some((purpose) => purpose.id === rule.purpose)), {
    message: 'has a rule whose purpose does not exist',
  })
  .superRefine(({ purposes, rules }, context) => {
    rules.forEach((rule, index) => {
      const purpose = purposes.find(({ id }) => id === rule.purpose);
      if (!purpose || withinPurpose(rule, purpose)) return;
      const message = 'must stay within the terms of its purpose, and above its minimum';
      context.addIssue({ code: 'custom', path: ['rules', index, 'retention'], message });
    });
  });

export type Policy = z.infer<typeof policySchema>;
