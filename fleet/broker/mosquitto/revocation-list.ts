/** Certificate revocation list (RFC 5280, 5) for brokers that cannot ask the fleet. */
import { webcrypto } from 'node:crypto';
// The library's containers need it, and say so only when they run.
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';

export interface Revoked {
  /** Hex. */
  readonly serialNumber: string;
  /** Wall clock, ms. */
  readonly at: number;
}

export interface RevocationAuthority {
  /** PEM of the certificate that signed those of the boxes. */
  readonly certificate: string;
  /** Its key, P-256. */
  readonly signingKey: CryptoKey;
}

/**
 * How long a list counts, ms. OpenSSL refuses every box once it is over, so it is long: the fleet writes a new one each day and at each
 * revocation, and may be gone for a month.
 */
export const LIST_LIFETIME_MS = 30 * 86_400_000;

/** Clocks of brokers run behind ours. */
const BACKDATE_MS = 3_600_000;

/** PEM. `now`: wall clock, ms. The list is whole each time: a certificate that has expired may leave it. */
export async function revocationList(
  { certificate, signingKey }: RevocationAuthority,
  revoked: readonly Revoked[],
  now: number,
): Promise<string> {
  const dates = new Map(revoked.map(({ serialNumber, at }) => [minimal(serialNumber), new Date(at)]));
  const list = await x509.X509CrlGenerator.create(
    {
      issuer: new x509.X509Certificate(certificate).subject,
      thisUpdate: new Date(now - BACKDATE_MS),
      nextUpdate: new Date(now + LIST_LIFETIME_MS),
      entries: [...dates].map(([serialNumber, revocationDate]) => ({ serialNumber, revocationDate })),
      signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
      signingKey,
    },
    webcrypto as Crypto,
  );
  return `${x509.PemConverter.encode(list.rawData, 'X509 CRL')}\n`;
}

/** Hex of a positive DER integer, with no byte too many (X.690, 8.3.2): OpenSSL refuses the whole list otherwise, and the library writes what it gets. */
function minimal(hex: string): string {
  const digits = hex.toLowerCase().replace(/^0+/, '') || '0';
  const whole = digits.length % 2 === 0 ? digits : `0${digits}`;
  return Number.parseInt(whole.slice(0, 2), 16) > 127 ? `00${whole}` : whole;
}
