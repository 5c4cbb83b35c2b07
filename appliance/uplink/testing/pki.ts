/** Certificates of a fleet and its boxes, made for one test. */
import { webcrypto } from 'node:crypto';
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import type { Credentials } from '../link.ts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 86_400_000;

const crypto = webcrypto as Crypto;
const newKeys = () => crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']) as Promise<CryptoKeyPair>;

async function keyPem(key: CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}

export interface Authority {
  /** PEM. */
  readonly certificate: string;
  /** Certificate and key of a server at `localhost`, PEM. */
  readonly server: { readonly certificate: string; readonly key: string };
  box(boxId: string): Promise<Credentials>;
}

export async function newAuthority(name: string): Promise<Authority> {
  const validity = { notBefore: new Date(Date.now() - DAY_MS), notAfter: new Date(Date.now() + DAY_MS) };
  const keys = await newKeys();
  const root = await x509.X509CertificateGenerator.createSelfSigned(
    {
      name: `CN=${name}`,
      keys,
      signingAlgorithm: algorithm,
      serialNumber: '01',
      ...validity,
      extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
    },
    crypto,
  );
  let serial = 2;
  async function issue(subject: string, usage: string, extensions: x509.Extension[] = []) {
    const own = await newKeys();
    const certificate = await x509.X509CertificateGenerator.create(
      {
        subject,
        issuer: root.subject,
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: algorithm,
        serialNumber: (serial++).toString(16).padStart(2, '0'),
        ...validity,
        extensions: [new x509.ExtendedKeyUsageExtension([usage]), ...extensions],
      },
      crypto,
    );
    return { certificate: certificate.toString('pem'), key: await keyPem(own.privateKey) };
  }
  const names = new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'localhost' }]);
  const server = await issue('CN=localhost', x509.ExtendedKeyUsage.serverAuth, [names]);
  const certificate = root.toString('pem');
  return {
    certificate,
    server,
    async box(boxId) {
      return { ...(await issue(`CN=${boxId}`, x509.ExtendedKeyUsage.clientAuth)), authority: certificate };
    },
  };
}
