/** The keys of the box's certificates, and the requests for them. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, webcrypto, X509Certificate } from 'node:crypto';
// The library's containers need it, and say so only when they run.
import 'reflect-metadata';
import { toPem } from '@belkluis/shared/contract/enrolment/pem';
import * as x509 from '@peculiar/x509';
import { problem } from './problems.ts';
import type { KeptCertificate, KeptRequest } from './state.ts';

/** A fresh P-256 key, and a request for its certificate. */
export async function newRequest(box: string): Promise<KeptRequest> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const csr = await x509.Pkcs10CertificateRequestGenerator.create(
    {
      name: [{ CN: [box] }],
      keys: {
        privateKey: privateKey.toCryptoKey(algorithm, true, ['sign']) as CryptoKey,
        publicKey: createPublicKey(privateKey).toCryptoKey(algorithm, true, ['verify']) as CryptoKey,
      },
      signingAlgorithm: algorithm,
    },
    webcrypto as Crypto,
  );
  return { key: privateKey.export({ format: 'pem', type: 'pkcs8' }) as string, csr: csr.toString('base64') };
}

/**
 * The certificate of `request` that came as `chain` (DER, base64), if it is one: for this key and this box, signed below the pinned root, and good now.
 * @throws Problem `certificate_wrong`.
 */
export function checkedCertificate(
  chain: readonly string[],
  request: KeptRequest,
  { box, root, now }: { readonly box: string; readonly root: string; readonly now: number },
): KeptCertificate {
  try {
    const all = [...chain, root].map((der) => new X509Certificate(Buffer.from(der, 'base64')));
    const [own, ...issuers] = all;
    const names = own!.subject.split('\n');
    const urn = own!.subjectAltName === `URI:urn:belkluis:box:${box}`;
    if (!names.includes(`CN=${box}`) || !urn) throw problem('certificate_wrong', 'names');
    if (!own!.checkPrivateKey(createPrivateKey(request.key))) throw problem('certificate_wrong', 'key');
    issuers.forEach((issuer, at) => {
      if (!issuer.ca || !all[at]!.checkIssued(issuer) || !all[at]!.verify(issuer.publicKey)) {
        throw problem('certificate_wrong', 'issuer');
      }
    });
    const [notBefore, notAfter] = [Date.parse(own!.validFrom), Date.parse(own!.validTo)];
    if (notBefore > now || notAfter <= now) throw problem('certificate_wrong', 'dates');
    return { key: request.key, chain: [...chain], notBefore, notAfter };
  } catch (cause) {
    throw problem('certificate_wrong', undefined, cause);
  }
}

/** SHA-256 of a certificate, as people compare it: `AB:CD:…`. */
export const fingerprintOf = (der: string): string => new X509Certificate(toPem('CERTIFICATE', der)).fingerprint256;
