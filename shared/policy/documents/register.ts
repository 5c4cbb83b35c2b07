/**
 * The record of processing activities (GDPR 30(1)(a) to (g)): one row for each purpose, and one for each thing that the box keeps for
 * itself. A pure function of the policy and of what the box knows of itself. No text of any language is in it, so that it is the same for
 * whoever reads it; people are in it by their ids, so that no version of it keeps a name for longer than the directory does.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type PolicyInForce, UNRECORDED_TRAFFIC_DAYS } from '../decide.ts';
import type { Purpose } from '../purpose.ts';
import { recipientsSchema } from '../recipients.ts';
import { generalDays, retentionDays } from '../retention.ts';
import type { Policy } from '../schema.ts';

export const measures = ['sealed', 'transport', 'roles', 'audit', 'erasure', 'backups'] as const;
const subjects = ['callers', 'staff', 'desk'] as const;

/** What protects the data, GDPR 30(1)(g). */
export type Measure = (typeof measures)[number];

/** Whose data the box keeps for itself. */
export type Subject = (typeof subjects)[number];

const roleName = z.enum(['custodian', 'dpo', 'admin']);

const placeSchema = z.strictObject({
  name: z.string(),
  /** ISO 3166-1 alpha-2. */
  country: z.string(),
});

/** How long a class of data of a row is kept. `rule`: of calls of that rule; null: of all others. */
const termSchema = z.strictObject({
  of: z.enum(['content', 'traffic', 'evidence', 'access', 'request', 'directory', 'signalling']),
  rule: z.string().nullable(),
  length: z.number().int().positive(),
  unit: z.enum(['day', 'hour']),
});

const purposeRow = z.strictObject({
  kind: z.literal('purpose'),
  /** `purpose complaints`. */
  id: z.string(),
  name: z.string(),
  why: z.string(),
  basis: z.string(),
  assessment: z.string().nullable(),
  specialGround: z.string().nullable(),
  dataSubjects: z.array(z.string()),
  dataCategories: z.array(z.string()),
  receivers: z.array(z.string()),
  mayOpen: z.array(roleName),
  uses: z.array(z.string()),
  level: z.string(),
  terms: z.array(termSchema),
  minimum: z.strictObject({ days: z.number(), ground: z.string() }).nullable(),
});

const boxRow = z.strictObject({
  kind: z.literal('box'),
  /** `box access`. */
  id: z.string(),
  what: z.enum(['access', 'requests', 'directory', 'unrecorded', 'signalling']),
  dataSubjects: z.array(z.enum(subjects)),
  maySee: z.array(roleName),
  terms: z.array(termSchema),
});

export const registerSchema = z.strictObject({
  schemaVersion: z.literal(1),
  policy: z.strictObject({ version: z.number(), hash: z.string() }).nullable(),
  controller: z
    .strictObject({
      name: z.string(),
      contact: z.string(),
      dpo: z.strictObject({ name: z.string(), contact: z.string() }).nullable(),
    })
    .nullable(),
  box: z.string(),
  /** Countries that data may be kept in; anything else is a transfer and is refused (GDPR 44). */
  regions: z.array(z.string()),
  places: z.array(placeSchema),
  holders: z.array(z.strictObject({ role: roleName, people: z.array(z.string()) })),
  keys: z.array(z.strictObject({ role: z.enum(['custodian', 'escrow']), fingerprint: z.string() })),
  measures: z.array(z.enum(measures)),
  rows: z.array(z.discriminatedUnion('kind', [purposeRow, boxRow])),
});

export type Register = z.infer<typeof registerSchema>;
export type RegisterRow = Register['rows'][number];
export type RegisterTerm = z.infer<typeof termSchema>;
export type Place = z.infer<typeof placeSchema>;

/** What the box knows of itself and no policy says. */
export interface BoxFacts {
  readonly deviceId: string;
  /** Who holds roles at the desk. */
  readonly people: readonly { readonly id: string; readonly roles: readonly z.infer<typeof roleName>[] }[];
  /** Where backups go. */
  readonly destinations: readonly Place[];
  /** How long signalling is remembered, hours. */
  readonly signallingHours: number;
}

const day = (of: RegisterTerm['of'], length: number, rule: string | null = null): RegisterTerm => ({
  of,
  rule,
  length,
  unit: 'day',
});

/** Terms of a purpose, and of each of its rules that has its own. */
function termsOf(policy: Policy, purpose: Purpose): RegisterTerm[] {
  const classes = ['content', 'traffic', 'evidence'] as const;
  const own = classes.map((of) => day(of, retentionDays(purpose, null, of)));
  const rules = policy.rules.filter((rule) => rule.purpose === purpose.id && rule.retention !== undefined);
  const theirs = rules.flatMap((rule) =>
    classes
      .filter((of) => retentionDays(purpose, rule, of) !== retentionDays(purpose, null, of))
      .map((of) => day(of, retentionDays(purpose, rule, of), rule.id)),
  );
  return [...own, ...theirs];
}

