/** What a box's report says of a policy that was sent to it. Pure. */
import type { Reported } from '@belkluis/shared/contract/reported';
import type { SignedState, Standing } from './tables.ts';

export type SaidOfPolicy = Reported['policy'];

interface Sent {
  readonly version: number;
  readonly hash: string;
  readonly state: SignedState;
  readonly why: string | null;
}

export interface Answer {
  readonly state: SignedState;
  readonly why: string | null;
}

/** States of a policy that a box may still say something about. The highest version of these is what counts for a box. */
export const live = [
  'held',
  'due',
  'sending',
  'sent',
  'applied',
  'pending',
  'rejected',
  'failed',
  'withdraw',
] as const satisfies readonly SignedState[];

/** Not in force: another policy that is signed takes their place. What was refused too, or it would be tried again over the newer one. */
export const unfinished = [
  'held',
  'due',
  'sending',
  'sent',
  'pending',
  'rejected',
  'failed',
] as const satisfies readonly SignedState[];

/** Those that the broker holds for a box, and hands over whenever it comes. */
export const wanted = ['sent', 'applied', 'pending', 'rejected', 'failed'] as const satisfies readonly SignedState[];

/** How far a policy is by what its box says now. */
export function answerOf(sent: Sent, said: SaidOfPolicy): Answer {
  const { state, why, hash, version } = sent;
  // Nobody has sent it yet.
  if (state === 'held') return { state, why };
  if (said.applied?.hash === hash) return { state: 'applied', why: null };
  if (said.pending?.hash === hash) return { state: 'pending', why: null };
  // By its version where somebody changed the bytes on their way: what the box names then is what it got.
  if (said.rejected?.hash === hash || (said.rejected?.version === version && state !== 'applied'))
    return { state: 'rejected', why: said.rejected.why };
  // It waited there, and does so no more, and the box does not say why: it was restored, or a person put another one in force.
  return state === 'pending' ? { state: 'failed', why: 'gone' } : { state, why };
}

/**
 * How a box stands. `newest`: the policy of the highest version that is `live`; null: nothing is wanted. `altered`: what it refused was not signed here.
 */
export function standingOf(
  newest: (Answer & { readonly hash: string }) | null,
  said: SaidOfPolicy | null,
  altered: boolean,
): Standing {
  if (altered) return 'altered';
  if (!newest) return 'none';
  switch (newest.state) {
    case 'applied':
      return said && said.applied?.hash !== newest.hash ? 'drift' : 'applied';
    case 'pending':
    case 'rejected':
    case 'failed':
      return newest.state;
    default:
      return 'waiting';
  }
}
