/** Session keys out of a master key (RFC 3711 4.3), with a key derivation rate of 0: once for the key's whole life. */
import { createCipheriv } from 'node:crypto';
import { checkKey, type SrtpKey, suiteOf } from './key.ts';

export interface SessionKeys {
  /** As long as the master key. */
  readonly encryption: Buffer;
  /** 20 bytes, for HMAC-SHA1; GCM does without. */
  readonly authentication: Buffer;
  /** As long as the master salt. */
  readonly salt: Buffer;
}

const BLOCK = 16;

/** RFC 3711 4.3.2: RTP has the labels 0, 1, 2, RTCP the labels 3, 4, 5. */
const firstLabel = { rtp: 0, rtcp: 3 } as const;

/** @throws Problem `srtp_key_malformed`. */
export function deriveSessionKeys(key: SrtpKey, purpose: keyof typeof firstLabel): SessionKeys {
  checkKey(key);
  const label = firstLabel[purpose];
  return {
    encryption: derive(key, label, key.masterKey.length),
    authentication: derive(key, label + 1, 20),
    salt: derive(key, label + 2, suiteOf(key.suite).salt),
  };
}

/** AES-CM keystream under the master key, from (label || 0) XOR salt (RFC 3711 4.3.3); a longer key makes the PRF longer (RFC 6188 4). */
function derive({ masterKey, masterSalt }: SrtpKey, label: number, length: number): Buffer {
  // A GCM salt of 12 bytes is filled up with zeros at its end (RFC 7714 11).
  const block = Buffer.alloc(BLOCK);
  masterSalt.copy(block);
  block[7] = block[7]! ^ label;
  const cipher = createCipheriv(`aes-${masterKey.length * 8}-ctr`, masterKey, block);
  return cipher.update(Buffer.alloc(length));
}
