/** To whom alerts are told. No secret is here: of a webhook its host alone, for what follows it may be one. */
import { z } from 'zod';
import type { Channel } from '../../alerts/channels.ts';
import { alertCodes, alertLevels } from '../../alerts/codes.ts';
import { route } from '../route.ts';
import { id, instant } from '../schemas.ts';

const shared = {
  ...{ id, name: z.string(), language: z.string(), level: z.enum(alertLevels).describe('This one and worse.') },
  within: z.union([z.literal('all'), z.strictObject({ customers: z.array(id), sites: z.array(id) })]),
  codes: z.array(z.enum(alertCodes)).nullable().describe('Null: all.'),
  state: z.enum(['on', 'off', 'gone']).describe('`gone`: its receiver said so.'),
  succeededAt: instant.nullable().describe('When something was last taken.'),
  failingSince: instant.nullable(),
  waiting: z.number().int().nonnegative().describe('Messages that wait.'),
  dead: z.number().int().nonnegative().describe('Messages that were given up.'),
};

const channelSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ ...shared, kind: z.literal('email'), addresses: z.array(z.string()) }),
    z.strictObject({ ...shared, kind: z.literal('webhook'), host: z.string(), country: z.string() }),
  ])
  .meta({ id: 'Channel' });

function toChannel(channel: Channel) {
  if (channel.kind === 'email') return channel;
  const { url, ...rest } = channel;
  return { ...rest, host: new URL(url).host };
}

export const channelRoutes = [
  route({
    id: 'listChannels',
    method: 'get',
    path: '/channels',
    summary: 'To whom alerts are told, and whether they arrive',
    act: 'manage channels',
    answer: z.strictObject({ items: z.array(channelSchema) }),
    run: async ({ services: { alerts }, scope }) => ({ items: (await alerts.channels.list(scope)).map(toChannel) }),
  }),
];
