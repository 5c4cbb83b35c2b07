/** Certificate revocation list (RFC 5280, 5) for brokers that cannot ask the fleet. */
import { webcrypto } from 'node:crypto';
// The library's containers need it, and say so only when they run.
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { crlNumber } from './der.ts';
import { CRL_DAYS, DAY_MS } from './limits.ts';

export interface Revoked {
  /** Hex. */
  readonly serial: string;
  /** Wall clock, ms. */
  readonly revokedAt: number;
}

export interface RevocationAuthority {
  /** PEM of the certificate that signed those of the boxes. */
  readonly certificate: string;
  /** Its key, P-256. */
  readonly signingKey: CryptoKey;
}

/** Clocks of brokers run behind ours. */
const BACKDATE_MS = 3_600_000;

/** PEM. `now`: wall clock, ms. The list is whole each time: a certificate that has expired may leave it. */
export async function revocationList(
  { certificate, signingKey }: RevocationAuthority,
  revoked: readonly Revoked[],
  now: number,
): Promise<string> {
  const issuer = new x509.X509Certificate(certificate);
  const dates = new Map(revoked.map(({ serial, revokedAt }) => [minimal(serial), new Date(revokedAt)]));
  const list = await x509.X509CrlGenerator.create(
    {
      issuer: issuer.subjectName,
      thisUpdate: new Date(now - BACKDATE_MS),
      nextUpdate: new Date(now + CRL_DAYS * DAY_MS),
      entries: [...dates].map(([serialNumber, revocationDate]) => ({ serialNumber, revocationDate })),
      signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
      signingKey,
      extensions: [
        await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey, false, webcrypto as Crypto),
        crlNumber(now),
      ],
    },
    webcrypto as Crypto,
  );
  // The library's own PEM of it has a label that OpenSSL does not read (RFC 7468 7).
  return `${x509.PemConverter.encode(list.rawData, 'X509 CRL')}\n`;
}

/** Hex of a positive DER integer, with no byte too many (X.690, 8.3.2): OpenSSL refuses the whole list otherwise, and the library writes what it gets. */
function minimal(hex: string): string {
  const digits = hex.toLowerCase().replace(/^0+/, '') || '0';
  const whole = digits.length % 2 === 0 ? digits : `0${digits}`;
  return Number.parseInt(whole.slice(0, 2), 16) > 127 ? `00${whole}` : whole;
}
