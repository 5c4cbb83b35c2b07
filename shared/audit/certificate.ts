/**
 * Deletion certificate: the `erased` event of one recording, proved to be in the box's audit log at a signed checkpoint. It says what was
 * erased by a commitment and a random id, so it names nobody and may be kept (GDPR 5(2)); it proves the act, never that no copy exists.
 */
import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import type { Checkpoint } from './checkpoint.ts';
import type { EventFacts } from './event.ts';
import { leafHash } from './leaf.ts';
import type { Hash } from './merkle.ts';
import {
  bodyMembers,
  checkInclusion,
  inclusionMembers,
  type ProofFault,
  readBody,
  toBase64,
  toSigner,
} from './proof.ts';

const CERTIFICATE_TYPE = 'belkluis/deletion-certificate@1';

const certificateSchema = z.strictObject({
  type: z.literal(CERTIFICATE_TYPE),
  ...bodyMembers,
  ...inclusionMembers,
});

/** A JSON document; salt and hashes are base64, `event` is the canonical body of the event as it was hashed. */
export type DeletionCertificate = z.infer<typeof certificateSchema>;

export interface CertificateParts {
  readonly body: string;
  readonly salt: Buffer;
  readonly index: number;
  /** Leaves of the checkpoint's tree. */
  readonly size: number;
  readonly proof: readonly Hash[];
  /** Signed note, with the cosignatures that it has. */
  readonly checkpoint: string;
  /** The box's public key, for whoever has only its fingerprint; it vouches for nothing. */
  readonly signer?: KeyObject | null;
}

export const buildCertificate = ({ body, salt, proof, signer, ...rest }: CertificateParts): DeletionCertificate => ({
  type: CERTIFICATE_TYPE,
  event: body,
  salt: salt.toString('base64'),
  ...rest,
  proof: toBase64(proof),
  signer: toSigner(signer),
});

export type CertificateVerdict =
  | {
      readonly ok: true;
      /** When the log wrote it down, wall clock of the box, ms. */
      readonly at: number;
      readonly erased: EventFacts<'erased'>;
      readonly checkpoint: Checkpoint;
    }
  | { readonly ok: false; readonly what: ProofFault | 'not_erased' };

/** Checks a certificate with the box's public key, and nothing else: no network, no trust in who hands it over. */
export function checkCertificate(certificate: unknown, publicKey: KeyObject): CertificateVerdict {
  const { data } = certificateSchema.safeParse(certificate);
  const event = data ? readBody(data.event) : null;
  if (!data || !event) return { ok: false, what: 'malformed' };
  if (event.kind !== 'erased') return { ok: false, what: 'not_erased' };
  const held = checkInclusion(leafHash(Buffer.from(data.salt, 'base64'), data.event), data, publicKey);
  return held.ok ? { ok: true, at: event.at, erased: event.facts, checkpoint: held.checkpoint } : held;
}
