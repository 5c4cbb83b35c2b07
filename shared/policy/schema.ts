/** The policy document: purposes, rules, recipients. Strict: a field that this version does not know is refused. */
import { z } from 'zod';
import { envelopeSchema } from './dsse.ts';
import { day, distinctIds, document, hash, id, MAX_RETENTION_DAYS, readable, reason, words } from './fields.ts';
import { checkKeys, keysSchema } from './keys.ts';
import { numberingSchema, pattern } from './numbers.ts';
import { levels, type Purpose, purposeSchema } from './purpose.ts';
import { generalRetentionSchema } from './retention-schema.ts';
import { neverSchema, type Rule, ruleSchema, takesAll } from './rule.ts';

export const POLICY_TYPE = 'application/vnd.belkluis.policy+json;version=2';

/** Of one policy: an office has a handful of each. */
const MAX_PURPOSES = 50;
const MAX_RULES = 500;
const MAX_GROUPS = 200;
const MAX_NEVER = 200;
/** As many as packs have unconfirmed provisions, with room. */
const MAX_CORRECTIONS = 50;
/** Holidays of ten years. */
const MAX_HOLIDAYS = 200;

/** Countries whose law the box knows. */
export const packNames = ['NL', 'DE', 'BE', 'FR'] as const;

export type PackName = (typeof packNames)[number];

/** Parts of the policy that whoever manages the box from outside may be allowed to change. */
export const fleetParts = ['rules', 'groups', 'holidays', 'neverRecord', 'announcements', 'retention'] as const;

/** Countries that data may be kept in: ISO 3166-1 alpha-2, or `EEA` for all of the European Economic Area. */
const region = z.string().regex(/^([A-Z]{2}|EEA)$/, 'must be a country code such as NL, or EEA');

const contact = z.strictObject({
  name: words.describe('Name of the person or office.'),
  contact: words.describe('How to reach them: an address, a number, an e-mail address.'),
});

const controllerSchema = z.strictObject({
  name: readable(200, 2).describe('Who is responsible, as callers hear it: `Van Dam Insurance` (GDPR 13(1)(a)).'),
  contact: words.describe('How to reach them (GDPR 13(1)(a)).'),
  dpo: contact.nullable().describe('The data protection officer (GDPR 13(1)(b)); null: there is none.'),
  authority: words.describe('The authority that takes complaints (GDPR 13(2)(d)).'),
  moreAt: words.describe('Where more can be read, as callers hear it: `example.nl slash calls` (GDPR 12(1)).'),
  website: z.url().describe('The page that `moreAt` leads to.'),
});

/** What a purpose must say for before the box may keep more of a call than its route and its length. */
const trafficSchema = z.strictObject({
  digits: id.nullable().describe('Purpose for which choices in menus are stored; null: they are not.'),
  waits: id
    .nullable()
    .describe('Purpose for which each call’s waiting time is stored; null: only sums of an hour are.'),
  linkChannels: id
    .nullable()
    .describe('Purpose for which calls are joined with other channels (mail, chat); null: they are not.'),
});

const policyFields = z.strictObject({
  schemaVersion: z.literal(2).describe('Which form of document this is.'),
  audience: z
    .array(z.string().min(1).max(100))
    .min(1)
    .max(1000)
    .describe('Device ids that it is for; `*` alone: any box that trusts the signer.'),
  version: z.number().int().positive().describe('Counts up with each policy.'),
  previousHash: hash.nullable().describe('Hash of the policy that it follows; null for the first.'),
  issuedAt: z.iso.datetime().describe('When it was signed.'),
  expiresAt: z.iso
    .datetime()
    .describe(
      'After this it cannot be applied any more. One that is in force stays, and health says that it is stale.',
    ),
  controller: controllerSchema.describe('Who is responsible (GDPR 4(7)).'),
  lawPacks: z
    .array(z.enum(packNames))
    .max(packNames.length)
    .refine((names) => new Set(names).size === names.length, { message: 'names a country twice' })
    .describe('Countries whose law binds these calls. What it forbids is refused, with the article.'),
  packCorrections: z
    .array(
      z.strictObject({
        provision: id.describe('The provision of a law pack, by its name. Only one that the box marks as unconfirmed.'),
        value: z
          .number()
          .int()
          .min(1)
          .max(MAX_RETENTION_DAYS)
          .nullable()
          .describe('The number that holds instead of the pack’s; null: the provision does not bind these calls.'),
        why: reason.describe('What says so.'),
        author: words.describe('Who decided it.'),
        date: day.describe('The day it was decided.'),
      }),
    )
    .max(MAX_CORRECTIONS)
    .refine((all) => new Set(all.map(({ provision }) => provision)).size === all.length, {
      message: 'corrects a provision twice',
    })
    .describe('What the box’s law packs say of these calls and the organisation knows better.'),
  worksCouncil: z
    .discriminatedUnion('council', [
      z.strictObject({ council: z.literal('agreed').describe('It has agreed, in writing.'), ...document.shape }),
      z.strictObject({
        council: z.literal('none').describe('There is none to ask.'),
        why: reason.describe('Why there is none.'),
      }),
    ])
    .nullable()
    .describe('What the works council says to recording; null: it was not asked, or has not agreed.'),
  regions: z
    .array(region)
    .min(1)
    .max(40)
    .describe('Where recordings and backups may be kept (GDPR 44). A destination elsewhere is refused.'),
  numbering: numberingSchema.describe('How numbers in this document are written.'),
  groups: z
    .array(
      z.strictObject({
        id: id.describe('By what name rules call it.'),
        extensions: z.array(pattern).min(1).max(500).describe('Own phones that belong to it.'),
      }),
    )
    .max(MAX_GROUPS)
    .refine(distinctIds, { message: 'names a group twice' })
    .describe('Phones that rules name together.'),
  holidays: z
    .array(z.strictObject({ date: day.describe('The day.'), name: words.describe('What it is called.') }))
    .max(MAX_HOLIDAYS)
    .describe('Days that schedules may treat differently.'),
  neverRecord: z
    .array(neverSchema)
    .max(MAX_NEVER)
    .refine(distinctIds, { message: 'names an entry twice' })
    .describe('Calls that are never recorded, whatever rules say.'),
  keys: keysSchema.describe('What phones of the organisation press.'),
  purposes: z
    .array(purposeSchema)
    .max(MAX_PURPOSES)
    .refine(distinctIds, { message: 'names a purpose twice' })
    .describe('What is recorded for what.'),
  rules: z
    .array(ruleSchema)
    .max(MAX_RULES)
    .refine(distinctIds, { message: 'names a rule twice' })
    .describe('Which calls serve which purpose. The first that matches decides; none: not recorded.'),
  retention: generalRetentionSchema.describe('Terms of what belongs to no recording.'),
  traffic: trafficSchema.describe('What is kept of a call beyond its route and its length.'),
  dpia: z
    .strictObject({
      ...document.shape,
      measures: z
        .array(
          z.strictObject({
            measure: words.describe('What was decided.'),
            field: z
              .string()
              .regex(/^[a-zA-Z]+(\.[a-zA-Z0-9-]+)*$/, 'must be the path of a field of this policy')
              .nullable()
              .describe('The field of this policy that carries it out; null: still open.'),
          }),
        )
        .max(100)
        .describe('What it asks for, and where this policy does it.'),
    })
    .nullable()
    .describe('The data protection impact assessment (GDPR 35); null: none. Rules that record all calls need one.'),
  bounds: z
    .strictObject({
      fleetMayChange: z
        .array(z.enum(fleetParts))
        .max(fleetParts.length)
        .describe('Parts that a policy from the fleet may change. What else differs is refused.'),
      maxContentDays: z
        .number()
        .int()
        .min(1)
        .max(3653)
        .describe('No policy from the fleet keeps what was said for longer, days.'),
    })
    .describe('What whoever manages the box from outside may change. Never these bounds themselves.'),
  recipients: envelopeSchema.describe('Those whom recordings are sealed to, signed by the customer’s keyring key.'),
});

