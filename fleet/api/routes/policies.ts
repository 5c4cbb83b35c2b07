/** Policies as levels say them, what they would do, and how boxes stand. Signing takes a person, so nothing here puts anything in force. */
import { z } from 'zod';
import type { LevelContent, LevelInput } from '../../policy/content.ts';
import type { Level } from '../../policy/levels.ts';
import type { SignedRow } from '../../policy/standing.ts';
import { levelKinds, signedStates, standings } from '../../policy/tables.ts';
import { problem } from '../problems.ts';
import { route } from '../route.ts';
import { id, instant, pageOf, paging } from '../schemas.ts';
import { isHeld, tagOf } from '../tag.ts';

const count = z.number().int().nonnegative();
const standing = z.enum(standings);
const waiting = z.enum(standings.filter((one) => one !== 'none'));

/** As people write it, without a walk over all that a policy can say: the room reads it (`level_invalid`). */
const writtenSchema = z
  .strictObject({
    variables: z.record(z.string(), z.strictObject({ type: z.string(), says: z.string().optional() })).optional(),
    values: z.record(z.string(), z.union([z.string(), z.number(), z.array(z.string())])).optional(),
    parts: z.record(z.string(), z.unknown()).optional().describe('Fields of a policy, as far as this level says them.'),
    without: z.array(z.string()).optional().describe('Paths that levels above have and this one has not.'),
    locks: z.array(z.string()).optional().describe('Paths that no level below may change.'),
  })
  .meta({ id: 'LevelInput' });

const levelShape = z
  .strictObject({
    kind: z.enum(levelKinds),
    of: id,
    version: count.describe('0: nobody has written anything there.'),
    content: writtenSchema.required(),
    by: z.string().nullable(),
    at: instant.nullable(),
  })
  .meta({ id: 'Level' });

const faultSchema = z
  .strictObject({
    code: z.string(),
    path: z.string(),
    level: z.string().nullable(),
    lockedBy: z.string().optional(),
    detail: z.string(),
  })
  .meta({ id: 'LevelFault' });

const changeSchema = z
  .strictObject({
    path: z.array(z.string()),
    field: z.string(),
    kind: z.enum(['value', 'entry', 'order']),
    before: z.array(z.string()),
    after: z.array(z.string()),
    direction: z
      .enum(['at_once', 'waits', 'delayed', 'refused'])
      .describe('What the box makes of it: in force, waits for a person there, waits a week, refused.'),
  })
  .meta({ id: 'PolicyChange' });

const judgement = {
  outcome: z.enum(['same', 'at_once', 'waits', 'delayed', 'waits_and_delayed', 'cannot']),
  cannot: z.string().nullable().describe('Why nothing can be signed.'),
  changes: z.array(changeSchema),
  faults: z.array(faultSchema),
  bytes: count.nullable().describe('Of the policy as it would be sent.'),
};

const previewSchema = z
  .strictObject({
    boxes: count,
    toSign: count.describe('For how many something would be signed.'),
    groups: z.array(
      z.strictObject({
        ...judgement,
        boxes: count,
        some: z.array(z.strictObject({ box: id, name: z.string(), customer: id, site: id })),
        replacesPending: count,
      }),
    ),
    agreementsEnding: z.array(z.strictObject({ customer: id, until: instant })),
  })
  .meta({ id: 'PolicyPreview' });

const countsSchema = z
  .strictObject({
    counts: z.strictObject(
      Object.fromEntries(standings.map((one) => [one, count])) as Record<(typeof standings)[number], typeof count>,
    ),
    oldest: z.record(waiting, instant.nullable()).describe('Since when the one that is longest in a state is in it.'),
  })
  .meta({ id: 'PolicyCounts' });

const standingRow = z
  .strictObject({
    ...{ box: id, name: z.string(), customer: id, site: id, state: standing },
    ...{ version: count.nullable(), why: z.string().nullable(), since: instant.nullable() },
  })
  .meta({ id: 'PolicyStanding' });

const signed = {
  version: count,
  hash: z.string(),
  state: z.enum(signedStates),
  why: z.string().nullable(),
  rollout: z.string().nullable(),
  by: z.string(),
  signedAt: instant,
  expiresAt: instant,
  sentAt: instant.nullable(),
  answeredAt: instant.nullable(),
};

const boxStanding = z
  .strictObject({
    ...{ state: standing, why: z.string().nullable(), since: instant.nullable() },
    desired: z.strictObject(signed).nullable().describe('What is wanted of it; null: nothing.'),
    changes: z.array(changeSchema).nullable().describe('From what is in force to what is wanted.'),
    signed: z.array(z.strictObject(signed)).describe('Newest first.'),
    next: z.strictObject(judgement).describe('What signing now would change.'),
    agreement: z.strictObject({ state: z.enum(['valid', 'missing', 'expired']), until: instant.nullable() }),
  })
  .meta({ id: 'BoxPolicyStanding' });

const choiceSchema = z.strictObject({
  all: z.boolean().optional(),
  customers: z.array(id).max(20_000).optional(),
  sites: z.array(id).max(20_000).optional(),
  boxes: z.array(id).max(20_000).optional(),
});

type Named = Readonly<Record<string, string>>;

/** Which level a path names. @throws Problem `level_unknown` as the room would. */
function refOf({ level, of }: Named) {
  const kind = levelKinds.find((one) => one === level);
  if (!kind) throw problem('not_here');
  return { kind, of: of! };
}

