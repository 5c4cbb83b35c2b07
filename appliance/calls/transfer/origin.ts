/** How one call comes out of another, and what is told of it. Ids and sides alone: who they were is in the records of the two calls. */
import type { Side } from '../conversation.ts';

/**
 * `transferred`: blind, by a REFER (RFC 3515). `attended`: by a REFER with Replaces, out of two calls. `replaced`: somebody took the place
 * of one of the two (RFC 3891). `forwarded`: a phone answered with a 3xx. `returned`: the same words, come in again from a PBX.
 */
export type How = 'transferred' | 'attended' | 'replaced' | 'forwarded' | 'returned';

/** A call that another one came out of. */
export interface Origin {
  /** Its id, which its record has. */
  readonly call: string;
  readonly how: How;
  /** Which of its two brought that about. */
  readonly by: Side;
}

/** What became of a wish that a call goes on between others. Told once for each. */
export interface Transfer {
  /** The call in which it was wished. */
  readonly call: string;
  readonly how: How;
  readonly by: Side;
  /** Wall clock, ms. */
  readonly at: number;
  /** Whom it was to lead to, as far as somebody was named. */
  readonly to: string | null;
  /** 200: it came about; else why it did not, as SIP says it. */
  readonly status: number;
  readonly reason: string;
  /** The call that came of it, where the box made it. */
  readonly next: string | null;
  /** The recording that ended with it. */
  readonly recording: string | null;
  /** The second call of an attended transfer, by the id that its legs were told under, and who of it transferred. */
  readonly other: { readonly call: string; readonly by: Side } | null;
}
