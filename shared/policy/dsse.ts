/** Signed documents: DSSE v1 envelopes with Ed25519. What is signed are bytes with their type, so nothing need be canonical. */
import { createHash, type KeyObject, sign, verify } from 'node:crypto';
import { z } from 'zod';

/** Largest envelope that is read, in characters: a policy with a hundred certificates is under 500 kB. */
export const MAX_ENVELOPE_LENGTH = 2_000_000;

/** Signatures in one envelope: two are usual, and each costs a verification. */
const MAX_SIGNATURES = 16;

export const envelopeSchema = z.strictObject({
  payloadType: z.string().min(1).max(200).describe('What kind of document was signed.'),
  payload: z.base64().describe('The bytes that were signed.'),
  signatures: z
    .array(
      z.strictObject({
        keyid: z.string().max(200).describe('Name of the key; a hint alone.'),
        sig: z.base64().describe('Ed25519 signature.'),
      }),
    )
    .min(1)
    .max(MAX_SIGNATURES)
    .describe('Signatures over type and bytes.'),
});

export type Envelope = z.infer<typeof envelopeSchema>;

/** Name of a key: SHA-256 of its SPKI, hex. */
export const keyName = (publicKey: KeyObject): string =>
  createHash('sha256')
    .update(publicKey.export({ format: 'der', type: 'spki' }))
    .digest('hex');

/** Pre-authentication encoding: what the signature covers (DSSE v1, PAE). */
export function preAuthenticationEncoding(payloadType: string, payload: Buffer): Buffer {
  const type = Buffer.from(payloadType);
  return Buffer.concat([Buffer.from(`DSSEv1 ${type.length} `), type, Buffer.from(` ${payload.length} `), payload]);
}

/** A key pair that signs. */
export interface Signer {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** Signs `payload` by every signer. */
export function signEnvelope(payloadType: string, payload: Buffer, signers: readonly Signer[]): Envelope {
  const signed = preAuthenticationEncoding(payloadType, payload);
  return {
    payloadType,
    payload: payload.toString('base64'),
    signatures: signers.map(({ privateKey, publicKey }) => ({
      keyid: keyName(publicKey),
      sig: sign(null, signed, privateKey).toString('base64'),
    })),
  };
}

/**
 * The payload, if one of `trusted` signed it under `payloadType`; else null. The key id is a hint: only a verified
 * signature counts.
 */
export function openEnvelope(
  envelope: Envelope,
  payloadType: string,
  trusted: readonly KeyObject[],
): { payload: Buffer; signer: KeyObject } | null {
  if (envelope.payloadType !== payloadType) return null;
  const payload = Buffer.from(envelope.payload, 'base64');
  const signed = preAuthenticationEncoding(payloadType, payload);
  for (const signer of trusted) {
    const name = keyName(signer);
    for (const { keyid, sig } of envelope.signatures) {
      if (keyid === name && verify(null, signed, signer, Buffer.from(sig, 'base64'))) return { payload, signer };
    }
  }
  return null;
}
