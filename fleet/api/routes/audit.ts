/** The fleet's own log: what concerns the MSP, and what proves that nothing of it was changed. */
import { proofSchema } from '@belkluis/shared/audit/proof';
import { z } from 'zod';
import { problem } from '../problems.ts';
import { route } from '../route.ts';
import { checkpointSchema, loggedSchema, pageOf, paging } from '../schemas.ts';

const size = z.coerce.number().int().min(1);

export const auditRoutes = [
  route({
    id: 'listLog',
    method: 'get',
    path: '/audit/events',
    summary: 'What was done in or to the MSP, newest first',
    act: 'see audit log',
    query: z.strictObject(paging),
    answer: pageOf(loggedSchema),
    refusals: ['cursor_invalid'],
    async run({ services, scope, query }) {
      const { rows, next } = await services.audit.about(scope.msp, query);
      return {
        items: rows.map(({ index, event: { kind, at, actor, facts } }) => ({ index, kind, at, actor, facts })),
        next,
      };
    },
  }),
  route({
    id: 'listCheckpoints',
    method: 'get',
    path: '/audit/checkpoints',
    summary: 'Sizes at which the log was signed',
    act: 'see audit log',
    answer: z.strictObject({ items: z.array(z.number().int()) }),
    run: async ({ services }) => ({ items: [...(await services.audit.checkpointSizes())] }),
  }),
  route({
    id: 'getCheckpoint',
    method: 'get',
    path: '/audit/checkpoints/{size}',
    summary:
      'The signed note of a size; `newest` for the last one. Keep it elsewhere: with it nobody can change what was before',
    act: 'see audit log',
    answer: checkpointSchema,
    tagged: true,
    refusals: ['log_unsigned'],
    async run({ services: { audit }, params }) {
      const newest = params.size === 'newest' ? ((await audit.checkpointSizes()).at(-1) ?? 0) : Number(params.size);
      if (!Number.isSafeInteger(newest)) throw problem('not_here');
      return { origin: audit.origin, size: newest, note: await audit.checkpointAt(newest) };
    },
  }),
  route({
    id: 'getEventProof',
    method: 'get',
    path: '/audit/events/{index}/proof',
    summary: 'That an event about the MSP is in the log of a size that was signed (RFC 6962 2.1.1)',
    act: 'see audit log',
    query: z.strictObject({ size }),
    answer: proofSchema,
    refusals: ['log_unsigned'],
    async run({ services: { audit }, scope, params, query }) {
      if (!/^\d{1,12}$/.test(params.index!)) throw problem('not_here');
      const index = Number(params.index);
      if (index >= query.size) throw problem('query_invalid', 'size: larger than index');
      // What is another's, or was erased, is as if it were not there.
      if (!(await audit.isAbout(scope.msp, index))) throw problem('not_here');
      return await audit.prove(index, query.size);
    },
  }),
  route({
    id: 'getConsistency',
    method: 'get',
    path: '/audit/consistency',
    summary: 'That the log of a later size continues that of an earlier one (RFC 6962 2.1.2)',
    act: 'see audit log',
    query: z.strictObject({ first: size, second: size }),
    answer: z.strictObject({ hashes: z.array(z.string()).describe('Base64, as they are laid upon each other.') }),
    refusals: ['log_unsigned'],
    async run({ services: { audit }, query: { first, second } }) {
      if (first > second) throw problem('query_invalid', 'second: not smaller than first');
      // Sizes that were signed alone: what is between them says how busy others are.
      for (const one of [first, second]) await audit.checkpointAt(one);
      return { hashes: (await audit.consistency(first, second)).map((hash) => hash.toString('base64')) };
    },
  }),
];
