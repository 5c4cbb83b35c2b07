/** Digest arithmetic (RFC 7616 3.4, RFC 8760 2). */
import { hash, timingSafeEqual } from 'node:crypto';

export type DigestAlgorithm = 'MD5' | 'SHA-256' | 'SHA-512-256';

const hashes: Record<DigestAlgorithm, string> = { MD5: 'md5', 'SHA-256': 'sha256', 'SHA-512-256': 'sha512-256' };

/** The algorithm by its name on the wire, absent meaning MD5; null for one that we do not do. */
export function algorithmNamed(name: string | undefined): DigestAlgorithm | null {
  const found = Object.keys(hashes).find((known) => known.toLowerCase() === (name ?? 'MD5').toLowerCase());
  return (found as DigestAlgorithm | undefined) ?? null;
}

const hex = (algorithm: DigestAlgorithm, text: string): string => hash(hashes[algorithm], text, 'hex');

/** H(user:realm:password), hex: what a registrar stores. Password-equivalent inside its realm. */
export const ha1Of = (algorithm: DigestAlgorithm, user: string, realm: string, password: string): string =>
  hex(algorithm, `${user}:${realm}:${password}`);

/** Stands in for the HA1 of a user that does not exist, so that asking for one takes as long as for another. */
export const noHa1 = (algorithm: DigestAlgorithm): string => '0'.repeat(algorithm === 'MD5' ? 32 : 64);

/** Compares secrets: takes as long for a near miss as for a wild guess. */
export function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

export interface DigestInput {
  readonly algorithm: DigestAlgorithm;
  readonly ha1: string;
  readonly nonce: string;
  readonly method: string;
  readonly uri: string;
  /** With `qop=auth`; null: the form of RFC 2069, without. */
  readonly qop: { readonly nc: string; readonly cnonce: string } | null;
}

/** The `response` value (RFC 7616 3.4.1). */
export function digestResponse({ algorithm, ha1, nonce, method, uri, qop }: DigestInput): string {
  const ha2 = hex(algorithm, `${method}:${uri}`);
  return hex(algorithm, qop ? `${ha1}:${nonce}:${qop.nc}:${qop.cnonce}:auth:${ha2}` : `${ha1}:${nonce}:${ha2}`);
}