const rowOf = (policy: Policy, purpose: Purpose): RegisterRow => ({
  kind: 'purpose',
  id: `purpose ${purpose.id}`,
  name: purpose.name,
  why: purpose.rationale,
  basis: purpose.lawfulBasis,
  assessment: purpose.assessment?.reference ?? null,
  specialGround: purpose.specialCategories?.ground ?? null,
  dataSubjects: purpose.register.dataSubjects,
  dataCategories: purpose.register.dataCategories,
  receivers: purpose.register.receivers,
  mayOpen: purpose.mayOpen,
  uses: purpose.uses,
  level: purpose.level,
  terms: termsOf(policy, purpose),
  minimum: purpose.retention.minimum ?? null,
});

/** What the box keeps whatever is recorded. */
function ownRows(policy: Policy | null, { signallingHours }: BoxFacts): RegisterRow[] {
  type Own = Extract<RegisterRow, { kind: 'box' }>;
  const row = (
    what: Own['what'],
    dataSubjects: Own['dataSubjects'],
    maySee: Own['maySee'],
    terms: Own['terms'],
  ): Own => ({
    kind: 'box',
    id: `box ${what}`,
    what,
    dataSubjects,
    maySee,
    terms,
  });
  return [
    row('access', ['desk'], ['dpo', 'admin'], [day('access', generalDays(policy, 'access'))]),
    row('requests', ['callers'], ['custodian', 'dpo'], [day('request', generalDays(policy, 'request'))]),
    row('directory', ['desk', 'staff'], ['dpo', 'admin'], [day('directory', generalDays(policy, 'directory'))]),
    row('unrecorded', ['callers', 'staff'], ['custodian', 'dpo'], [day('traffic', UNRECORDED_TRAFFIC_DAYS)]),
    row(
      'signalling',
      ['callers', 'staff'],
      ['custodian', 'dpo', 'admin'],
      [{ of: 'signalling', rule: null, length: signallingHours, unit: 'hour' }],
    ),
  ];
}

/** Whom recordings are sealed to, as the list inside the policy says; who applies a policy has verified that list. */
function keysOf({ recipients }: Policy): Register['keys'] {
  const listed = recipientsSchema.safeParse(JSON.parse(Buffer.from(recipients.payload, 'base64').toString('utf8')));
  if (!listed.success) return [];
  return listed.data.recipients.map(({ role, fingerprint }) => ({ role, fingerprint }));
}

/** The register of a policy and a box; null: without a policy, for the box keeps access events from its first minute on. */
export function registerOf(inForce: PolicyInForce | null, facts: BoxFacts): Register {
  const policy = inForce?.policy ?? null;
  const { deviceId, people, destinations } = facts;
  return {
    schemaVersion: 1,
    policy: inForce && { version: inForce.policy.version, hash: inForce.hash },
    controller: policy && {
      name: policy.controller.name,
      contact: policy.controller.contact,
      dpo: policy.controller.dpo,
    },
    box: deviceId,
    regions: policy?.regions ?? [],
    places: destinations.map(({ name, country }) => ({ name, country })),
    holders: roleName.options.map((role) => ({
      role,
      people: people.flatMap(({ id, roles }) => (roles.includes(role) ? [id] : [])).sort(),
    })),
    keys: policy ? keysOf(policy) : [],
    measures: [...measures],
    rows: [...(policy?.purposes.map((purpose) => rowOf(policy, purpose)) ?? []), ...ownRows(policy, facts)],
  };
}

/** SHA-256, hex: equal for registers that say the same. */
export const registerHash = (register: Register): string =>
  createHash('sha256')
    .update(JSON.stringify(registerSchema.parse(register)))
    .digest('hex');

/** Rows, and parts beside the rows, in which two registers differ, by name. Empty: they say the same. */
export function registerDrift(recorded: Register, live: Register): readonly string[] {
  const { rows: _, ...head } = live;
  const parts = (Object.keys(head) as (keyof typeof head)[]).filter(
    (part) => JSON.stringify(recorded[part]) !== JSON.stringify(live[part]),
  );
  const ids = new Set([...recorded.rows, ...live.rows].map(({ id }) => id));
  const said = ({ rows }: Register, id: string) => JSON.stringify(rows.find((row) => row.id === id) ?? null);
  return [...parts, ...[...ids].filter((id) => said(recorded, id) !== said(live, id))];
}
