/** Master keys of SRTP and what each crypto suite makes of them (RFC 4568 6.2, RFC 6188, RFC 7714 14.2). */
import type { Chance } from '@belkluis/shared/base/chance';
import { MAX_MKI_LENGTH } from '../limits.ts';
import { problem } from '../problems.ts';

/** Lengths in bytes. */
interface Suite {
  readonly cipher: 'counter mode' | 'gcm';
  readonly key: 16 | 24 | 32;
  readonly salt: 12 | 14;
  /** What authenticates an RTP packet. */
  readonly tag: 4 | 10 | 16;
}

/** By the names of IANA's registry of SDES crypto suites. */
const suites = {
  AEAD_AES_256_GCM: { cipher: 'gcm', key: 32, salt: 12, tag: 16 },
  AEAD_AES_128_GCM: { cipher: 'gcm', key: 16, salt: 12, tag: 16 },
  AES_256_CM_HMAC_SHA1_80: { cipher: 'counter mode', key: 32, salt: 14, tag: 10 },
  AES_192_CM_HMAC_SHA1_80: { cipher: 'counter mode', key: 24, salt: 14, tag: 10 },
  AES_CM_128_HMAC_SHA1_80: { cipher: 'counter mode', key: 16, salt: 14, tag: 10 },
  AES_256_CM_HMAC_SHA1_32: { cipher: 'counter mode', key: 32, salt: 14, tag: 4 },
  AES_192_CM_HMAC_SHA1_32: { cipher: 'counter mode', key: 24, salt: 14, tag: 4 },
  AES_CM_128_HMAC_SHA1_32: { cipher: 'counter mode', key: 16, salt: 14, tag: 4 },
} as const satisfies Record<string, Suite>;

export type CryptoSuite = keyof typeof suites;

/** Every suite that is understood in an offer. */
export const cryptoSuites = Object.keys(suites) as readonly CryptoSuite[];

export const suiteOf = (name: CryptoSuite): Suite => suites[name];

/**
 * What a phone is offered, our favourite first. Few: a crypto line costs a hundred bytes of an INVITE that should fit one packet
 * (sip-field fact 17). Every phone has CM_80; GCM of 128 bits is the stronger one that phones have; a phone whose rules demand 256
 * bits says so in its own offers, where all suites are taken. Never a tag of 32 bits of our own accord.
 */
export const offeredSuites: readonly CryptoSuite[] = ['AEAD_AES_128_GCM', 'AES_CM_128_HMAC_SHA1_80'];

export interface SrtpKey {
  readonly suite: CryptoSuite;
  /** As long as `suiteOf(suite).key` says. */
  readonly masterKey: Buffer;
  /** As long as `suiteOf(suite).salt` says. */
  readonly masterSalt: Buffer;
  /** What each packet names this key by (RFC 3711 8.1); absent: packets name none. */
  readonly mki?: Buffer;
}

/** A fresh master key. */
export const newSrtpKey = (suite: CryptoSuite, chance: Chance, mki?: Buffer): SrtpKey => ({
  suite,
  masterKey: chance.bytes(suites[suite].key),
  masterSalt: chance.bytes(suites[suite].salt),
  ...(mki && { mki }),
});

/** What tells keys of one leg apart that are kept for as long as a call: each suite has its own, and with another identifier too. */
export const keyName = (suite: CryptoSuite, mki?: Buffer): string => `${suite} ${mki?.toString('hex') ?? ''}`;

/** @throws Problem `srtp_key_malformed` when a length is not the suite's. */
export function checkKey({ suite, masterKey, masterSalt, mki }: SrtpKey): void {
  const { key, salt } = suites[suite];
  if (mki && (mki.length < 1 || mki.length > MAX_MKI_LENGTH))
    throw problem('srtp_key_malformed', `MKI of ${mki.length} bytes`);
  if (masterKey.length === key && masterSalt.length === salt) return;
  throw problem('srtp_key_malformed', `${suite}: ${masterKey.length} + ${masterSalt.length} bytes`);
}
