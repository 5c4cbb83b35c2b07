/** Rollouts of policies, to follow. Starting, halting and ending one takes a person who may sign. */
import { z } from 'zod';
import type { Rollout } from '../../policy/rollouts.ts';
import { signedStates } from '../../policy/tables.ts';
import { route } from '../route.ts';
import { id, instant, pageOf, paging } from '../schemas.ts';

const count = z.number().int().nonnegative();
const states = z.enum(signedStates);
const counts = z.partialRecord(states, count).describe('Boxes in scope, by how far they are; none: left out.');

const rolloutSchema = z
  .strictObject({
    ...{ id, title: z.string() },
    state: z.enum(['running', 'halted', 'done', 'cancelled']),
    halted: z.string().nullable().describe('Why.'),
    ring: z.number().int().min(-1).describe('Which is open, from 0; -1: none yet.'),
    openedAt: instant,
    rings: z.array(
      z.strictObject({
        name: z.string(),
        waitMs: count.describe('How long it is watched before the next one opens.'),
        mayFail: z.union([z.strictObject({ boxes: count }), z.strictObject({ percent: z.number() })]),
        counts,
      }),
    ),
    ...{ counts, by: z.string(), createdAt: instant, endedAt: instant.nullable() },
  })
  .meta({ id: 'Rollout' });

const rolloutBox = z
  .strictObject({
    ...{ box: id, name: z.string(), customer: id, site: id, ring: count, version: count, state: states },
    why: z.string().nullable().describe('The box’s own code when it refused; else why it failed.'),
    ...{ sentAt: instant.nullable(), answeredAt: instant.nullable() },
  })
  .meta({ id: 'RolloutBox' });

/** Rings without whom they name: that may be beyond what whoever asks sees. */
const toRollout = ({ rings, ...rollout }: Rollout) => ({
  ...rollout,
  rings: rings.map(({ name, waitMs, mayFail, counts }) => ({ name, waitMs, mayFail, counts })),
});

export const rolloutRoutes = [
  route({
    id: 'listRollouts',
    method: 'get',
    path: '/rollouts',
    summary: 'Rollouts with a box in scope, newest first',
    act: 'see policies',
    query: z.strictObject(paging),
    answer: pageOf(rolloutSchema),
    refusals: ['cursor_invalid'],
    async run({ services: { policies }, scope, query }) {
      const { rows, next } = await policies.rollouts.list(scope, query);
      return { items: rows.map(toRollout), next };
    },
  }),
  route({
    id: 'getRollout',
    method: 'get',
    path: '/rollouts/{rollout}',
    summary: 'One rollout, ring by ring',
    act: 'see policies',
    answer: rolloutSchema,
    tagged: true,
    refusals: ['rollout_unknown'],
    run: async ({ services: { policies }, scope, params }) =>
      toRollout(await policies.rollouts.one(scope, params.rollout!)),
  }),
  route({
    id: 'listRolloutBoxes',
    method: 'get',
    path: '/rollouts/{rollout}/boxes',
    summary: 'Its boxes, ring after ring',
    act: 'see policies',
    query: z.strictObject({ ...paging, state: states.optional() }),
    answer: pageOf(rolloutBox),
    refusals: ['rollout_unknown', 'cursor_invalid'],
    async run({ services: { policies }, scope, params, query }) {
      const { rows, next } = await policies.rollouts.boxes(scope, params.rollout!, query);
      return { items: rows, next };
    },
  }),
];
