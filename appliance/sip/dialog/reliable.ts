/** Reliable provisional responses (RFC 3262): one at a time, repeated until its PRACK comes, the others in order behind it. Pure. */
import { PATIENCE_MS, T1_MS } from '../transaction/timers.ts';

/** A provisional response that is to be sent. */
export interface Provisional {
  readonly status: number;
  readonly sdp: Buffer | null;
}

export interface ReliableState {
  /** The number that the next response gets. */
  readonly next: number;
  /** Sent, and not acknowledged. */
  readonly unacknowledged: (Provisional & { readonly rseq: number; readonly intervalMs: number }) | null;
  readonly queue: readonly Provisional[];
}

export type ReliableInput =
  | ({ readonly on: 'send' } & Provisional)
  | { readonly on: 'prack'; readonly rseq: number }
  | { readonly on: 'repeat' }
  | { readonly on: 'patience' }
  /** The call is being answered: what waits in the queue is out of date. */
  | { readonly on: 'answering' }
  /** A final response has gone out. */
  | { readonly on: 'over' };

export type ReliableEffect =
  | ({ readonly do: 'send'; readonly rseq: number } & Provisional)
  | { readonly do: 'repeat' }
  | { readonly do: 'start'; readonly alarm: 'repeat' | 'patience'; readonly ms: number }
  | { readonly do: 'stop' }
  | { readonly do: 'acknowledged' }
  /** 3: no PRACK in 64*T1, so the INVITE is refused with a 5xx. */
  | { readonly do: 'give up' };

/** `first`: RSeq of the first response, 1 to 2^31 - 1 (3). */
export const beginReliable = (first: number): ReliableState => ({ next: first, unacknowledged: null, queue: [] });

export function step(state: ReliableState, input: ReliableInput): readonly [ReliableState, ...ReliableEffect[]] {
  const { unacknowledged, queue } = state;
  switch (input.on) {
    case 'send': {
      const { status, sdp } = input;
      if (!unacknowledged) return send(state, { status, sdp });
      // What says nothing but that it rings is out of date when the next one does.
      return [{ ...state, queue: [...queue.filter((waiting) => waiting.sdp), { status, sdp }] }];
    }
    case 'prack': {
      if (unacknowledged?.rseq !== input.rseq) return [state];
      const [first, ...rest] = queue;
      const next = { ...state, unacknowledged: null, queue: rest };
      if (!first) return [next, { do: 'stop' }, { do: 'acknowledged' }];
      const [sent, ...effects] = send(next, first);
      return [sent, { do: 'stop' }, { do: 'acknowledged' }, ...effects];
    }
    case 'repeat': {
      if (!unacknowledged) return [state];
      const intervalMs = unacknowledged.intervalMs * 2;
      const again = { ...unacknowledged, intervalMs };
      return [{ ...state, unacknowledged: again }, { do: 'repeat' }, { do: 'start', alarm: 'repeat', ms: intervalMs }];
    }
    case 'patience':
      return unacknowledged ? [{ ...state, queue: [] }, { do: 'stop' }, { do: 'give up' }] : [state];
    case 'answering':
      return [{ ...state, queue: [] }];
    // A PRACK that is still on its way is answered all the same.
    case 'over':
      return [{ ...state, queue: [] }, { do: 'stop' }];
  }
}

function send(state: ReliableState, provisional: Provisional): readonly [ReliableState, ...ReliableEffect[]] {
  const rseq = state.next;
  return [
    { ...state, next: rseq + 1, unacknowledged: { ...provisional, rseq, intervalMs: T1_MS } },
    { do: 'send', rseq, ...provisional },
    { do: 'start', alarm: 'repeat', ms: T1_MS },
    { do: 'start', alarm: 'patience', ms: PATIENCE_MS },
  ];
}

/** RAck (7.2): the response and the INVITE that a PRACK is for. Null when malformed. */
export function parseRAck(text: string | undefined): { readonly rseq: number; readonly cseq: number } | null {
  const [, rseq, cseq] = /^(\d{1,10})\s+(\d{1,10})\s+INVITE$/.exec(text?.trim() ?? '') ?? [];
  return rseq === undefined || cseq === undefined ? null : { rseq: Number(rseq), cseq: Number(cseq) };
}

/** RSeq (7.1), or null. */
export function parseRSeq(text: string | undefined): number | null {
  const rseq = /^\d{1,10}$/.test(text?.trim() ?? '') ? Number(text) : 0;
  return rseq >= 1 && rseq < 2 ** 32 ? rseq : null;
}

/** 4: what a caller does with a reliable response after the one numbered `last`: only the very next one counts. */
export const isNext = (last: number | null, rseq: number): boolean => last === null || rseq === last + 1;
