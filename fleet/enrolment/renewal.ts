/** Whether a certificate may be followed by another. Pure. */
import { DAY_MS, RENEW_AFTER_EXPIRY_DAYS } from './limits.ts';
import type { StoredCertificate } from './store.ts';

export type RenewalRefusal = 'certificate_unknown' | 'certificate_revoked' | 'certificate_lapsed' | 'key_reused';

/**
 * Why `box`, which shows that it has the key of `present`, gets no certificate for the key `keyHash`; null: it does. `owners`: boxes that have a
 * certificate for that key: the box itself where the answer to an earlier request was lost.
 */
export function renewalRefusal(
  box: string,
  present: StoredCertificate | null,
  keyHash: string,
  owners: readonly string[],
  now: number,
): RenewalRefusal | null {
  if (present?.box !== box) return 'certificate_unknown';
  if (present.revokedAt !== null) return 'certificate_revoked';
  if (present.notAfter + RENEW_AFTER_EXPIRY_DAYS * DAY_MS < now) return 'certificate_lapsed';
  if (keyHash === present.keyHash || owners.some((owner) => owner !== box)) return 'key_reused';
  return null;
}
