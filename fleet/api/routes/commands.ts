/** What boxes are asked to do, once each, and what became of it. None of it changes what a box records: what would, is signed by a person. */
import { z } from 'zod';
import type { CommandRow } from '../../commands/commands.ts';
import { commandOps, commandStates } from '../../commands/tables.ts';
import { problem } from '../problems.ts';
import { route } from '../route.ts';
import { id, instant, pageOf, paging } from '../schemas.ts';

const op = z
  .enum(commandOps)
  .describe('sync: tell everything again. renew: ask for a new certificate. test_call: place a test call now.');

const commandSchema = z
  .strictObject({
    ...{ id, box: id, op },
    state: z
      .enum(commandStates)
      .describe(
        'waiting: it has not gone out. sent: the broker has it. expired: its time went by. Else what the box says.',
      ),
    why: z.string().nullable().describe('The box’s own code when it failed or was refused.'),
    percent: z.number().int().nullable().describe('How far it is, while it runs.'),
    by: z.string().describe('Id of who asked.'),
    createdAt: instant,
    expiresAt: instant.describe('From then on the box does not begin it.'),
    ...{ sentAt: instant.nullable(), answeredAt: instant.nullable() },
  })
  .meta({ id: 'Command' });

const toCommand = ({ madeAt, ...row }: CommandRow) => ({ ...row, createdAt: madeAt });

export const commandRoutes = [
  route({
    id: 'sendCommand',
    method: 'post',
    path: '/boxes/{box}/commands',
    summary: 'Asks a box for something, once; where it has not finished the same, that is the answer',
    act: 'send commands',
    body: z.strictObject({ op }),
    answer: commandSchema,
    refusals: ['box_unknown'],
    async run({ services: { boxes, commands }, scope, params, body, person }) {
      const { id: box, state } = await boxes.get(scope, params.box!);
      if (state !== 'active') throw problem('not_here', `the box is ${state}`);
      return toCommand(await commands.order(scope, box, body.op, person.id));
    },
  }),
  route({
    id: 'listBoxCommands',
    method: 'get',
    path: '/boxes/{box}/commands',
    summary: 'What it was asked in the last 90 days, newest first',
    act: 'see boxes',
    query: z.strictObject(paging),
    answer: pageOf(commandSchema),
    refusals: ['box_unknown', 'cursor_invalid'],
    async run({ services: { boxes, commands }, scope, params, query }) {
      await boxes.get(scope, params.box!);
      const { rows, next } = await commands.of(scope, params.box!, query);
      return { items: rows.map(toCommand), next };
    },
  }),
  route({
    id: 'getCommand',
    method: 'get',
    path: '/commands/{command}',
    summary: 'What became of it',
    act: 'see boxes',
    answer: commandSchema,
    tagged: true,
    async run({ services: { commands }, scope, params }) {
      const row = await commands.one(scope, params.command!);
      if (row === null) throw problem('not_here');
      return toCommand(row);
    },
  }),
];
