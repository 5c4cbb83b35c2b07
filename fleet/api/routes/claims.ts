/** Claims of boxes at a site. */
import { z } from 'zod';
import { route } from '../route.ts';
import { claimSchema } from '../schemas.ts';

export const claimRoutes = [
  route({
    id: 'listClaims',
    method: 'get',
    path: '/sites/{site}/claims',
    summary: 'How far the claims of a site are',
    act: 'manage boxes',
    answer: z.strictObject({ items: z.array(claimSchema) }),
    refusals: ['site_unknown'],
    async run({ services: { tenants, claims }, scope, params }) {
      await tenants.site(scope, params.site!);
      return { items: [...(await claims.at(params.site!))] };
    },
  }),
  route({
    id: 'claimBox',
    method: 'post',
    path: '/sites/{site}/claims',
    summary: 'Types the claim code of a box at a site. Somebody at the box has to agree before it is yours',
    act: 'manage boxes',
    body: z.strictObject({ code: z.string().max(40) }),
    answer: z.strictObject({ claim: z.string() }),
    status: 201,
    refusals: [
      ...(['site_unknown', 'code_unreadable', 'code_unknown', 'code_claimed', 'claim_wait'] as const),
      ...(['agreement_missing', 'agreement_expired', 'name_unusable'] as const),
    ],
    async run({ services: { tenants, claims }, scope, params, body, person }) {
      await tenants.site(scope, params.site!);
      return await claims.type(params.site!, body.code, person);
    },
  }),
  route({
    id: 'withdrawClaim',
    method: 'delete',
    path: '/sites/{site}/claims/{claim}',
    summary: 'Withdraws a claim that waits',
    act: 'manage boxes',
    answer: z.null(),
    status: 204,
    refusals: ['site_unknown', 'claim_unknown'],
    async run({ services: { tenants, claims }, scope, params, person }) {
      await tenants.site(scope, params.site!);
      await claims.withdraw(params.claim!, params.site!, person.id);
      return null;
    },
  }),
];
