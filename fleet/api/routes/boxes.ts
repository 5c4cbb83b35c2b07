/** Boxes: how they are, how they were, what they said. */
import { findingCode } from '@belkluis/shared/contract/finding-codes';
import { FEWEST_TOLD } from '@belkluis/shared/contract/limits';
import { z } from 'zod';
import { MAX_TAGS } from '../../inventory/limits.ts';
import { MAX_SERIES_MS } from '../limits.ts';
import { problem } from '../problems.ts';
import { route } from '../route.ts';
import {
  boxFilters,
  boxPolicySchema,
  boxRowSchema,
  boxSchema,
  countsSchema,
  findingSchema,
  hourCountsSchema,
  id,
  pageOf,
  paging,
  seriesSchema,
  tag,
  timelineSchema,
  witnessSchema,
} from '../schemas.ts';

const when = z.coerce.number().int().nonnegative();

function checkSpan(from: number, until: number): void {
  if (until <= from || until - from > MAX_SERIES_MS)
    throw problem('query_invalid', 'until: 1 ms to 90 days after from');
}

export const boxRoutes = [
  route({
    id: 'listBoxes',
    method: 'get',
    path: '/boxes',
    summary: 'Boxes, most urgent first or by name',
    act: 'see boxes',
    query: z.strictObject({ ...paging, ...boxFilters }),
    answer: pageOf(boxRowSchema),
    refusals: ['cursor_invalid'],
    async run({ services, scope, query }) {
      const { rows, next } = await services.boxes.list(scope, query);
      return { items: [...rows], next };
    },
  }),
  route({
    id: 'countBoxes',
    method: 'get',
    path: '/counts',
    summary: 'How many boxes of each kind',
    act: 'see boxes',
    query: z.strictObject({ customer: id.optional(), site: id.optional() }),
    answer: countsSchema,
    async run({ services, scope, query }) {
      const counts = await services.boxes.counts(scope, query);
      return { ...counts, software: [...counts.software] };
    },
  }),
  route({
    id: 'listFindings',
    method: 'get',
    path: '/findings',
    summary: 'Open findings, worst first',
    act: 'see boxes',
    query: z.strictObject({ ...paging, code: findingCode.optional(), box: id.optional() }),
    answer: pageOf(findingSchema),
    refusals: ['cursor_invalid'],
    async run({ services, scope, query }) {
      const { rows, next } = await services.overview.findings(scope, query);
      return { items: [...rows], next };
    },
  }),
  route({
    id: 'getBox',
    method: 'get',
    path: '/boxes/{box}',
    summary: 'All that is known of a box',
    act: 'see boxes',
    answer: boxSchema,
    tagged: true,
    refusals: ['box_unknown'],
    run: ({ services, scope, params }) => services.boxes.get(scope, params.box!),
  }),
  route({
    id: 'changeBox',
    method: 'patch',
    path: '/boxes/{box}',
    summary: 'Name, site or tags of a box; what is not named stays',
    act: 'manage boxes',
    body: z.strictObject({
      name: z.string().max(200).optional(),
      site: id.optional(),
      tags: z.array(tag).max(MAX_TAGS).optional().describe('All that it is to have.'),
    }),
    answer: boxSchema,
    tagged: true,
    thing: '/boxes/{box}',
    refusals: [
      ...(['box_unknown', 'site_unknown', 'archived', 'name_invalid', 'name_taken'] as const),
      ...(['tag_invalid', 'msp_tags_too_many'] as const),
    ],
    async run({ services: { boxes, tags }, scope, params, body, person }) {
      if (body.name !== undefined) await boxes.rename(scope, params.box!, body.name, person.id);
      if (body.site !== undefined) await boxes.move(scope, params.box!, body.site, person.id);
      if (body.tags !== undefined) await tags.set(scope, params.box!, body.tags, person.id);
      return await boxes.get(scope, params.box!);
    },
  }),
  route({
    id: 'revokeBox',
    method: 'post',
    path: '/boxes/{box}/revoke',
    summary: 'Revokes its certificate: nothing that it says is taken any more. Its recordings stay where they are',
    act: 'manage boxes',
    answer: boxSchema,
    thing: '/boxes/{box}',
    refusals: ['box_unknown'],
    async run({ services: { boxes, revoke }, scope, params, person }) {
      await boxes.get(scope, params.box!);
      await revoke(params.box!, person.id);
      return await boxes.get(scope, params.box!);
    },
  }),
  route({
    id: 'getBoxHealth',
    method: 'get',
    path: '/boxes/{box}/health',
    summary: 'Its health between two instants: the finest that reaches so far back, of each step the worst',
    act: 'see boxes',
    query: z.strictObject({ from: when, until: when }),
    answer: seriesSchema,
    refusals: ['box_unknown'],
    async run({ services, scope, params, query: { from, until } }) {
      checkSpan(from, until);
      const { step, points } = await services.overview.health(scope, params.box!, { from, until });
      return { step, points: [...points] };
    },
  }),
  route({
    id: 'getBoxCounts',
    method: 'get',
    path: '/boxes/{box}/counts',
    summary: 'How many recordings were opened, exported and erased at it, by the hour; few are hidden',
    act: 'see boxes',
    query: z.strictObject({ from: when, until: when }),
    answer: hourCountsSchema,
    refusals: ['box_unknown'],
    async run({ services, scope, params, query: { from, until } }) {
      checkSpan(from, until);
      return {
        fewest: FEWEST_TOLD as typeof FEWEST_TOLD,
        hours: await services.overview.hours(scope, params.box!, { from, until }),
      };
    },
  }),
  route({
    id: 'listBoxFindings',
    method: 'get',
    path: '/boxes/{box}/findings',
    summary: 'Its open findings, worst first',
    act: 'see boxes',
    query: z.strictObject(paging),
    answer: pageOf(findingSchema),
    refusals: ['box_unknown', 'cursor_invalid'],
    async run({ services: { boxes, overview }, scope, params, query }) {
      await boxes.get(scope, params.box!);
      const { rows, next } = await overview.findings(scope, { ...query, box: params.box! });
      return { items: [...rows], next };
    },
  }),
  route({
    id: 'listBoxEvents',
    method: 'get',
    path: '/boxes/{box}/timeline',
    summary: 'What happened at it, newest first',
    act: 'see boxes',
    query: z.strictObject(paging),
    answer: pageOf(timelineSchema),
    refusals: ['box_unknown', 'cursor_invalid'],
    async run({ services, scope, params, query }) {
      const { rows, next } = await services.overview.timeline(scope, params.box!, query);
      return { items: [...rows], next };
    },
  }),
  route({
    id: 'getBoxPolicy',
    method: 'get',
    path: '/boxes/{box}/policy',
    summary: 'What it says of its policy',
    act: 'see policies',
    answer: boxPolicySchema,
    tagged: true,
    refusals: ['box_unknown'],
    async run({ services, scope, params }) {
      const { policyState, policyVersion, reported } = await services.boxes.get(scope, params.box!);
      return { state: policyState, version: policyVersion, reported: reported?.policy ?? null };
    },
  }),
  route({
    id: 'getBoxWitness',
    method: 'get',
    path: '/boxes/{box}/witness',
    summary: 'What the fleet, as witness, remembers of its audit log, and what contradicts it',
    act: 'see boxes',
    answer: witnessSchema,
    tagged: true,
    refusals: ['box_unknown'],
    async run({ services: { boxes, witness }, scope, params }) {
      await boxes.get(scope, params.box!);
      const memory = await witness.memory(params.box!);
      const evidence = await witness.evidence(params.box!);
      return {
        remembered: memory && { size: memory.size, note: memory.note, heardAt: memory.heardAt },
        evidence: evidence.map(({ digest, why, remembered, offered, foundAt }) => ({
          digest,
          why,
          remembered,
          offered,
          foundAt,
        })),
      };
    },
  }),
];
