/** A box's request for a certificate. Only its key is believed, and only when it shows that it has it; the name is the fleet's to give. */
import { createHash, webcrypto } from 'node:crypto';
import { derSchema } from '@belkluis/shared/contract/enrolment/messages';
// The library's containers need it.
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { problem } from './problems.ts';

export interface Requested {
  readonly publicKey: x509.PublicKey;
  /** SHA-256 of its SPKI, hex. */
  readonly keyHash: string;
}

/** How the SPKI of an uncompressed point of the named curve P-256 begins (RFC 5480 2.1.1): no other curve, no parameters of one's own. */
const P256 = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d03010703420004', 'hex');
const P256_LENGTH = 91;

/** Length of the SEQUENCE that `der` begins with, its head included: the parser would pass over what follows it. */
function sequenceLength(der: Uint8Array): number {
  const octets = der[1]! & 0x7f;
  return der[1]! < 0x80
    ? der[1]! + 2
    : 2 + octets + der.subarray(2, 2 + octets).reduce((sum, byte) => sum * 256 + byte, 0);
}

/** `request`: DER, base64. @throws Problem `csr_unusable`. */
export async function readRequest(request: string): Promise<Requested> {
  try {
    const der = Uint8Array.from(Buffer.from(derSchema.parse(request), 'base64'));
    if (sequenceLength(der) !== der.length) throw new Error('more than a request');
    const csr = new x509.Pkcs10CertificateRequest(der);
    const spki = Buffer.from(csr.publicKey.rawData);
    if (spki.length !== P256_LENGTH || !spki.subarray(0, P256.length).equals(P256)) throw new Error('not P-256');
    if (!(await csr.verify(webcrypto as Crypto))) throw new Error('not signed by its own key');
    return { publicKey: csr.publicKey, keyHash: createHash('sha256').update(spki).digest('hex') };
  } catch (cause) {
    throw problem('csr_unusable', undefined, cause);
  }
}
