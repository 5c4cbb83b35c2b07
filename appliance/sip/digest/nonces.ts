/** Nonces that cost no memory until they are used well (RFC 7616 3.3, 5.4). */
import { createHmac, createSecretKey } from 'node:crypto';
import type { Chance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import { sameText } from './algorithm.ts';

/** How long a nonce may be used, ms: a phone that registers every five minutes needs one challenge in two registrations. */
export const NONCE_LIFETIME_MS = 600_000;

/** Nonces whose counts are remembered: far more than phones that register in one lifetime. */
const MAX_NONCES = 20_000;

export interface Nonces {
  /** `source`: whom it is given to. It is good from there alone, so whoever sends it back does receive what we send there. */
  issue(source: string): string;
  /** Whether it was given to `source` and has not run out. */
  gave(nonce: string, source: string): boolean;
  /**
   * Takes one use of a nonce, after its digest was found right: an attacker must not be able to fill the table.
   * `stale`: run out, forgotten or not given to `source`. `replay`: this count, or a higher one, was used before (RFC 7616 5.13).
   */
  use(nonce: string, count: number, source: string): 'ok' | 'stale' | 'replay';
}

export interface NoncesOptions {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly capacity?: number;
}

/**
 * A nonce is its time, a random part and a MAC of both and of whom it was given to. The key lives as long as the table of counts: were it to outlive the table,
 * what was heard before a restart could be said again after it.
 */
export function createNonces({ clock, chance, capacity = MAX_NONCES }: NoncesOptions): Nonces {
  // A key object: Node takes seven times as long for an HMAC under bare bytes.
  const key = createSecretKey(chance.bytes(32));
  const used = new Map<string, { readonly count: number; readonly issuedAt: number }>();
  /** Nonces as old as this or older are good only while their count is still remembered. */
  let forgottenUntil = -1;
  const mac = (text: string, source: string) =>
    createHmac('sha256', key).update(`${text} ${source}`).digest('hex').slice(0, 32);

  /** The last nonce that was found genuine: one request asks for its own several times. */
  let genuine = { nonce: '', source: '' };
  /** When it was given to `source`, while it is good; else null. */
  const issuedAt = (nonce: string, source: string): number | null => {
    if (nonce !== genuine.nonce || source !== genuine.source) {
      const cut = nonce.lastIndexOf('.');
      const text = nonce.slice(0, Math.max(0, cut));
      if (!sameText(mac(text, source), nonce.slice(cut + 1))) return null;
      genuine = { nonce, source };
    }
    const issued = Number.parseInt(nonce, 36);
    return clock.monotonic() - issued > NONCE_LIFETIME_MS ? null : issued;
  };

  const forgetOldest = () => {
    const [nonce, entry] = used.entries().next().value!;
    used.delete(nonce);
    forgottenUntil = Math.max(forgottenUntil, entry.issuedAt);
  };

  return {
    issue(source) {
      const text = `${Math.floor(clock.monotonic()).toString(36)}.${chance.bytes(8).toString('hex')}`;
      return `${text}.${mac(text, source)}`;
    },
    gave: (nonce, source) => issuedAt(nonce, source) !== null,
    use(nonce, count, source) {
      const issued = issuedAt(nonce, source);
      if (issued === null) return 'stale';
      const known = used.get(nonce);
      if (!known && issued <= forgottenUntil) return 'stale';
      if (count <= (known?.count ?? 0)) return 'replay';
      used.delete(nonce);
      used.set(nonce, { count, issuedAt: issued });
      if (used.size > capacity) forgetOldest();
      return 'ok';
    },
  };
}
