/** Where an account's phones are: the bindings of RFC 3261 10.3 as data, changed by pure functions. */
import { MAX_CONTACTS_PER_ACCOUNT } from '../limits.ts';

/** One registered phone. `Route` is how a request reaches it (a flow of the transport layer). */
export interface Binding<Route> {
  /** What makes two registrations the same phone: its `+sip.instance` with `reg-id`, else its Contact URI (RFC 5626 6). */
  readonly key: string;
  /** The Contact URI exactly as the phone sent it: it must find itself in the answer. */
  readonly contact: string;
  readonly callId: string;
  readonly cseq: number;
  /** Monotonic milliseconds. */
  readonly expiresAt: number;
  readonly route: Route;
}

/** One Contact of a REGISTER. `expiresInS` 0 removes it. */
export interface ContactChange<Route> {
  readonly key: string;
  readonly contact: string;
  readonly expiresInS: number;
  readonly route: Route;
}

/** What a REGISTER asks for: single contacts, or `*` (RFC 3261 10.2.2). */
export interface Registration<Route> {
  readonly callId: string;
  readonly cseq: number;
  readonly changes: readonly ContactChange<Route>[] | 'remove all';
}

export type Registered<Route> =
  | { readonly ok: true; readonly bindings: readonly Binding<Route>[] }
  | { readonly ok: false; readonly why: 'out_of_order' | 'too_many' };

/** Bindings that still hold at `now` (monotonic milliseconds). */
export const alive = <Route>(bindings: readonly Binding<Route>[], now: number): readonly Binding<Route>[] =>
  bindings.filter((binding) => binding.expiresAt > now);

/**
 * Applies a REGISTER to an account's bindings, whole or not at all (RFC 3261 10.3 steps 6 and 7). A request with an
 * older CSeq of the same Call-ID is out of order and changes nothing.
 */
export function register<Route>(
  before: readonly Binding<Route>[],
  request: Registration<Route>,
  now: number,
): Registered<Route> {
  const current = alive(before, now);
  const stale = (binding: Binding<Route>) => binding.callId === request.callId && binding.cseq >= request.cseq;
  if (request.changes === 'remove all') {
    return current.some(stale) ? { ok: false, why: 'out_of_order' } : { ok: true, bindings: [] };
  }
  const next = new Map(current.map((binding) => [binding.key, binding]));
  for (const change of request.changes) {
    const known = next.get(change.key);
    if (known && stale(known)) return { ok: false, why: 'out_of_order' };
    next.delete(change.key);
    if (change.expiresInS > 0) {
      next.set(change.key, {
        key: change.key,
        contact: change.contact,
        callId: request.callId,
        cseq: request.cseq,
        expiresAt: now + change.expiresInS * 1000,
        route: change.route,
      });
    }
  }
  if (next.size > MAX_CONTACTS_PER_ACCOUNT) return { ok: false, why: 'too_many' };
  return { ok: true, bindings: [...next.values()] };
}
