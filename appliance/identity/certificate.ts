/** The box's own certificate, for SIP over TLS and the desk: self-signed, renewed with the same key, so a pinned key stays right. */
import { createPublicKey, type KeyObject, webcrypto, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { type Chance, randomHex } from '@belkluis/shared/base/chance';
// The library's containers need it, and say so only when they run.
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { readIfThere, replace } from './files.ts';

const DAY_MS = 86_400_000;

/** Longest validity that every client accepts (Apple's rule for certificates from private issuers). */
export const MAX_VALIDITY_DAYS = 825;

/** A certificate is renewed when less than this is left: a box that restarts once a month never serves an expired one. */
export const RENEW_BEFORE_DAYS = 60;

/** Clocks of phones run behind ours. */
const BACKDATE_MS = DAY_MS;

export interface LocalCertificate {
  /** PEM, PKCS #8. */
  readonly key: string;
  /** PEM. */
  readonly certificate: string;
  /** Wall clock, ms. */
  readonly expiresAt: number;
  /** SHA-256 of the certificate, as browsers and phones show it. */
  readonly fingerprint: string;
}

export interface CertificateOptions {
  readonly folder: string;
  /** @see Device.tlsKey */
  readonly tlsKey: KeyObject;
  /** DNS names that clients use. */
  readonly names: readonly string[];
  /** IP addresses that clients use. */
  readonly addresses: readonly string[];
  /** Wall clock, ms. */
  readonly now: number;
  readonly chance: Chance;
}

/** Reads the certificate, or makes it anew when it is missing, about to expire, of another key, or lacks a name. */
export async function openCertificate(options: CertificateOptions): Promise<LocalCertificate> {
  const path = join(options.folder, 'certificate.pem');
  const kept = readIfThere(path);
  if (kept !== null && stillServes(kept, options)) return described(kept, options.tlsKey);
  const certificate = await issue(options);
  replace(path, certificate, randomHex(options.chance, 8));
  return described(certificate, options.tlsKey);
}

function stillServes(pem: string, { tlsKey, names, addresses, now }: CertificateOptions): boolean {
  try {
    const certificate = new X509Certificate(pem);
    return (
      certificate.checkPrivateKey(tlsKey) &&
      Date.parse(certificate.validTo) - now > RENEW_BEFORE_DAYS * DAY_MS &&
      Date.parse(certificate.validFrom) <= now &&
      names.every((name) => certificate.checkHost(name) !== undefined) &&
      addresses.every((address) => certificate.checkIP(address) !== undefined)
    );
  } catch {
    return false;
  }
}

function described(certificate: string, tlsKey: KeyObject): LocalCertificate {
  const { validTo, fingerprint256 } = new X509Certificate(certificate);
  return {
    key: tlsKey.export({ format: 'pem', type: 'pkcs8' }) as string,
    certificate,
    expiresAt: Date.parse(validTo),
    fingerprint: fingerprint256,
  };
}

async function issue({ tlsKey, names, addresses, now, chance }: CertificateOptions): Promise<string> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const privateKey = tlsKey.toCryptoKey(algorithm, true, ['sign']) as CryptoKey;
  const publicKey = createPublicKey(tlsKey).toCryptoKey(algorithm, true, ['verify']) as CryptoKey;
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      // RFC 5280 4.1.2.2: positive, at most 20 bytes.
      serialNumber: `00${randomHex(chance, 16)}`,
      name: [{ CN: ['Belkluis'] }],
      notBefore: new Date(now - BACKDATE_MS),
      notAfter: new Date(now - BACKDATE_MS + MAX_VALIDITY_DAYS * DAY_MS),
      signingAlgorithm: algorithm,
      keys: { privateKey, publicKey },
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension([
          ...names.map((value) => ({ type: 'dns' as const, value })),
          ...addresses.filter((address) => isIP(address) !== 0).map((value) => ({ type: 'ip' as const, value })),
        ]),
      ],
    },
    webcrypto as Crypto,
  );
  return `${certificate.toString('pem')}\n`;
}
