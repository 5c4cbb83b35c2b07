/** Another certificate in time, for another key. Pure, but for making the key. */
import { RENEW_AFTER_EXPIRY_MS, RENEW_AT } from './limits.ts';
import { checkedCertificate } from './request.ts';
import type { Enrolled, KeptCertificate, KeptRequest } from './state.ts';

/** Whether another certificate is to be asked for; `lapsed`: it is too late, and a person must enrol the box again. */
export function renewalOf({ notBefore, notAfter }: Pick<KeptCertificate, 'notBefore' | 'notAfter'>, now: number) {
  if (now > notAfter + RENEW_AFTER_EXPIRY_MS) return 'lapsed';
  return now >= notBefore + (notAfter - notBefore) * RENEW_AT ? 'due' : 'good';
}

/** What to ask with: the same request until it was answered, so that one that is asked twice does not end in two certificates of which one is lost. */
export async function wantNext(
  kept: Enrolled,
  make: () => Promise<KeptRequest>,
): Promise<Enrolled & { next: KeptRequest }> {
  return { ...kept, next: kept.next ?? (await make()) };
}

/** The new certificate in its place; the one before stays until the new one has let the box in. @throws Problem `certificate_wrong`. */
export function takeNext(kept: Enrolled, chain: readonly string[], box: string, now: number): Enrolled {
  const request = kept.next;
  // An answer to nothing, or the same again.
  if (!request) return kept;
  const certificate = checkedCertificate(chain, request, { box, root: kept.fleet.root, now });
  return { ...kept, certificate, next: null, former: kept.certificate };
}
