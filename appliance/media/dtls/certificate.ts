/** Certificates that nobody signed: their fingerprint in the session description is what vouches for them (RFC 5763 5, RFC 8122). */
import {
  constants,
  createHash,
  generateKeyPairSync,
  type KeyObject,
  sign,
  timingSafeEqual,
  verify,
  X509Certificate,
} from 'node:crypto';
import type { Chance } from '@belkluis/shared/base/chance';
import { MAX_RSA_BITS, MIN_RSA_BITS } from './limits.ts';
import { problem } from './problems.ts';

/** Ours. The key never leaves memory. */
export interface Identity {
  /** DER. */
  readonly certificate: Buffer;
  readonly privateKey: KeyObject;
}

/** Hashes that a fingerprint may be made with (RFC 8122 5), the best first; SHA-1 and MD5 are not among them. */
export const fingerprintHashes = ['sha-512', 'sha-384', 'sha-256'] as const;

export interface Fingerprint {
  readonly hash: (typeof fingerprintHashes)[number];
  readonly value: Buffer;
}

export const fingerprintOf = (certificate: Buffer, hash: Fingerprint['hash'] = 'sha-256'): Fingerprint => ({
  hash,
  value: createHash(hash.replace('-', '')).update(certificate).digest(),
});

/** Whether this is the certificate that the fingerprint names; takes as long either way. */
export function fits(certificate: Buffer, { hash, value }: Fingerprint): boolean {
  const actual = fingerprintOf(certificate, hash).value;
  return actual.length === value.length && timingSafeEqual(actual, value);
}

/** Signature schemes that we verify, by their number in TLS (RFC 5246 7.4.1.4.1, RFC 8446 4.2.3). None with SHA-1. */
const schemes: Readonly<Record<number, { readonly hash: string; readonly key: 'ec' | 'rsa'; readonly pss?: true }>> = {
  1027: { hash: 'sha256', key: 'ec' },
  1283: { hash: 'sha384', key: 'ec' },
  1539: { hash: 'sha512', key: 'ec' },
  2052: { hash: 'sha256', key: 'rsa', pss: true },
  1025: { hash: 'sha256', key: 'rsa' },
  1281: { hash: 'sha384', key: 'rsa' },
  1537: { hash: 'sha512', key: 'rsa' },
};

export const signatureSchemes: readonly number[] = Object.keys(schemes).map(Number);

/** The one that we sign with: ECDSA on P-256 with SHA-256. */
export const OUR_SCHEME = 0x0403;

export const signed = ({ privateKey }: Identity, data: Buffer): Buffer => sign('sha256', data, privateKey);

/** Whether the holder of this certificate's key signed `data`. @throws Problem `dtls_nothing_in_common` for a key or scheme that we do not take. */
export function isSignedBy(certificate: Buffer, scheme: number, data: Buffer, signature: Buffer): boolean {
  const known = schemes[scheme];
  const key = publicKeyOf(certificate);
  if (known === undefined || known.key !== key.asymmetricKeyType)
    throw problem('dtls_nothing_in_common', `signature scheme ${scheme}`);
  const padding = known.pss ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING;
  const options = known.key === 'ec' ? { key } : { key, padding, ...(known.pss && { saltLength: 32 }) };
  return verify(known.hash, data, options, signature);
}

function publicKeyOf(certificate: Buffer): KeyObject {
  let key: KeyObject;
  try {
    key = new X509Certificate(certificate).publicKey;
  } catch {
    throw problem('dtls_malformed', 'certificate');
  }
  const bits = key.asymmetricKeyDetails?.modulusLength;
  if (bits !== undefined && (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS))
    throw problem('dtls_nothing_in_common', `RSA key of ${bits} bits`);
  return key;
}

const der = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts);
  const length =
    body.length < 128
      ? [body.length]
      : body.length < 256
        ? [0x81, body.length]
        : [0x82, body.length >> 8, body.length & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
};

const SEQUENCE = 0x30;
const ecdsaWithSha256 = der(SEQUENCE, Buffer.from('06082a8648ce3d040302', 'hex'));
/** `CN=DTLS`: says nothing about whose it is. */
const commonName = der(
  SEQUENCE,
  der(0x31, der(SEQUENCE, Buffer.from('0603550403', 'hex'), der(0x0c, Buffer.from('DTLS')))),
);
/** Fingerprints vouch, not dates; some stacks look at these all the same. */
const validity = der(SEQUENCE, der(0x17, Buffer.from('240101000000Z')), der(0x18, Buffer.from('99991231235959Z')));

/** A fresh key on P-256 and the certificate that it signs for itself (RFC 5280 4.1, version 1: there are no extensions to tell). */
export function newIdentity(chance: Chance): Identity {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const serial = chance.bytes(16);
  serial[0] = (serial[0]! & 0x7f) | 0x40;
  const subject = publicKey.export({ type: 'spki', format: 'der' });
  const body = der(SEQUENCE, der(0x02, serial), ecdsaWithSha256, commonName, validity, commonName, subject);
  const signature = sign('sha256', body, privateKey);
  const certificate = der(SEQUENCE, body, ecdsaWithSha256, der(0x03, Buffer.from([0]), signature));
  return { certificate, privateKey };
}
