/** The connection test of one phone: told by what the call process knows of it, for a phone is reached over its own connection alone. */
import { isIPv6 } from 'node:net';
import { found, type Step, type Tested } from './steps.ts';

/** One registered phone of the number, and what it said to OPTIONS; null: nothing. */
export interface PhoneReached {
  readonly transport: 'UDP' | 'TCP' | 'TLS';
  readonly remote: { readonly address: string; readonly port: number };
  readonly expiresInS: number;
  readonly said: { readonly status: number; readonly ms: number } | null;
}

export interface PhoneFacts {
  readonly user: string;
  /** Null: the call process does not answer. */
  readonly phones: readonly PhoneReached[] | null;
  /** How its last call was keyed (RFC 4568, RFC 5764, RFC 8643, or not at all); null: it has not called yet. */
  readonly keying: 'sdes' | 'dtls' | 'optional' | 'plain' | null;
  /** Wall clock, ms, until which it may do without TLS and SRTP; 0: never. */
  readonly plainUntil: number;
  /** Its last try to register; null: none is remembered. */
  readonly lastTry: { readonly outcome: string; readonly at: number } | null;
  readonly now: number;
}

/** How keys of the sound are agreed on, by the name that IT people know. */
const names = { sdes: 'SRTP, SDES', dtls: 'SRTP, DTLS', optional: 'SRTP, if the other side can' } as const;

const isExcepted = ({ plainUntil, now }: PhoneFacts): boolean => plainUntil > now;

function exceptionStep({ plainUntil: until, now }: PhoneFacts): Step {
  if (until === 0) return found('exception_none', 'ok', {});
  return until > now ? found('exception_runs', 'warn', { until }) : found('exception_over', 'warn', { until });
}

function soundStep(facts: PhoneFacts): Step {
  const { keying } = facts;
  if (keying === null) return found('sound_unseen', 'warn', {});
  if (keying === 'plain') return found('sound_plain', isExcepted(facts) ? 'warn' : 'failed', {});
  return found('sound_keyed', keying === 'optional' ? 'warn' : 'ok', { how: names[keying] });
}

function presence(facts: PhoneFacts): Step[] {
  const { phones, lastTry } = facts;
  if (phones === null) return [found('phone_unknown', 'failed', {})];
  if (phones.length > 0) return [];
  if (lastTry === null) return [found('phone_missing', 'failed', {})];
  const { outcome, at } = lastTry;
  if (outcome === 'ok') return [found('phone_gone', 'failed', { at })];
  if (outcome === 'removed') return [found('phone_left', 'failed', { at })];
  return [found('phone_refused', 'failed', { why: outcome, at })];
}

function reachedSteps(facts: PhoneFacts, { transport, remote, expiresInS, said }: PhoneReached): Step[] {
  const where = `${transport} ${isIPv6(remote.address) ? `[${remote.address}]` : remote.address}:${remote.port}`;
  return [
    found('phone_registered', 'ok', { where, seconds: expiresInS }),
    transport === 'TLS'
      ? found('transport_tls', 'ok', {})
      : isExcepted(facts)
        ? found('transport_excepted', 'warn', { transport })
        : found('transport_plain', 'failed', { transport }),
    // Any answer is a sign of life: many phones refuse what they do not know.
    said === null
      ? found('options_phone_silent', 'failed', {})
      : found('options_ok', 'ok', { status: said.status, reason: '', ms: said.ms }),
  ];
}

export function testedPhone(facts: PhoneFacts): readonly Tested[] {
  const { user, phones } = facts;
  return [
    { about: user, steps: [...presence(facts), soundStep(facts), exceptionStep(facts)] },
    ...(phones ?? []).map((phone) => ({
      about: `${user}, ${phone.transport} ${phone.remote.address}`,
      steps: reachedSteps(facts, phone),
    })),
  ];
}