type Fields = z.infer<typeof policyFields>;
type Refuse = (path: readonly (string | number)[], message: string) => void;

/** Whether a rule's own terms stay within those of its purpose. */
const withinPurpose = ({ retention }: Rule, purpose: Purpose): boolean => {
  const { contentDays = 0, trafficDays = 0 } = retention ?? {};
  const { minimum } = purpose.retention;
  if (contentDays > purpose.retention.contentDays || trafficDays > purpose.retention.trafficDays) return false;
  return contentDays === 0 || !minimum || contentDays >= minimum.days;
};

function checkRules({ rules, purposes, groups, dpia }: Fields, refuse: Refuse) {
  for (const [index, rule] of rules.entries()) {
    const at = (...path: string[]) => ['rules', index, ...path];
    const purpose = purposes.find(({ id }) => id === rule.purpose);
    if (!purpose) {
      refuse(at('purpose'), 'names a purpose that does not exist');
      continue;
    }
    if (!withinPurpose(rule, purpose))
      refuse(at('retention'), 'must stay within the terms of its purpose, and above its minimum');
    if (rule.level && levels.indexOf(rule.level) < levels.indexOf(purpose.level))
      refuse(at('level'), 'must not be lower than the level of its purpose');
    if (purpose.mandatory && rule.start === 'manual')
      refuse(at('start'), 'must be automatic where a law demands the recording');
    if (purpose.mandatory && (rule.sampling ?? 100) < 100)
      refuse(at('sampling'), 'must be left out where a law demands the recording');
    for (const name of rule.groups ?? [])
      if (!groups.some(({ id }) => id === name)) refuse(at('groups'), `names the group ${name}, which does not exist`);
    if (!dpia && takesAll(rule))
      refuse(at(), 'records all calls: that needs a DPIA first; name it in dpia, or narrow the rule (GDPR 35(3))');
  }
}

function checkNever({ neverRecord }: Fields, refuse: Refuse) {
  neverRecord.forEach(({ why, numbers, extensions }, index) => {
    const named = numbers !== undefined || extensions !== undefined;
    if (named === (why === 'withheld'))
      refuse(
        ['neverRecord', index],
        named ? 'must name no numbers: withheld ones have none' : 'must name numbers or extensions',
      );
  });
}

function checkTraffic({ traffic, purposes }: Fields, refuse: Refuse) {
  for (const [name, purpose] of Object.entries(traffic))
    if (purpose !== null && !purposes.some(({ id }) => id === purpose))
      refuse(['traffic', name], 'names a purpose that does not exist: no purpose, no processing (GDPR 5(1)(b))');
}

export const policySchema = policyFields.superRefine((policy, context) => {
  const refuse: Refuse = (path, message) => context.addIssue({ code: 'custom', path: [...path], message });
  checkRules(policy, refuse);
  checkNever(policy, refuse);
  checkTraffic(policy, refuse);
  checkKeys(policy, refuse);
  policy.purposes.forEach(({ specialCategories }, index) => {
    if (specialCategories && !policy.dpia)
      refuse(['purposes', index, 'specialCategories'], 'needs a DPIA first: name it in dpia (GDPR 35(3)(b))');
  });
});

export type Policy = z.infer<typeof policySchema>;
