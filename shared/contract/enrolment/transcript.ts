/**
 * What the proofs cover: this TLS session (RFC 9266, so nobody sits in the middle), and everything that was said in it. Each field stands behind its
 * length: two different conversations are never the same bytes.
 */
import {
  createHash,
  createHmac,
  createPublicKey,
  type KeyObject,
  sign,
  timingSafeEqual,
  verify,
  X509Certificate,
} from 'node:crypto';
import type { Act, Hello, Offer, Renew } from './messages.ts';

/** RFC 9266 4.2: what of a TLS 1.3 session belongs to it alone. */
export const EXPORTER = { label: 'EXPORTER-Channel-Binding', length: 32 } as const;

/** SHA-256 over fields, each behind its length. */
function digest(...fields: readonly (string | Buffer)[]): Buffer {
  const hash = createHash('sha256');
  for (const field of fields) {
    const bytes = typeof field === 'string' ? Buffer.from(field) : field;
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  }
  return hash.digest();
}

/** After the challenge. `exporter`: 32 bytes of the session in which both were said. */
export const challengeTranscript = (exporter: Buffer, hello: Hello, nonce: string): Buffer =>
  digest(
    'belkluis enrolment 1 challenge',
    exporter,
    hello.box,
    hello.locator,
    hello.auditKey,
    hello.csr,
    hello.nonce,
    nonce,
  );

/** After the offer. */
export const offerTranscript = (challenge: Buffer, boxProof: string, offer: Omit<Offer, 'kind' | 'proof'>): Buffer =>
  digest(
    'belkluis enrolment 1 offer',
    challenge,
    boxProof,
    offer.claim,
    offer.msp,
    offer.site,
    offer.root,
    offer.policyKey,
  );

/** The proof of one side, hex. Each side has a word of its own: a proof that is sent back proves nothing. */
export const proofOf = (side: 'box' | 'fleet', proofKey: string, transcript: Buffer): string =>
  createHmac('sha256', Buffer.from(proofKey, 'hex')).update(`belkluis ${side} `).update(transcript).digest('hex');

/** Compares two hex strings in a time that does not tell how far they agree. */
export function sameHex(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one, 'hex'), Buffer.from(other, 'hex')];
  return a.length === b.length && a.length > 0 && timingSafeEqual(a, b);
}

/** What the audit key signs here begins like nothing else that it signs: checkpoints begin with `box/`. */
const signed = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from('belkluis enrolment 1\n'), bytes]);

const actDigest = (exporter: Buffer, { act, box, claim }: Pick<Act, 'act' | 'box' | 'claim'>): Buffer =>
  digest('belkluis enrolment 1 act', exporter, act, box, claim);

export const signTranscript = (transcript: Buffer, auditKey: KeyObject): string =>
  sign(null, signed(transcript), auditKey).toString('base64');

export const signAct = (exporter: Buffer, act: Pick<Act, 'act' | 'box' | 'claim'>, auditKey: KeyObject): string =>
  signTranscript(actDigest(exporter, act), auditKey);

type Renewing = Pick<Renew, 'box' | 'claim' | 'csr' | 'certificate'>;

const renewDigest = (exporter: Buffer, { box, claim, csr, certificate }: Renewing): Buffer =>
  digest('belkluis enrolment 1 renew', exporter, box, claim, csr, certificate);

/** `key`: of the certificate that the box has. */
export function signRenew(exporter: Buffer, renew: Renewing, key: KeyObject, auditKey: KeyObject) {
  const bytes = renewDigest(exporter, renew);
  const byKey = sign('sha256', signed(bytes), { key, dsaEncoding: 'ieee-p1363' }).toString('base64');
  return { byKey, signature: signTranscript(bytes, auditKey) };
}

export function signedRenew(exporter: Buffer, renew: Renew, auditKey: string): boolean {
  try {
    const bytes = renewDigest(exporter, renew);
    const key = new X509Certificate(Buffer.from(renew.certificate, 'base64')).publicKey;
    const by = Buffer.from(renew.byKey, 'base64');
    return (
      verify('sha256', signed(bytes), { key, dsaEncoding: 'ieee-p1363' }, by) &&
      signedTranscript(bytes, renew.signature, auditKey)
    );
  } catch {
    // Not a certificate.
    return false;
  }
}

/** An Ed25519 public key as messages carry it. */
export const spkiOf = (key: KeyObject): string => key.export({ format: 'der', type: 'spki' }).toString('base64');

export const keyOf = (spki: string): KeyObject =>
  createPublicKey({ key: Buffer.from(spki, 'base64'), format: 'der', type: 'spki' });

export function signedTranscript(transcript: Buffer, signature: string, auditKey: string): boolean {
  try {
    return verify(null, signed(transcript), keyOf(auditKey), Buffer.from(signature, 'base64'));
  } catch {
    // Not a key.
    return false;
  }
}

export const signedAct = (exporter: Buffer, act: Act, auditKey: string): boolean =>
  signedTranscript(actDigest(exporter, act), act.signature, auditKey);
