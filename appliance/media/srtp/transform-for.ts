import { CounterModeTransform } from './counter-mode.ts';
import { GcmTransform } from './gcm.ts';
import { type SrtpKey, suiteOf } from './key.ts';
import { deriveSessionKeys } from './key-derivation.ts';
import type { Transform } from './transform.ts';

/** The transform of a key's suite, with its own session keys. @throws Problem `srtp_key_malformed`. */
export function transformFor(key: SrtpKey, purpose: 'rtp' | 'rtcp'): Transform {
  const keys = deriveSessionKeys(key, purpose);
  const { cipher, tag } = suiteOf(key.suite);
  return cipher === 'gcm' ? new GcmTransform(keys) : new CounterModeTransform(keys, tag);
}
