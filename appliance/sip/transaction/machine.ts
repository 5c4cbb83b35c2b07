/** What the four machines of RFC 3261 17 have in common: the words in which they are told things and ask for things. */
import type { SipResponse } from '../message/message.ts';
import type { TimerName } from './timers.ts';

export type AlarmEffect =
  | { readonly do: 'start'; readonly timer: TimerName; readonly ms: number }
  | { readonly do: 'stop'; readonly timer: TimerName };

/** Why a transaction ended without what it waited for (RFC 3261 8.1.3.1: 408 and 503 in the terms of the user). */
export type Failure = 'timeout' | 'transport';

export type ClientInput =
  | { readonly on: 'response'; readonly response: SipResponse }
  | { readonly on: 'timer'; readonly timer: TimerName }
  /** The flow has gone, or refused the message. */
  | { readonly on: 'unsendable' }
  /** Nobody waits for it any more: it is not sent again, but what comes of it is still heard. */
  | { readonly on: 'given up' };

export type ClientEffect =
  | AlarmEffect
  | { readonly do: 'send request' }
  /** The ACK of 17.1.1.3, for a final response that is not a 2xx. */
  | { readonly do: 'send ack'; readonly response: SipResponse }
  | { readonly do: 'deliver'; readonly response: SipResponse }
  | { readonly do: 'fail'; readonly why: Failure };

export type ServerInput =
  /** The request again, word for word. */
  | { readonly on: 'request' }
  /** Its user needs it no more. */
  | { readonly on: 'settle' }
  | { readonly on: 'ack' }
  | { readonly on: 'respond'; readonly response: SipResponse }
  | { readonly on: 'timer'; readonly timer: TimerName }
  | { readonly on: 'unsendable' };

export type ServerEffect =
  | AlarmEffect
  | SettleEffect
  | { readonly do: 'send'; readonly response: SipResponse }
  /** 100, which the transaction makes by itself (17.2.1). */
  | { readonly do: 'send trying' }
  /** An ACK that belongs to a 2xx: the user's business (RFC 6026 7.1). */
  | { readonly do: 'deliver ack' }
  | { readonly do: 'fail'; readonly why: Failure };

/** A server's end, and what its request is answered with when it comes once more within `ms`; null: nothing. */
export type SettleEffect = { readonly do: 'settle'; readonly response: SipResponse | null; readonly ms: number };

export type Stepped<State, Effect> = readonly [State, ...Effect[]];

export const isProvisional = (response: SipResponse): boolean => response.status < 200;
export const isSuccess = (response: SipResponse): boolean => response.status >= 200 && response.status < 300;
