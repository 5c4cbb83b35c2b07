/**
 * How phones tried to register, in memory only: what an on-site person looks at when a phone is not there. Facts alone, no message, so there
 * is no secret to be masked. Traffic data: it leaves by age. Bounded; what names nobody is remembered apart, so that a scanner that makes up
 * numbers pushes no phone out.
 */
import type { Cancel, Clock } from '@belkluis/shared/base/clock';
import {
  KEEP_MS,
  MAX_AGENT_LENGTH,
  MAX_ATTEMPTS,
  MAX_HANDSHAKES,
  MAX_STRANGERS,
  MAX_TRIED_PHONES,
  MAX_TRIED_USER_LENGTH,
  SWEEP_MS,
} from './limits.ts';

/** Tries in a row that went the same way from the same place. Instants are wall clock, ms. */
export interface Attempt {
  readonly firstAt: number;
  readonly at: number;
  readonly count: number;
  /** Code of `calls/phones/registration-outcome.ts`. */
  readonly outcome: string;
  readonly transport: 'UDP' | 'TCP' | 'TLS';
  readonly address: string;
  /** What it calls itself (User-Agent). */
  readonly agent: string | null;
}

/** Why a TLS handshake failed. Who it was is not known: nothing was said yet. */
export type HandshakeFault = 'untrusted' | 'clock' | 'old_tls' | 'no_tls' | 'no_cipher' | 'broke_off';

export interface Handshake {
  readonly at: number;
  readonly count: number;
  readonly address: string;
  readonly fault: HandshakeFault;
}

/** A REGISTER, as far as it is remembered. */
export interface Tried {
  readonly user: string;
  readonly outcome: string;
  readonly transport: Attempt['transport'];
  readonly address: string;
  readonly agent: string | null;
}

export interface Attempts {
  note(tried: Tried): void;
  /** `code`: of Node's error. */
  noteHandshake(address: string, code: string): void;
  /** Newest first. */
  of(user: string): readonly Attempt[];
  /** Numbers that no phone here has proved to be, with their last try; newest first. */
  strangers(): readonly (Attempt & { readonly user: string })[];
  /** Newest first. */
  handshakes(): readonly Handshake[];
  close(): void;
}

/** Outcomes that only an account which there is can have. */
const OF_ACCOUNTS = new Set(['ok', 'removed', 'wrong_secret', 'other_number', 'plain', 'exception_over', 'too_many']);

/** What OpenSSL says (alerts of RFC 8446 6.2 that the phone sent, and what the box itself refused). */
export function faultOf(code: string): HandshakeFault {
  if (/CERTIFICATE_EXPIRED/.test(code)) return 'clock';
  if (/UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_UNKNOWN|CERTIFICATE_REVOKED|UNSUPPORTED_CERTIFICATE/.test(code)) {
    return 'untrusted';
  }
  if (/UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION|VERSION_TOO_LOW/.test(code)) return 'old_tls';
  if (/WRONG_VERSION_NUMBER|HTTP_REQUEST|PACKET_LENGTH|UNKNOWN_PROTOCOL/.test(code)) return 'no_tls';
  if (/NO_SHARED_CIPHER|NO_SUITABLE|HANDSHAKE_FAILURE/.test(code)) return 'no_cipher';
  return 'broke_off';
}

/** Puts `key` at the end of a Map, which keeps its order; the first ones leave when it is full. */
function renew<T>(map: Map<string, T>, key: string, value: T, most: number): void {
  map.delete(key);
  map.set(key, value);
  for (const oldest of map.keys()) {
    if (map.size <= most) return;
    map.delete(oldest);
  }
}

export function openAttempts({ clock }: { readonly clock: Clock }): Attempts {
  const phones = new Map<string, readonly Attempt[]>();
  const strangers = new Map<string, readonly Attempt[]>();
  const handshakes = new Map<string, Handshake>();

  const added = (before: readonly Attempt[], { outcome, transport, address, agent }: Tried): readonly Attempt[] => {
    const [last, ...rest] = before;
    const at = clock.now();
    // A phone that goes on trying says the same each time; being asked stands between two of its answers.
    if (last?.outcome === outcome && last.address === address && last.transport === transport) {
      return [{ ...last, at, count: last.count + 1, agent }, ...rest];
    }
    const begun = { firstAt: at, at, count: 1, outcome, transport, address, agent };
    // Asked, then let in or not: the second half says it all.
    const answered = last?.outcome === 'asked' && last.address === address && outcome !== 'asked';
    if (answered)
      return last.count > 1
        ? [begun, { ...last, count: last.count - 1 }, ...rest]
        : added(rest, { ...begun, user: '' });
    return [begun, ...before].slice(0, MAX_ATTEMPTS);
  };

  let stop: Cancel = () => {};
  const sweep = () => {
    const oldest = clock.now() - KEEP_MS;
    for (const map of [phones, strangers]) {
      for (const [user, all] of map) {
        const young = all.filter(({ at }) => at > oldest);
        if (young.length === 0) map.delete(user);
        else if (young.length < all.length) map.set(user, young);
      }
    }
    for (const [key, { at }] of handshakes) if (at <= oldest) handshakes.delete(key);
    stop = clock.after(SWEEP_MS, sweep);
  };
  stop = clock.after(SWEEP_MS, sweep);

  return {
    note(told) {
      const user = told.user.slice(0, MAX_TRIED_USER_LENGTH);
      const tried = { ...told, agent: told.agent?.slice(0, MAX_AGENT_LENGTH) ?? null };
      const before = phones.get(user) ?? strangers.get(user) ?? [];
      const proves = phones.has(user) || OF_ACCOUNTS.has(tried.outcome);
      if (proves) strangers.delete(user);
      renew(proves ? phones : strangers, user, added(before, tried), proves ? MAX_TRIED_PHONES : MAX_STRANGERS);
    },
    noteHandshake(address, code) {
      const fault = faultOf(code);
      const key = `${fault} ${address}`;
      const count = (handshakes.get(key)?.count ?? 0) + 1;
      renew(handshakes, key, { at: clock.now(), count, address, fault }, MAX_HANDSHAKES);
    },
    of: (user) => phones.get(user) ?? strangers.get(user) ?? [],
    strangers: () => [...strangers].reverse().flatMap(([user, [last]]) => (last ? [{ user, ...last }] : [])),
    handshakes: () => [...handshakes.values()].reverse(),
    close: () => stop(),
  };
}
