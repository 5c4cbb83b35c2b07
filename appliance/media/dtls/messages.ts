/** The other messages of a handshake: certificates, ephemeral keys, signatures (RFC 5246 7.4, RFC 8422 5). */
import { list, number, Reader, vector } from './bytes.ts';
import { signatureSchemes } from './certificate.ts';
import { P256 } from './hello.ts';
import { problem } from './problems.ts';

const NAMED_CURVE = 3;
/** rsa_sign and ecdsa_sign (RFC 8422 5.5). */
const CERTIFICATE_TYPES = Buffer.from([64, 1]);

/** The first certificate, DER: the others of a chain vouch for nothing here. @throws Problem `dtls_malformed`. */
export function readCertificate(body: Buffer): Buffer {
  const chain = new Reader(new Reader(body).vector(3));
  if (chain.done) throw problem('dtls_malformed', 'no certificate');
  return chain.vector(3);
}

export const writeCertificate = (certificate: Buffer): Buffer => vector(3, vector(3, certificate));

interface Signature {
  readonly scheme: number;
  readonly signature: Buffer;
}

/** @throws Problem `dtls_malformed`. */
export function readSignature(body: Buffer): Signature {
  const reader = new Reader(body);
  const signature = { scheme: reader.number(2), signature: reader.vector(2) };
  reader.end();
  return signature;
}

export const writeSignature = ({ scheme, signature }: Signature): Buffer =>
  Buffer.concat([number(2, scheme), vector(2, signature)]);

/** An ephemeral key as its server signs it, behind both randoms (RFC 8422 5.4). */
export const ephemeralKey = (point: Buffer): Buffer =>
  Buffer.concat([number(1, NAMED_CURVE), number(2, P256), vector(1, point)]);

/** @throws Problem `dtls_malformed`, `dtls_nothing_in_common` for another curve. */
export function readServerKeyExchange(body: Buffer): { readonly point: Buffer } & Signature {
  const reader = new Reader(body);
  if (reader.number(1) !== NAMED_CURVE || reader.number(2) !== P256) throw problem('dtls_nothing_in_common', 'curve');
  const point = reader.vector(1);
  return { point, ...readSignature(body.subarray(ephemeralKey(point).length)) };
}

export const certificateRequest = (): Buffer =>
  Buffer.concat([vector(1, CERTIFICATE_TYPES), list(2, signatureSchemes), vector(2)]);

/** The schemes that a server takes from its client. @throws Problem `dtls_malformed`. */
export function readCertificateRequest(body: Buffer): number[] {
  const reader = new Reader(body);
  reader.vector(1);
  return reader.list(2);
}

/** @throws Problem `dtls_malformed`. */
export function readClientKeyExchange(body: Buffer): Buffer {
  const reader = new Reader(body);
  const point = reader.vector(1);
  reader.end();
  return point;
}