const toContent = ({ variables, values, parts, without, locks }: LevelContent) => ({
  ...{ variables, values, parts, without, locks },
});
const toLevel = ({ kind, of, version, content, by, at }: Level) => ({
  ...{ kind, of, version, by, at },
  content: toContent(content),
});
const toSigned = ({ version, hash, state, why, rollout, by, signedAt, expiresAt, sentAt, answeredAt }: SignedRow) => ({
  ...{ version, hash, state, why, rollout, by, signedAt, expiresAt, sentAt, answeredAt },
});

export const policyRoutes = [
  route({
    id: 'getPolicyCounts',
    method: 'get',
    path: '/policies/counts',
    summary: 'How many active boxes stand how, and since when',
    act: 'see policies',
    answer: countsSchema,
    run: ({ services: { policies }, scope }) => policies.standing.counts(scope),
  }),
  route({
    id: 'listPolicyStanding',
    method: 'get',
    path: '/policies/standing',
    summary: 'Active boxes of which a policy is wanted, the longest in their state first',
    act: 'see policies',
    query: z.strictObject({ ...paging, state: waiting.optional(), customer: id.optional(), site: id.optional() }),
    answer: pageOf(standingRow),
    refusals: ['cursor_invalid'],
    async run({ services: { policies }, scope, query }) {
      const { rows, next } = await policies.standing.boxes(scope, query);
      return { items: rows, next };
    },
  }),
  route({
    id: 'getBoxPolicyStanding',
    method: 'get',
    path: '/boxes/{box}/policy/standing',
    summary: 'What is wanted of a box beside what it has, and what was signed for it',
    act: 'see policies',
    answer: boxStanding,
    tagged: true,
    refusals: ['box_unknown'],
    async run({ services: { policies }, scope, params }) {
      const { state, why, since, desired, changes, signed, next, agreement } = await policies.standing.box(
        scope,
        params.box!,
      );
      const rows = signed.map(toSigned);
      return { state, why, since, desired: desired && toSigned(desired), changes, signed: rows, next, agreement };
    },
  }),
  route({
    id: 'previewPolicies',
    method: 'post',
    path: '/policies/preview',
    summary: 'What signing now would change for the boxes that any of these names. Nothing is signed by it',
    act: 'see policies',
    body: choiceSchema,
    answer: previewSchema,
    refusals: ['nothing_chosen', 'too_many_boxes'],
    async run({ services: { policies }, scope, body }) {
      const { token: _, ...shown } = await policies.preview(scope, body);
      return shown;
    },
  }),
  route({
    id: 'getPolicyLevel',
    method: 'get',
    path: '/policies/{level}/{of}',
    summary: 'What the level of an MSP, a customer, a site or a box says; `level`: msp, customer, site, box',
    act: 'see policies',
    answer: levelShape,
    tagged: true,
    refusals: ['level_unknown'],
    run: async ({ services: { policies }, scope, params }) =>
      toLevel((await policies.levels.chain(scope, refOf(params))).at(-1)!),
  }),
  route({
    id: 'writePolicyLevel',
    method: 'put',
    path: '/policies/{level}/{of}',
    summary: 'Writes a level anew, whole. Somebody signs it before any box gets it',
    act: 'write policies',
    body: writtenSchema,
    answer: levelShape,
    tagged: true,
    locked: true,
    refusals: ['level_unknown', 'level_invalid', 'level_locked', 'scope_too_small'],
    async run({ services: { policies }, scope, params, body, person, version }) {
      const ref = refOf(params);
      const before = (await policies.levels.chain(scope, ref)).at(-1)!;
      if (!isHeld(version, tagOf(JSON.stringify(toLevel(before))))) throw problem('precondition_failed');
      // What it may say is checked where it is kept.
      const written = policies.levels.write(scope, ref, before.version, body as LevelInput, person.id);
      return toLevel(
        await written.catch((error: { code?: string }) => {
          throw error.code === 'level_changed' ? problem('precondition_failed') : error;
        }),
      );
    },
  }),
  route({
    id: 'getPolicyChain',
    method: 'get',
    path: '/policies/{level}/{of}/chain',
    summary: 'The levels on the way to one, the MSP’s first, itself last: what it inherits and what it says',
    act: 'see policies',
    answer: z.strictObject({ items: z.array(levelShape) }),
    refusals: ['level_unknown'],
    run: async ({ services: { policies }, scope, params }) => ({
      items: (await policies.levels.chain(scope, refOf(params))).map(toLevel),
    }),
  }),
  route({
    id: 'listPolicyVersions',
    method: 'get',
    path: '/policies/{level}/{of}/versions',
    summary: 'Versions that a level had, newest first',
    act: 'see policies',
    answer: z.strictObject({ items: z.array(z.strictObject({ version: count, by: z.string(), at: instant })) }),
    refusals: ['level_unknown'],
    run: async ({ services: { policies }, scope, params }) => ({
      items: await policies.levels.versions(scope, refOf(params)),
    }),
  }),
  route({
    id: 'getPolicyVersion',
    method: 'get',
    path: '/policies/{level}/{of}/versions/{version}',
    summary: 'One version as it was',
    act: 'see policies',
    answer: levelShape,
    tagged: true,
    refusals: ['level_unknown'],
    async run({ services: { policies }, scope, params }) {
      const ref = refOf(params);
      if (!/^[1-9]\d{0,8}$/.test(params.version!)) throw problem('not_here');
      return toLevel(await policies.levels.version(scope, ref, Number(params.version)));
    },
  }),
];
