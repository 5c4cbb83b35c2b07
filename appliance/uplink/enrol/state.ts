/** What the box keeps of its enrolment. */
import { brokerSchema, derSchema, offerSchema } from '@belkluis/shared/contract/enrolment/messages';
import { z } from 'zod';

const instant = z.number().int().nonnegative();

const triesSchema = z.strictObject({ tries: z.number().int(), last: instant });

/** A key (PEM, PKCS #8) and the request for its certificate. */
const requestSchema = z.strictObject({ key: z.string(), csr: derSchema });

const certificateSchema = z.strictObject({
  /** PEM, PKCS #8. */
  key: z.string(),
  /** DER, base64: the box's own, its issuer's. */
  chain: z.array(derSchema).min(1),
  notBefore: instant,
  notAfter: instant,
});

/** Who manages the box, as the fleet says it, and what the box believes of it. */
const fleetSchema = z.strictObject({
  /** Origin of the enrolment endpoint: `https://fleet.example:8443`. */
  url: z.url(),
  ...offerSchema.pick({ claim: true, msp: true, site: true, root: true, policyKey: true }).shape,
});

export const keptSchema = z.discriminatedUnion('at', [
  /** No fleet. */
  z.strictObject({ at: z.literal('alone') }),
  /** A code is shown, and the box asks its fleet whether somebody has typed it. */
  z.strictObject({
    at: z.literal('offering'),
    url: z.url(),
    code: z.string(),
    locator: z.string(),
    proofKey: z.string(),
    request: requestSchema,
    expiresAt: instant,
    /** Of fleets that wanted to prove that they know the code. */
    tries: triesSchema.nullable(),
    /** When a fleet last answered; null: none did. */
    reachedAt: instant.nullable(),
  }),
  /** A fleet that knows the code wants the box; a person decides. */
  z.strictObject({ at: z.literal('offered'), fleet: fleetSchema, request: requestSchema, expiresAt: instant }),
  /** A person has confirmed, and what the fleet showed is pinned; the certificate is not here yet. */
  z.strictObject({ at: z.literal('confirmed'), fleet: fleetSchema, request: requestSchema, expiresAt: instant }),
  z.strictObject({
    at: z.literal('enrolled'),
    fleet: fleetSchema,
    /** Where to connect, in this order. */
    brokers: z.array(brokerSchema).min(1),
    certificate: certificateSchema,
    /** What the next certificate was asked for. */
    next: requestSchema.nullable(),
    /** The one before, until the new one has let the box in. */
    former: certificateSchema.nullable(),
  }),
]);

export type Kept = z.infer<typeof keptSchema>;
export type KeptFleet = z.infer<typeof fleetSchema>;
export type KeptCertificate = z.infer<typeof certificateSchema>;
export type KeptRequest = z.infer<typeof requestSchema>;
export type Offering = Extract<Kept, { at: 'offering' }>;
export type Enrolled = Extract<Kept, { at: 'enrolled' }>;

export const alone: Kept = { at: 'alone' };
