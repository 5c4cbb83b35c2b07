/** Forms that fields of messages have. Each is closed: none takes a name, a telephone number, a URI or a sentence. */
import { z } from 'zod';
import { ULID_PATTERN } from '../base/ulid.ts';
import { FIRST_INSTANT, LAST_INSTANT, MAX_COUNT } from './limits.ts';

/** A box, as it names itself: 128 bits of chance, hex. */
export const BOX_PATTERN = /^[0-9a-f]{32}$/;

export const boxId = z.string().regex(BOX_PATTERN);

export const ulid = z.string().regex(ULID_PATTERN);

/** 128 bits of chance, hex. */
export const nonce = z.string().regex(/^[0-9a-f]{32}$/);

/** Of a certificate that a fleet issued: 128 bits, hex, so that the first byte is none with a zero or a sign in front. */
export const certificateSerial = z.string().regex(/^[4-7][0-9a-f]{31}$/);

/** SHA-256, hex. */
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** Wall clock, ms. */
export const instant = z.number().int().min(FIRST_INSTANT).max(LAST_INSTANT);

export const count = z.number().int().min(0).max(MAX_COUNT);

/** Between two bounds, whole. */
export const whole = (min: number, max: number) => z.number().int().min(min).max(max);

/** Version of the program, as its tag: `v0.5.0`. */
export const softwareVersion = z.string().regex(/^v(0|[1-9]\d?)\.(0|[1-9]\d?)\.(0|[1-9]\d?)$/);

/** So many bytes as base64, neither more nor fewer. */
export function base64Of(bytes: number) {
  const rest = bytes % 3;
  const characters = Math.floor(bytes / 3) * 4 + (rest === 0 ? 0 : rest + 1);
  return z.string().regex(new RegExp(`^[A-Za-z0-9+/]{${characters}}${'='.repeat((3 - rest) % 3)}$`));
}

/** Between two lengths, bytes, as base64. `first`: how it begins, for what always begins so. */
export function base64Between(min: number, max: number, first = '') {
  const body = `(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?`;
  return z
    .string()
    .min(Math.ceil(min / 3) * 4)
    .max(Math.ceil(max / 3) * 4)
    .regex(new RegExp(`^(?=${first})${body}$`));
}

/** The version number of a program, as its tag. */
export const versionTag = (version: string): string => `v${version}`;
