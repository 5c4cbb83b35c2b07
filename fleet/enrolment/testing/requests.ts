/** Requests for certificates as boxes make them, and as they should not. */
import { generateKeyPairSync, type KeyObject, webcrypto } from 'node:crypto';
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';

const algorithms = {
  'P-256': { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  'P-384': { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' },
} as const;

export interface TestRequest {
  /** DER, base64. */
  readonly csr: string;
  readonly key: KeyObject;
}

/** A request that names somebody else and asks for extensions besides. */
export async function newRequest(
  curve: keyof typeof algorithms = 'P-256',
  extensions: x509.Extension[] = [],
  name = 'CN=somebody else',
): Promise<TestRequest> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: curve });
  const algorithm = algorithms[curve];
  const keys = {
    privateKey: privateKey.toCryptoKey(algorithm, true, ['sign']) as CryptoKey,
    publicKey: publicKey.toCryptoKey(algorithm, true, ['verify']) as CryptoKey,
  };
  const csr = await x509.Pkcs10CertificateRequestGenerator.create(
    { name, keys, signingAlgorithm: algorithm, extensions },
    webcrypto as Crypto,
  );
  return { csr: csr.toString('base64'), key: privateKey };
}
