/**
 * Where a leg's packets come from, learned from the packets themselves (symmetric RTP, RFC 4961), because a phone behind NAT
 * signals an address that nobody can reach. One latch for RTP, one for RTCP, new with each SDP generation.
 */
import { LATCH_WINDOW_MS } from './relay/limits.ts';

/** An IP address in its canonical text, and a port. */
export interface Source {
  readonly address: string;
  readonly port: number;
}

export interface Latch {
  /** Where the peer's SDP says its media is; null: nowhere. */
  readonly signalled: Source | null;
  /** Where it was heard from in this generation; null: not yet. */
  readonly source: Source | null;
  /** Where it was heard from before, while its SDP says the same as then: a session refresh must not send audio astray. */
  readonly before: Source | null;
  /** Where it was heard from when its SDP said another place: what is still on its way from there holds nobody off. */
  readonly left: Source | null;
  /** Monotonic milliseconds until which a packet may still move the latch: one from `signalled`, or from anywhere while it stands at `left`. */
  readonly openUntil: number;
}

export const sameSource = (a: Source | null, b: Source | null): boolean =>
  a !== null && b !== null && a.port === b.port && a.address === b.address;

/** A latch for a new generation, after `previous` if there was one. Nothing has been heard yet. */
export function openLatch(signalled: Source | null, previous?: Latch): Latch {
  const heard = previous?.source ?? previous?.before ?? null;
  const unchanged = previous !== undefined && sameSource(signalled, previous.signalled);
  const [before, left] = unchanged ? [heard, previous.left] : [null, heard];
  return { signalled, source: null, before, left, openUntil: 0 };
}

/** Whether a packet from `from` is worth looking at. Ask before spending a signature check on it. */
export function admits(latch: Latch, from: Source, nowMs: number): boolean {
  if (latch.source === null || sameSource(latch.source, from)) return true;
  return nowMs < latch.openUntil && (sameSource(latch.signalled, from) || sameSource(latch.source, latch.left));
}

/**
 * After a packet that was admitted proved genuine: authenticated under SRTP, or valid RTP of an expected payload type. The
 * same object when nothing changed. Heard from the signalled address, the latch closes at once; from elsewhere it stays open
 * to the signalled address for LATCH_WINDOW_MS.
 */
export function latchTo(latch: Latch, from: Source, nowMs: number): Latch {
  if (sameSource(latch.source, from)) return latch;
  const source = { address: from.address, port: from.port };
  const expected = sameSource(latch.signalled, from);
  return { ...latch, source, before: null, openUntil: expected ? 0 : nowMs + LATCH_WINDOW_MS };
}

/** Where to send: back to where the peer was heard from, before that to where it says it is, else nowhere. */
export const destination = (latch: Latch): Source | null => latch.source ?? latch.before ?? latch.signalled;
