/** The second factor: time-based codes (RFC 6238, SHA-1, 6 digits, 30 s: what every authenticator app understands). */

import { Secret, TOTP } from 'otpauth';
import type { Chance } from '../base/chance.ts';

/** Seconds of one step. */
const PERIOD_S = 30;

/** Steps that a telephone's clock may be off, either way (RFC 6238 5.2). */
const WINDOW = 1;

/** Bytes of a secret: as long as the hash (RFC 4226 4, R6). */
const SECRET_LENGTH = 20;

const totp = (secret: string, label = ''): TOTP =>
  new TOTP({ issuer: 'Belkluis', label, secret: Secret.fromBase32(secret), period: PERIOD_S, digits: 6 });

/** A new secret, base32. */
export function newTotpSecret(chance: Chance): string {
  const bytes = Uint8Array.from(chance.bytes(SECRET_LENGTH));
  return new Secret({ buffer: bytes.buffer }).base32;
}

/** What an authenticator app reads. */
export const totpUri = (secret: string, name: string): string => totp(secret, name).toString();

/** The code at `now` (wall clock, ms). */
export const totpCode = (secret: string, now: number): string => totp(secret).generate({ timestamp: now });

/**
 * The step whose code this is, or null when it is wrong or not newer than `lastStep`: each code counts once (RFC 6238 5.2).
 */
export function totpStep(secret: string, code: string, now: number, lastStep: number): number | null {
  const digits = code.replaceAll(/\s/g, '');
  if (!/^\d{6}$/.test(digits)) return null;
  const delta = totp(secret).validate({ token: digits, timestamp: now, window: WINDOW });
  if (delta === null) return null;
  const step = Math.floor(now / 1000 / PERIOD_S) + delta;
  return step > lastStep ? step : null;
}
