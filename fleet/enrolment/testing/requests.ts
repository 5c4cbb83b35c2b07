/** Requests for certificates as boxes make them, and as they should not. */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  webcrypto,
  X509Certificate,
} from 'node:crypto';
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

const pairOf = (key: string) => ({
  privateKey: createPrivateKey(key).toCryptoKey(algorithms['P-256'], true, ['sign']) as CryptoKey,
  publicKey: createPublicKey(key).toCryptoKey(algorithms['P-256'], true, ['verify']) as CryptoKey,
});

/** A request for the key `key` (PEM): DER, base64. */
export async function requestFor(key: string): Promise<string> {
  const given = { keys: pairOf(key), signingAlgorithm: algorithms['P-256'] };
  const csr = await x509.Pkcs10CertificateRequestGenerator.create(given, webcrypto as Crypto);
  return csr.toString('base64');
}

/** A certificate of one's own with the serial number of another's (both DER, base64). */
export async function selfSigned(other: string, key: string): Promise<string> {
  const { serialNumber } = new X509Certificate(Buffer.from(other, 'base64'));
  const given = { serialNumber, keys: pairOf(key), signingAlgorithm: algorithms['P-256'] };
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(given, webcrypto as Crypto);
  return certificate.toString('base64');
}
