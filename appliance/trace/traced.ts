/** What the trace remembers of a message. Plain data: it crosses the control socket. */

export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

export interface TracedMessage {
  /** Wall clock, ms. */
  readonly at: number;
  readonly direction: 'received' | 'sent';
  readonly transport: 'UDP' | 'TCP' | 'TLS';
  /** The box's own side. */
  readonly local: Endpoint;
  readonly remote: Endpoint;
  /** The whole message, its secrets removed. */
  readonly text: string;
}

/** How a call goes on as another one. */
export interface TracedOrigin {
  /** The other call, by an id that the trace may be asked for; it may have left. */
  readonly call: string;
  readonly how: 'transferred' | 'attended' | 'replaced' | 'forwarded' | 'returned';
  /** Who of the earlier call brought it about. */
  readonly by: 'caller' | 'callee';
}

/** What became of a transfer that somebody in a call asked for. */
export interface TracedTurn extends Omit<TracedOrigin, 'call'> {
  /** Wall clock, ms. */
  readonly at: number;
  /** Whom it was to lead to, as far as somebody was named. */
  readonly to: string | null;
  /** 200: it came about. */
  readonly status: number;
  readonly reason: string;
  /** The other call that it led to, or took part in it; null: it goes on in this one, or nowhere. */
  readonly call: string | null;
}

export type CallState = 'ringing' | 'answered' | 'ended' | 'failed';

/** A call in one line. */
export interface TracedCall {
  /** Of the call where there was one; else of the trace alone. */
  readonly id: string;
  /** User parts of the first INVITE's From and To. */
  readonly from: string | null;
  readonly to: string | null;
  readonly state: CallState;
  /** Of the last final response to the caller; null: none yet. */
  readonly status: number | null;
  readonly reason: string | null;
  /** Wall clock, ms. */
  readonly startedAt: number;
  readonly answeredAt: number | null;
  readonly endedAt: number | null;
  readonly transport: TracedMessage['transport'];
  /** Messages kept, and those that were too many. */
  readonly messages: number;
  readonly dropped: number;
  /** Calls that it came out of. */
  readonly origins: readonly TracedOrigin[];
  /** Transfers that were asked for in it, the latest of them. */
  readonly turns: readonly TracedTurn[];
}
