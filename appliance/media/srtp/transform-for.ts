import { CounterModeTransform, RTCP_TAG } from './counter-mode.ts';
import { GcmTransform } from './gcm.ts';
import { type SrtpKey, suiteOf } from './key.ts';
import { deriveSessionKeys } from './key-derivation.ts';
import { MkiTransform } from './mki.ts';
import type { Transform } from './transform.ts';

/** The transform of a key's suite, with its own session keys. @throws Problem `srtp_key_malformed`. */
export function transformFor(key: SrtpKey, purpose: 'rtp' | 'rtcp'): Transform {
  const keys = deriveSessionKeys(key, purpose);
  const { cipher, tag } = suiteOf(key.suite);
  const transform = cipher === 'gcm' ? new GcmTransform(keys) : new CounterModeTransform(keys, tag);
  if (!key.mki) return transform;
  const behind = cipher === 'gcm' ? 0 : purpose === 'rtp' ? tag : RTCP_TAG;
  return new MkiTransform(transform, key.mki, behind);
}
