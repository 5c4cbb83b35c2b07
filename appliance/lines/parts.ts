/** What several parts of the lines document say in the same way. */
import { isIP } from 'node:net';
import { z } from 'zod';

/** Names what is configured, in logs, pages and commands. */
export const lineId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'must be lower-case letters, digits and dashes');

export const port = z.number().int().min(1).max(65_535);

/** A host name or IP address, without brackets. */
export const host = z
  .string()
  .max(253)
  .refine(
    (text) => isIP(text) !== 0 || /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(text),
    'must be a host name or IP address',
  );

/** An address, or a network in CIDR form: `192.0.2.1`, `192.0.2.0/24`, `2001:db8::/32`. */
export const network = z.string().refine((text) => {
  const [address = '', length, ...more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  return length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= (family === 4 ? 32 : 128));
}, 'must be an address such as 192.0.2.1, or a network such as 192.0.2.0/24');

/** SHA-256 of a certificate in DER, lower-case hex. */
export const fingerprint = z.string().regex(/^[0-9a-f]{64}$/, 'must be the SHA-256 of a certificate, 64 hex digits');

/** Whom the box speaks SIP to. Without port and transport the DNS says (RFC 3263). */
export const peerFields = {
  host,
  port: port.optional(),
  transport: z.enum(['udp', 'tcp', 'tls']).optional(),
  /** PEM of the authorities that its certificate must come from; the system's when absent. */
  ca: z.string().max(100_000).optional(),
  /** Exactly this certificate, whoever signed it. */
  certificate: fingerprint.optional(),
};

/** Until when it may do without TLS and SRTP; absent: never (S41, S42). */
export const plainUntil = z.iso.datetime({ offset: true }).optional();

/** `SHA256:…`, as `ssh-keygen -l` prints it: another server is not spoken to. */
export const fingerprintOfHostKey = z
  .string()
  .regex(/^SHA256:[A-Za-z0-9+/]{43}$/, 'must be a SHA256: fingerprint of the host key');
