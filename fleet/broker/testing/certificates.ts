/** Certificates as a fleet's authority issues them, for tests: P-256, the box's id as common name. */
import { webcrypto } from 'node:crypto';
// The library's containers need it, and say so only when they run.
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const crypto = webcrypto as Crypto;
const HOUR_MS = 3_600_000;

/** PEM. */
export interface Issued {
  readonly key: string;
  readonly certificate: string;
  /** Hex, as it stands in a revocation list. */
  readonly serialNumber: string;
}

export interface TestAuthority {
  /** PEM. */
  readonly certificate: string;
  readonly keys: CryptoKeyPair;
  readonly x509: x509.X509Certificate;
  /** A client certificate whose common name is `id`; `validMs`: from an hour ago until then. */
  box(id: string, validMs?: number): Promise<Issued>;
  /** A server's, for localhost and 127.0.0.1. */
  server(): Promise<Issued>;
}

let serial = 0;
const nextSerial = (): string => (++serial + 0x1000 + process.pid * 0x10000).toString(16).padStart(16, '0');

const generate = (): Promise<CryptoKeyPair> =>
  crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']) as Promise<CryptoKeyPair>;

async function pemOf(key: CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}

export async function testAuthority(name = 'Test authority'): Promise<TestAuthority> {
  const keys = await generate();
  const authority = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: nextSerial(),
      name: [{ CN: [name] }],
      notBefore: new Date(Date.now() - 48 * HOUR_MS),
      notAfter: new Date(Date.now() + 48 * HOUR_MS),
      signingAlgorithm: algorithm,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, crypto),
      ],
    },
    crypto,
  );
  const issue = async (cn: string, notAfter: number, extensions: x509.Extension[]): Promise<Issued> => {
    const own = await generate();
    const serialNumber = nextSerial();
    const certificate = await x509.X509CertificateGenerator.create(
      {
        serialNumber,
        subject: [{ O: [name] }, { CN: [cn] }],
        issuer: authority.subject,
        notBefore: new Date(Date.now() - 24 * HOUR_MS),
        notAfter: new Date(notAfter),
        signingAlgorithm: algorithm,
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        extensions: [
          new x509.BasicConstraintsExtension(false, undefined, true),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
          ...extensions,
        ],
      },
      crypto,
    );
    return { key: await pemOf(own.privateKey), certificate: certificate.toString('pem'), serialNumber };
  };
  return {
    certificate: authority.toString('pem'),
    keys,
    x509: authority,
    box: (id, validMs = HOUR_MS) =>
      issue(id, Date.now() + validMs, [new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth])]),
    server: () =>
      issue('localhost', Date.now() + HOUR_MS, [
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension([
          { type: 'dns', value: 'localhost' },
          { type: 'ip', value: '127.0.0.1' },
        ]),
      ]),
  };
}
