/** What one level says: parts of a policy, variables and their values, what lower levels may not change. */
import { keyOf } from '@belkluis/shared/policy/changes/table';
import { day, days, readable } from '@belkluis/shared/policy/fields';
import { type Policy, policySchema } from '@belkluis/shared/policy/schema';
import { z } from 'zod';
import { MAX_LOCKS, MAX_VARIABLES } from './limits.ts';

/** What each document has of its own, and the list of recipients, which the customer alone signs: no level says these. */
export const OWN_FIELDS = [
  'schemaVersion',
  'audience',
  'version',
  'previousHash',
  'issuedAt',
  'expiresAt',
  'recipients',
] as const;

/** What a policy says, without what each document has of its own. */
export type PolicyBody = Omit<Policy, (typeof OWN_FIELDS)[number]>;

/** A variable in a text: `{{dpo_name}}`. */
const PLACEHOLDER = /\{\{([a-z][a-z0-9_]{0,39})\}\}/;

/** The same, for all of them in a text. */
export const placeholders = (): RegExp => new RegExp(PLACEHOLDER, 'g');

const hasPlaceholder = (value: unknown): boolean => typeof value === 'string' && PLACEHOLDER.test(value);

/** Parts that are one choice of several forms: a lower level replaces them whole. */
export const WHOLE: ReadonlySet<string> = new Set(['worksCouncil', 'purposes.consent']);

const issuesInto = (context: z.RefinementCtx, error: z.ZodError) => {
  for (const { path, message } of error.issues) context.addIssue({ code: 'custom', path: [...path], message });
};

/** The same value, or a variable in its place. */
const orVariable = (schema: z.ZodType): z.ZodType =>
  z.unknown().superRefine((value, context) => {
    if (hasPlaceholder(value)) return;
    const read = schema.safeParse(value);
    if (!read.success) issuesInto(context, read.error);
  });

const below = (field: string, name: string): string => (field === '' ? name : `${field}.${name}`);

/** A list whose entries may each be a variable, or that is one. */
function words(element: z.ZodType): z.ZodType {
  const inner = z.array(orVariable(element)).max(1000);
  return orVariable(inner);
}

/** `part`: any field may be left out but those by which entries are known. Else all must be there, as in the whole document. */
function loose(schema: z.ZodType, field: string, part: boolean): z.ZodType {
  if (schema instanceof z.ZodOptional) return loose(schema.unwrap() as z.ZodType, field, part).optional();
  if (schema instanceof z.ZodNullable) {
    const inner = loose(schema.unwrap() as z.ZodType, field, part);
    return z.unknown().superRefine((value, context) => {
      if (value === null) return;
      const read = inner.safeParse(value);
      if (!read.success) issuesInto(context, read.error);
    });
  }
  if (schema instanceof z.ZodObject) {
    const shape = Object.entries(schema.shape as Record<string, z.ZodType>).map(([name, inner]) => {
      const isPart = part && !WHOLE.has(field);
      const held = loose(inner, below(field, name), isPart);
      return [name, isPart && keyOf[field] !== name ? held.optional() : held] as const;
    });
    return z.strictObject(Object.fromEntries(shape));
  }
  if (schema instanceof z.ZodUnion) {
    const options = (schema.options as z.ZodType[]).map((option) => loose(option, field, false));
    return z.unknown().superRefine((value, context) => {
      if (hasPlaceholder(value) || options.some((option) => option.safeParse(value).success)) return;
      const read = schema.safeParse(value);
      if (!read.success) issuesInto(context, read.error);
    });
  }
  if (!(schema instanceof z.ZodArray)) return orVariable(schema);
  const element = schema.element as z.ZodType;
  const key = keyOf[field];
  if (key === undefined) return words(element);
  const entry = loose(element, field, part);
  return z
    .array(entry)
    .max(1000)
    .refine(
      (entries) => new Set(entries.map((one) => (one as Record<string, unknown>)[key])).size === entries.length,
      `names an entry twice: each ${key} stands once`,
    );
}

const shapeOf = policySchema.shape as unknown as Record<string, z.ZodType>;

export const bodyFields = Object.keys(shapeOf).filter((name) => !(OWN_FIELDS as readonly string[]).includes(name));

/** Parts of a policy: each field as the whole document has it, or left out; a variable may stand for any value. */
const partsSchema = z.strictObject(
  Object.fromEntries(bodyFields.map((name) => [name, loose(shapeOf[name]!, name, true).optional()])),
);

/** What a value of each type must be. */
export const variableTypes = {
  text: readable(200),
  number: z.number().int().min(0).max(1_000_000),
  days,
  date: day,
  texts: z.array(readable(100)).min(1).max(500),
} as const satisfies Record<string, z.ZodType>;

export type VariableType = keyof typeof variableTypes;

const variableName = z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, 'must be lower-case letters, digits and _');

/** Names from the top, entries of lists by what they are known by: `purposes.complaints.retention.contentDays`; of a value: `values.dpo_name`. */
const path = z
  .string()
  .max(200)
  .refine((text) => {
    const [first = '', ...rest] = text.split('.');
    return (first === 'values' ? rest.length === 1 : bodyFields.includes(first)) && !rest.includes('');
  }, 'must be the path of a field of a policy, or values.NAME');

export const levelSchema = z.strictObject({
  /** What lower levels, or this one, must give a value to. */
  variables: z
    .record(
      variableName,
      z.strictObject({ type: z.enum(Object.keys(variableTypes) as [VariableType]), says: readable(200).optional() }),
    )
    .refine((all) => Object.keys(all).length <= MAX_VARIABLES, `are more than ${MAX_VARIABLES}`)
    .default({}),
  values: z
    .record(variableName, z.union([z.string(), z.number(), z.array(z.string())]))
    .refine((all) => Object.keys(all).length <= MAX_VARIABLES, `are more than ${MAX_VARIABLES}`)
    .default({}),
  parts: partsSchema.default({}),
  /** Entries and fields that a level above, or the customer's policy, has and this one has not. */
  without: z.array(path).max(MAX_LOCKS).default([]),
  /** What no level below may change. */
  locks: z.array(path).max(MAX_LOCKS).default([]),
});

/** What a level says, with all of it there. */
export type LevelContent = z.infer<typeof levelSchema>;
/** The same as people write it. */
export type LevelInput = z.input<typeof levelSchema>;

/** A level that says nothing. */
export const NOTHING: LevelContent = { variables: {}, values: {}, parts: {}, without: [], locks: [] };
