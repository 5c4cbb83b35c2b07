/**
 * What a box and a fleet say to each other before the box has a certificate, over HTTPS. The box asks, the fleet answers on the same connection:
 * hello, proof, and later, once a person at the box has decided, an act.
 */
import { z } from 'zod';
import { base64Between, base64Of, boxId, ulid } from '../fields.ts';
import { MAX_CHAIN, MAX_DER_BYTES } from '../limits.ts';
import { MAX_BROKERS, MAX_SHOWN_NAME_LENGTH } from './limits.ts';

/** Where a fleet listens. */
export const ENROL_PATHS = {
  hello: '/enrol/1/hello',
  proof: '/enrol/1/proof',
  act: '/enrol/1/act',
  renew: '/enrol/1/renew',
} as const;

const hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`));

/** DER of a request (PKCS #10) or of a certificate, base64. */
export const derSchema = base64Between(150, MAX_DER_BYTES, 'MI');

/** SPKI of an Ed25519 public key (RFC 8410 4), base64. */
const ed25519Schema = z.string().regex(/^MCowBQYDK2VwAyEA[A-Za-z0-9+/]{43}=$/);

/**
 * The name of an MSP or a site: one line that a person compares. Letters and marks of any script, digits, some signs; no controls, no directions, no markup,
 * so that it is on the screen what it is.
 */
export const shownNameSchema = z
  .string()
  .min(1)
  .max(MAX_SHOWN_NAME_LENGTH)
  .regex(/^[\p{L}\p{M}\p{N}&'’.,()/+-]+( [\p{L}\p{M}\p{N}&'’.,()/+-]+)*$/u);

/** Box: here I am. Says nothing of who owns it. */
export const helloSchema = z.strictObject({
  v: z.literal(1),
  box: boxId,
  locator: hex(16),
  /** The key that signs the audit log of the box: the fleet keeps it as the witness of that log. */
  auditKey: ed25519Schema,
  csr: derSchema,
  nonce: hex(32),
});

/** Box: I know the code, on this connection. */
export const proofSchema = z.strictObject({
  v: z.literal(1),
  /** HMAC-SHA256 over the transcript. */
  proof: hex(32),
  /** By the audit key over the transcript. */
  signature: base64Of(64),
});

export const acts = ['confirm', 'refuse', 'leave'] as const;

/** Box: what a person there has decided of a claim. */
export const actSchema = z.strictObject({
  v: z.literal(1),
  act: z.enum(acts),
  box: boxId,
  claim: ulid,
  /** By the audit key, over the act and this connection. */
  signature: base64Of(64),
});

/** Box: another certificate, for a new key. Over HTTPS where the certificate has expired and the broker lets nobody in with it. */
export const renewSchema = z.strictObject({
  v: z.literal(1),
  box: boxId,
  claim: ulid,
  csr: derSchema,
  /** The one that it has: DER, base64. */
  certificate: derSchema,
  /** By the key of that certificate (ECDSA, r and s as 64 bytes), over this and the connection. */
  byKey: base64Of(64),
  /** By the audit key, over the same. */
  signature: base64Of(64),
});

/** Fleet: who wants the box, shown to a person there. */
export const offerSchema = z.strictObject({
  kind: z.literal('offer'),
  claim: ulid,
  msp: shownNameSchema,
  site: shownNameSchema,
  /** The root of the fleet's certificates. */
  root: derSchema,
  /** The key with which this MSP signs policies. */
  policyKey: ed25519Schema,
  /** HMAC-SHA256 over the transcript with this offer. */
  proof: hex(32),
});

/** Why a fleet says no. Whoever has not proved that it knows the code learns nothing of the box, of its site or of whether it is known. */
export const refusalCodes = [
  'malformed',
  'too_many',
  'locked',
  'unproven',
  'lapsed',
  'csr_unusable',
  'no_agreement',
  'other_identity',
  'enrolled_elsewhere',
  'certificate_unknown',
  'certificate_revoked',
  'certificate_lapsed',
  'key_reused',
] as const;

export type RefusalCode = (typeof refusalCodes)[number];

/** Where a box connects with its certificate; tried in this order. Whoever answers there must show one below the pinned root. */
export const brokerSchema = z
  .string()
  .max(200)
  .regex(/^(mqtts|wss):\/\/([a-z0-9.-]+|\[[0-9a-f:]+\])(:[1-9]\d{0,4})?(\/[a-z0-9/-]*)?$/);

export const answerSchema = z.discriminatedUnion('kind', [
  /** Nobody has typed the code, or nobody may say so yet. */
  z.strictObject({ kind: z.literal('waiting'), againSeconds: z.number().int().min(1).max(3600) }),
  /** Somebody has typed it: show that you know it too. */
  z.strictObject({ kind: z.literal('challenge'), nonce: hex(32) }),
  offerSchema,
  /** The certificate, its issuer's after it. */
  z.strictObject({
    kind: z.literal('certificate'),
    chain: z.array(derSchema).min(1).max(MAX_CHAIN),
    brokers: z.array(brokerSchema).min(1).max(MAX_BROKERS),
  }),
  /** An act was taken. */
  z.strictObject({ kind: z.literal('done') }),
  z.strictObject({ kind: z.literal('refused'), code: z.enum(refusalCodes) }),
]);

export type Hello = z.infer<typeof helloSchema>;
export type Proof = z.infer<typeof proofSchema>;
export type Act = z.infer<typeof actSchema>;
export type Renew = z.infer<typeof renewSchema>;
export type Offer = z.infer<typeof offerSchema>;
export type Answer = z.infer<typeof answerSchema>;
