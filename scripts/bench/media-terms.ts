/** What the media benchmark and its phones agree on. */
import type { SrtpKey } from '../../appliance/media/srtp/key.ts';

export const FRAMES_PER_SECOND = 50;
/** PCMA, RFC 3551. */
export const PAYLOAD_TYPE = 8;

/** What the phones' process is asked to be. */
export interface Asked {
  readonly phones: number;
  readonly seconds: number;
  readonly srtp: boolean;
}

const key = (fill: number): SrtpKey => ({
  suite: 'AES_CM_128_HMAC_SHA1_80',
  masterKey: Buffer.alloc(16, fill),
  masterSalt: Buffer.alloc(14, fill),
});

/** What all phones seal with, and what is sealed for them. */
export const phoneKey = key(1);
export const boxKey = key(2);
