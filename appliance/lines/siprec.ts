/** Who may send calls to record by SIPREC (RFC 7866): session border controllers and PBXs, each known by address or certificate. */
import { z } from 'zod';
import { fingerprint, lineId, network, plainUntil } from './parts.ts';

/** Sources of one box: the SBCs of a few sites, two each. */
const MAX_SOURCES = 32;

const sourceSchema = z
  .strictObject({
    id: lineId,
    /** Where it sends from. */
    addresses: z.array(network).max(16).default([]),
    /** Its client certificate: over TLS it must show this one. */
    certificate: fingerprint.optional(),
    plainUntil,
    /** What it has to answer a challenge with, besides being known by address or certificate. */
    account: z.strictObject({ user: z.string().min(1).max(64), password: z.string().min(12).max(128) }).optional(),
    /** Which way its calls go, where that cannot be told from who is in them: RFC 7865 has no word for it. */
    direction: z.enum(['inbound', 'outbound', 'internal']).default('inbound'),
    /** It marks its recording sessions by nothing at all: every INVITE of its is one. */
    unmarked: z.boolean().default(false),
  })
  .refine(({ addresses, certificate }) => addresses.length > 0 || certificate !== undefined, {
    message: 'must be known by an address or by a certificate',
  });

export type SiprecSource = z.infer<typeof sourceSchema>;

export const siprecSchema = z.strictObject({
  sources: z.array(sourceSchema).min(1).max(MAX_SOURCES),
  /** Sessions at once; more are told 503, so that the source tries its other server. */
  maxSessions: z.number().int().min(1).max(1000).default(500),
  /** Another recording server that sources are pointed to when this one is full: a SIP URI. */
  alternative: z
    .string()
    .max(300)
    .regex(/^sips?:[^\s<>"]+$/, 'must be a SIP URI')
    .optional(),
});

export type Siprec = z.infer<typeof siprecSchema>;
