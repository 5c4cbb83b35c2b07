/** Secrets of DTLS 1.2 with SHA-256: the PRF (RFC 5246 5), the master secret (RFC 7627), Finished, and the export to SRTP (RFC 5764 4.2). */
import { createHash, createHmac } from 'node:crypto';
import { type CryptoSuite, type SrtpKey, suiteOf } from '../srtp/key.ts';
import type { WriteKey } from './record.ts';

const hmac = (secret: Buffer, ...parts: readonly Uint8Array[]): Buffer => {
  const mac = createHmac('sha256', secret);
  for (const part of parts) mac.update(part);
  return mac.digest();
};

/** SHA-256 over all parts. */
export function digest(parts: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** RFC 5246 5: P_SHA256 over label and seed. */
function prf(secret: Buffer, label: string, seed: Buffer, length: number): Buffer {
  const labelled = Buffer.concat([Buffer.from(label, 'latin1'), seed]);
  const blocks: Buffer[] = [];
  let a: Buffer = labelled;
  for (let made = 0; made < length; made += 32) {
    a = hmac(secret, a);
    blocks.push(hmac(secret, a, labelled));
  }
  return Buffer.concat(blocks).subarray(0, length);
}

/** What both hellos said. */
export interface Randoms {
  readonly client: Buffer;
  readonly server: Buffer;
}

/** `session`: the digest up to ClientKeyExchange, where both sides know the extended master secret (RFC 7627 4); null: they do not. */
export const masterSecret = (preMaster: Buffer, { client, server }: Randoms, session: Buffer | null): Buffer =>
  session === null
    ? prf(preMaster, 'master secret', Buffer.concat([client, server]), 48)
    : prf(preMaster, 'extended master secret', session, 48);

/** RFC 5246 6.3 for AES-128-GCM. */
export function writeKeys(master: Buffer, { client, server }: Randoms): { client: WriteKey; server: WriteKey } {
  const block = prf(master, 'key expansion', Buffer.concat([server, client]), 40);
  return {
    client: { key: block.subarray(0, 16), iv: block.subarray(32, 36) },
    server: { key: block.subarray(16, 32), iv: block.subarray(36, 40) },
  };
}

/** The 12 bytes of a Finished message (RFC 5246 7.4.9) over the digest of all messages before it. */
export const finishedOf = (master: Buffer, who: 'client' | 'server', session: Buffer): Buffer =>
  prf(master, `${who} finished`, session, 12);

/** RFC 5764 4.2: what each side seals with. */
export function srtpKeys(
  master: Buffer,
  { client, server }: Randoms,
  suite: CryptoSuite,
): { client: SrtpKey; server: SrtpKey } {
  const { key, salt } = suiteOf(suite);
  const material = prf(master, 'EXTRACTOR-dtls_srtp', Buffer.concat([client, server]), 2 * (key + salt));
  const salts = 2 * key;
  return {
    client: { suite, masterKey: material.subarray(0, key), masterSalt: material.subarray(salts, salts + salt) },
    server: { suite, masterKey: material.subarray(key, salts), masterSalt: material.subarray(salts + salt) },
  };
}
