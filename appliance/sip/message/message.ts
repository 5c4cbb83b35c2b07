import type { Headers } from './headers.ts';

export interface SipRequest {
  readonly kind: 'request';
  readonly method: string;
  /** Request-URI as received. */
  readonly uri: string;
  readonly headers: Headers;
  readonly body: Buffer;
  /** The whole message as it was received or is sent. */
  readonly bytes: Buffer;
}

export interface SipResponse {
  readonly kind: 'response';
  readonly status: number;
  readonly reason: string;
  readonly headers: Headers;
  readonly body: Buffer;
  readonly bytes: Buffer;
}

export type SipMessage = SipRequest | SipResponse;

export type UnusableCode =
  | 'empty'
  | 'too_large'
  | 'no_start_line'
  | 'bad_start_line'
  | 'bad_header'
  | 'too_many_headers'
  | 'bad_content_length'
  | 'body_too_short'
  | 'bad_version';

/** What cannot be used. `answerable` when enough of a request was understood to say so to its sender. */
export interface Unusable {
  readonly kind: 'unusable';
  readonly code: UnusableCode;
  readonly detail: string;
  readonly answerable: { readonly request: SipRequest; readonly status: number; readonly reason: string } | null;
}
