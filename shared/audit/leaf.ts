/**
 * A leaf that forgets: SHA-256(0x00 ‖ salt ‖ canonical body). Body and salt lie beside the tree and can be erased; what stays says
 * nothing, for 32 random bytes stand between it and any guess, such as all telephone numbers of a country.
 */
import { hash } from 'node:crypto';
import { canonicalJson, type Json } from './canonical.ts';
import type { AuditEvent } from './event.ts';
import type { Hash } from './merkle.ts';

/** Bytes of salt: as many as the hash, so that guessing the salt is no cheaper than breaking the hash. */
export const SALT_LENGTH = 32;

/** The body as it is hashed and stored. */
export const leafBody = (event: AuditEvent): string => canonicalJson(event as unknown as Json);

/** Leaf hash of a stored body (RFC 6962 2.1 with a salted entry). */
export const leafHash = (salt: Buffer, body: string): Hash =>
  hash('sha256', Buffer.concat([Uint8Array.of(0), salt, Buffer.from(body)]), 'buffer');
