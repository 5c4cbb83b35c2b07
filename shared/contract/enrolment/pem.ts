/** DER in base64, as messages carry it, to PEM, as TLS wants it, and back (RFC 7468). */

export type PemLabel = 'CERTIFICATE' | 'CERTIFICATE REQUEST';

/** `base64`: DER. Ends with a line break, so that several make a chain. */
export const toPem = (label: PemLabel, base64: string): string =>
  `-----BEGIN ${label}-----\n${base64.match(/.{1,64}/g)?.join('\n') ?? ''}\n-----END ${label}-----\n`;

/** The first of a PEM file, as DER in base64. */
export const fromPem = (pem: string): string =>
  /-----BEGIN [A-Z ]+-----([^-]+)-----END/.exec(pem)?.[1]?.replaceAll(/\s/g, '') ?? '';
