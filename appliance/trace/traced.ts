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
}
