/** Master keys of SRTP and what each crypto suite makes of them (RFC 4568 6.2, RFC 7714 14.2). */
import type { Chance } from '@belkluis/shared/base/chance';
import { problem } from '../problems.ts';

export type CryptoSuite = 'AES_CM_128_HMAC_SHA1_80' | 'AES_CM_128_HMAC_SHA1_32' | 'AEAD_AES_128_GCM';

export interface SrtpKey {
  readonly suite: CryptoSuite;
  /** 16 bytes. */
  readonly masterKey: Buffer;
  /** 14 bytes; 12 for AEAD_AES_128_GCM. */
  readonly masterSalt: Buffer;
}

export const MASTER_KEY_LENGTH = 16;

/** Bytes of the master salt. */
export const saltLength = (suite: CryptoSuite): 12 | 14 => (suite === 'AEAD_AES_128_GCM' ? 12 : 14);

/** Bytes that authenticate an RTP packet. */
export const rtpTagLength: Readonly<Record<CryptoSuite, number>> = {
  AES_CM_128_HMAC_SHA1_80: 10,
  AES_CM_128_HMAC_SHA1_32: 4,
  AEAD_AES_128_GCM: 16,
};

/** All suites, the one that we like best first. GCM is stronger; CM_80 is what every phone has. */
export const cryptoSuites: readonly CryptoSuite[] = [
  'AEAD_AES_128_GCM',
  'AES_CM_128_HMAC_SHA1_80',
  'AES_CM_128_HMAC_SHA1_32',
];

/** A fresh master key. */
export const newSrtpKey = (suite: CryptoSuite, chance: Chance): SrtpKey => ({
  suite,
  masterKey: chance.bytes(MASTER_KEY_LENGTH),
  masterSalt: chance.bytes(saltLength(suite)),
});

/** @throws Problem `srtp_key_malformed` when a length is not the suite's. */
export function checkKey({ suite, masterKey, masterSalt }: SrtpKey): void {
  if (masterKey.length === MASTER_KEY_LENGTH && masterSalt.length === saltLength(suite)) return;
  throw problem('srtp_key_malformed', `${suite}: ${masterKey.length} + ${masterSalt.length} bytes`);
}
