/** The token that asks, and its siblings. Making one takes a person: whoever finds one must not make more of it. */
import { z } from 'zod';
import { route } from '../route.ts';
import { id, tokenSchema } from '../schemas.ts';

export const tokenRoutes = [
  route({
    id: 'getToken',
    method: 'get',
    path: '/token',
    summary: 'What the token that asks is for, and until when',
    act: null,
    answer: z.strictObject({ msp: id, person: id, ...tokenSchema.shape }),
    async run({ services, person, token }) {
      const own = (await services.access.tokens.list(person)).find((one) => one.id === token.id)!;
      return { ...own, msp: person.msp, person: person.id, acts: [...own.acts] } as never;
    },
  }),
  route({
    id: 'endToken',
    method: 'delete',
    path: '/token',
    summary: 'Ends the token that asks: also for whoever finds one in a place where none should be',
    act: null,
    answer: z.null(),
    status: 204,
    async run({ services, person, token }) {
      await services.access.tokens.end(person, token.id);
      return null;
    },
  }),
  route({
    id: 'listTokens',
    method: 'get',
    path: '/tokens',
    summary: 'All tokens of the person who made this one',
    act: null,
    answer: z.strictObject({ items: z.array(tokenSchema) }),
    run: async ({ services, person }) => ({ items: [...(await services.access.tokens.list(person))] }) as never,
  }),
];
