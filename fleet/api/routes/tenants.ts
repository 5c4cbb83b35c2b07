/** Customers and sites. */
import { z } from 'zod';
import { route } from '../route.ts';
import { archived, customerSchema, id, pageOf, paging, search, siteSchema } from '../schemas.ts';

const name = z.string().max(200);
const siteFields = { name, country: z.string().max(2), timeZone: z.string().max(64) };
const named = ['name_invalid', 'name_taken'] as const;
const placed = ['country_invalid', 'time_zone_invalid'] as const;

export const tenantRoutes = [
  route({
    id: 'listCustomers',
    method: 'get',
    path: '/customers',
    summary: 'Customers, by name',
    act: 'see tenants',
    query: z.strictObject({ ...paging, search, archived }),
    answer: pageOf(customerSchema),
    refusals: ['cursor_invalid'],
    async run({ services, scope, query }) {
      const { rows, next } = await services.tenants.customers(scope, query);
      return { items: [...rows], next };
    },
  }),
  route({
    id: 'createCustomer',
    method: 'post',
    path: '/customers',
    summary: 'A new customer',
    act: 'manage tenants',
    body: z.strictObject({ name }),
    answer: customerSchema,
    status: 201,
    refusals: [...named, 'scope_too_small'],
    run: ({ services, scope, body, person }) => services.tenants.createCustomer(scope, body.name, person.id),
  }),
  route({
    id: 'getCustomer',
    method: 'get',
    path: '/customers/{customer}',
    summary: 'One customer',
    act: 'see tenants',
    answer: customerSchema,
    tagged: true,
    refusals: ['customer_unknown'],
    run: ({ services, scope, params }) => services.tenants.customer(scope, params.customer!),
  }),
  route({
    id: 'renameCustomer',
    method: 'patch',
    path: '/customers/{customer}',
    summary: 'Another name for a customer',
    act: 'manage tenants',
    body: z.strictObject({ name }),
    answer: customerSchema,
    tagged: true,
    thing: '/customers/{customer}',
    refusals: [...named, 'customer_unknown'],
    async run({ services: { tenants }, scope, params, body, person }) {
      await tenants.renameCustomer(scope, params.customer!, body.name, person.id);
      return await tenants.customer(scope, params.customer!);
    },
  }),
  ...(['archive', 'restore'] as const).map((act) =>
    route({
      id: `${act}Customer`,
      method: 'post',
      path: `/customers/{customer}/${act}`,
      summary:
        act === 'archive'
          ? 'Takes a customer out of lists; all that is theirs is kept'
          : 'Brings an archived customer back',
      act: 'manage tenants',
      answer: customerSchema,
      thing: '/customers/{customer}',
      refusals: ['customer_unknown'],
      async run({ services: { tenants }, scope, params, person }) {
        await tenants[`${act}Customer`](scope, params.customer!, person.id);
        return await tenants.customer(scope, params.customer!);
      },
    }),
  ),
  route({
    id: 'listSites',
    method: 'get',
    path: '/sites',
    summary: 'Sites, by name; of all customers or one',
    act: 'see tenants',
    query: z.strictObject({ ...paging, search, archived, customer: id.optional() }),
    answer: pageOf(siteSchema),
    refusals: ['cursor_invalid'],
    async run({ services, scope, query }) {
      const { rows, next } = await services.tenants.sites(scope, query);
      return { items: [...rows], next };
    },
  }),
  route({
    id: 'createSite',
    method: 'post',
    path: '/sites',
    summary: 'A new site of a customer',
    act: 'manage tenants',
    body: z.strictObject({ customer: id, ...siteFields }),
    answer: siteSchema,
    status: 201,
    refusals: [...named, ...placed, 'customer_unknown', 'archived'],
    run: ({ services, scope, body: { customer, ...fields }, person }) =>
      services.tenants.createSite(scope, customer, fields, person.id),
  }),
  route({
    id: 'getSite',
    method: 'get',
    path: '/sites/{site}',
    summary: 'One site',
    act: 'see tenants',
    answer: siteSchema,
    tagged: true,
    refusals: ['site_unknown'],
    run: ({ services, scope, params }) => services.tenants.site(scope, params.site!),
  }),
  route({
    id: 'changeSite',
    method: 'patch',
    path: '/sites/{site}',
    summary: 'Name, country or time zone of a site; what is not named stays',
    act: 'manage tenants',
    body: z.strictObject(siteFields).partial(),
    answer: siteSchema,
    tagged: true,
    thing: '/sites/{site}',
    refusals: [...named, ...placed, 'site_unknown'],
    async run({ services: { tenants }, scope, params, body, person }) {
      const { name, country, timeZone } = await tenants.site(scope, params.site!);
      const fields = { name: body.name ?? name, country: body.country ?? country, timeZone: body.timeZone ?? timeZone };
      await tenants.changeSite(scope, params.site!, fields, person.id);
      return await tenants.site(scope, params.site!);
    },
  }),
  ...(['archive', 'restore'] as const).map((act) =>
    route({
      id: `${act}Site`,
      method: 'post',
      path: `/sites/{site}/${act}`,
      summary:
        act === 'archive' ? 'Takes a site out of lists; all that is there is kept' : 'Brings an archived site back',
      act: 'manage tenants',
      answer: siteSchema,
      thing: '/sites/{site}',
      refusals: ['site_unknown'],
      async run({ services: { tenants }, scope, params, person }) {
        await tenants[`${act}Site`](scope, params.site!, person.id);
        return await tenants.site(scope, params.site!);
      },
    }),
  ),
];
