/** What the back-to-back user agent, and one call of another, may ask of a call in progress. */
import type { Replaces } from '../sip/dialog/replaces.ts';
import type { Session } from '../sip/dialog/session.ts';
import type { Replaced } from '../sip/dialog/standing.ts';
import type { CallFacts } from './recorder.ts';
import type { Pause, Steering, SteeringOutcome } from './steering.ts';
import type { Talk } from './talking.ts';
import type { Origin } from './transfer/origin.ts';
import type { Replacement } from './transfer/replacing.ts';
import type { Handover } from './transfer/target.ts';

/** A call in progress, as others may ask about it. `by` is the name of a principal, who may do so with its own legs alone. */
export interface LiveCall {
  /** Of the two who talk now. */
  readonly facts: CallFacts & Partial<Talk>;
  readonly recording: string | null;
  /** Its recording rests for a while; false: it does not. */
  readonly paused: Pause | false;
  /** Somebody outside of the call, by desk or program, asks something of its recording. */
  steer(wish: Steering): Promise<SteeringOutcome>;
  /** Ends it on both sides, for a reason that the phones may show. */
  hangUp(reason: string): void;
  /** The recorder can take no more of it. */
  recorderLost(): void;
  /** Whether this is one of its legs, or a call by which it rings. */
  has(found: Found): boolean;
  /** What a call comes out of that takes the place of the leg `found`, or of the one that talks to it. */
  originOf(found: Found, goes: 'leg' | 'peer'): Origin;
  /** Lends whoever talks to the leg of `session`. A status: it cannot. */
  handOver(session: Session, by: string): Handover | number;
  /** Gives up ringing when `replaces` names the INVITE that began this call, and it is `by`'s. */
  giveUp(replaces: Replaces, by: string): boolean;
  /** Puts somebody else in the place of a leg, or of who rings. Answers the INVITE in any case. */
  replace(found: Found, by: Omit<Replacement, 'party'>): Promise<void>;
}

/** A dialog of the user agent's. */
export type Found = Exclude<Replaced, { at: 'nowhere' }>;
