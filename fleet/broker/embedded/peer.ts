/** Who is at the other end of a TLS connection, by the certificate that it proved to have. */
import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { BOX_PATTERN } from '@belkluis/shared/contract/fields';

export interface Peer {
  /** Common name of the certificate: the box's id. */
  readonly box: string;
  /** Of the certificate: hex, lower case. */
  readonly serial: string;
  /** Wall clock, ms. */
  readonly expiresAt: number;
}

/** Null: the certificate is none of a box, though our authority signed it. */
export function peerOf(socket: TLSSocket): Peer | null {
  const certificate: X509Certificate | undefined = socket.getPeerX509Certificate();
  if (!certificate || !socket.authorized) return null;
  // One line for each attribute (Node's own form).
  const names = certificate.subject.split('\n').filter((line) => line.startsWith('CN='));
  const box = names[0]?.slice(3) ?? '';
  if (names.length !== 1 || !BOX_PATTERN.test(box)) return null;
  return {
    box,
    serial: certificate.serialNumber.toLowerCase(),
    expiresAt: Date.parse(certificate.validTo),
  };
}
