/** Processing agreements, who helps, and where the fleet is. What anybody may know without a token is the console's `/trust.json`. */

import { hash } from 'node:crypto';
import { z } from 'zod';
import type { Agreement } from '../../compliance/agreements.ts';
import type { ChangeNotice } from '../../compliance/change-notices.ts';
import { mechanisms } from '../../compliance/countries.ts';
import { purposes } from '../../compliance/locations.ts';
import type { Subprocessor } from '../../compliance/subprocessors.ts';
import { locationOf } from '../../compliance/trust.ts';
import { route } from '../route.ts';
import { id, instant, pageOf, paging } from '../schemas.ts';

const until = instant.nullable().describe('Null: without an end.');

const standing = z.discriminatedUnion('is', [
  z.strictObject({ is: z.literal('valid'), until }),
  z.strictObject({ is: z.literal('expired'), until: instant }),
  z.strictObject({ is: z.literal('missing') }),
]);

const agreementSchema = z
  .strictObject({
    ...{ id, customer: id, state: z.enum(['draft', 'sent', 'signed', 'ended']), language: z.string().nullable() },
    termsVersion: z.number().int().nullable().describe('Of the annexes; null: a text of the MSP’s own.'),
    textDigest: z.string().nullable().describe('SHA-256 of the text that was sent, hex.'),
    ...{ sentAt: instant.nullable(), signedAt: instant.nullable(), signedBy: z.string().nullable() },
    digest: z.string().nullable().describe('SHA-256 of what was signed, hex.'),
    ...{ until, endedAt: instant.nullable() },
  })
  .meta({ id: 'Agreement' });

const subprocessorSchema = z
  .strictObject({
    ...{ id, name: z.string(), purpose: z.string(), country: z.string(), parentCountry: z.string() },
    transfer: z
      .strictObject({ mechanism: z.enum(mechanisms), document: z.string(), assessed: z.string() })
      .nullable()
      .describe('Null: none is needed.'),
    ...{ announcedAt: instant, since: instant.describe('First day as it was announced.'), endedAt: instant.nullable() },
    liveAt: instant
      .nullable()
      .describe('From when it may be used: its first day, or 30 days after the last customer knew. Null: some do not.'),
    state: z.enum(['announced', 'live', 'ended']),
  })
  .meta({ id: 'Subprocessor' });

const noticeSchema = z
  .strictObject({
    ...{ subprocessor: id, customer: id, name: z.string(), since: instant, announcedAt: instant },
    ...{ toldAt: instant.nullable(), readAt: instant.nullable(), objectedAt: instant.nullable() },
    objectUntil: instant.nullable().describe('30 days after the customer knew. Null: it does not yet.'),
    ...{ objection: z.string().nullable(), state: z.enum(['objected', 'read', 'told', 'untold']) },
  })
  .meta({ id: 'ChangeNotice' });

const locationSchema = z
  .strictObject({
    countries: z.array(z.string()).describe('ISO 3166-1 alpha-2.'),
    places: z.array(
      z.strictObject({
        purpose: z.enum(purposes),
        country: z.string(),
        runBy: z.string().describe('Name of a sub-processor, or `provider`.'),
        connected: z.boolean().describe('Whether the fleet itself connects there.'),
      }),
    ),
  })
  .meta({ id: 'Location' });

const toAgreement = (one: Agreement): z.infer<typeof agreementSchema> => ({ ...one });
const toSubprocessor = (one: Subprocessor): z.infer<typeof subprocessorSchema> => ({ ...one });
const toNotice = (one: ChangeNotice): z.infer<typeof noticeSchema> => ({ ...one });

const see = { method: 'get', act: 'see agreements' } as const;

export const complianceRoutes = [
  route({
    ...{ id: 'listAgreements', ...see, path: '/agreements' },
    summary: 'Customers by name, each with how its processing agreement stands',
    query: z.strictObject(paging),
    answer: pageOf(z.strictObject({ customer: id, name: z.string(), standing })),
    refusals: ['cursor_invalid'],
    async run({ services: { compliance }, scope, query }) {
      const { rows, next } = await compliance.agreements.list(scope, query);
      return { items: rows, next };
    },
  }),
  route({
    ...{ id: 'getAgreements', ...see, path: '/customers/{customer}/agreements' },
    summary: 'All agreements with a customer, oldest first, and whether settings may be sent to its boxes',
    answer: z.strictObject({
      agreements: z.array(agreementSchema),
      standing,
      push: z.strictObject({ may: z.boolean(), stopsAt: instant.nullable() }),
    }),
    tagged: true,
    refusals: ['customer_unknown'],
    async run({ services: { compliance }, scope, params }) {
      const { agreements, standing, push } = await compliance.agreements.with(scope, params.customer!);
      return { agreements: agreements.map(toAgreement), standing, push };
    },
  }),
  route({
    ...{ id: 'getAgreementText', ...see, path: '/agreements/{agreement}/text' },
    summary: 'The text that was sent or signed, byte for byte',
    answer: z.strictObject({ text: z.string(), digest: z.string().describe('SHA-256 of its UTF-8, hex.') }),
    tagged: true,
    refusals: ['agreement_unknown'],
    async run({ services: { compliance }, scope, params }) {
      const text = await compliance.agreements.text(scope, params.agreement!);
      return { text, digest: hash('sha256', text, 'hex') };
    },
  }),
  route({
    ...{ id: 'listSubprocessors', ...see, path: '/subprocessors' },
    summary: 'Who helps whoever runs the fleet, those that ended too',
    answer: z.strictObject({ items: z.array(subprocessorSchema) }),
    run: async ({ services: { compliance } }) => ({
      items: (await compliance.subprocessors.list()).map(toSubprocessor),
    }),
  }),
  route({
    ...{ id: 'listChangeNotices', ...see, path: '/subprocessors/notices' },
    summary: 'What customers were told of changes, newest first',
    answer: z.strictObject({ items: z.array(noticeSchema) }),
    run: async ({ services: { compliance }, scope }) => ({
      items: (await compliance.subprocessors.notices(scope)).map(toNotice),
    }),
  }),
  route({
    ...{ id: 'getLocation', ...see, path: '/location' },
    summary: 'Where the fleet is and whom it connects to, with what the MSP itself has added',
    answer: locationSchema,
    tagged: true,
    run: async ({ services: { compliance }, scope }) => locationOf(compliance.locations(scope.msp)),
  }),
];
