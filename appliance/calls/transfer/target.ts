/** Where the target of a transfer comes from: it is rung, or lent by another call of the transferor's. */
import type { Purpose } from '@belkluis/shared/policy/purpose';
import type { Sentence } from '@belkluis/shared/policy/sentences';
import { calledLeg, type Leg } from '../leg.ts';
import { told } from '../reoffer.ts';
import type { Ringing, RingingParts } from '../ringing.ts';
import type { Destination } from '../route.ts';
import type { Origin } from './origin.ts';
import type { Target } from './transferring.ts';

/** Whoever talks in another call, lent to the one that may take it. */
export interface Handover {
  readonly leg: Leg;
  /** The call that it is lent by. */
  readonly origin: Origin;
  /** By which that one's legs were told. */
  readonly ladder: string;
  /** It has hung up. */
  onGone: () => void;
  /** Whoever lends it hears something; what it was lent for came to nothing. */
  tellLender(sentence: Sentence, purpose: Purpose): void;
  /** It talks elsewhere now: the call that lent it ends without it. */
  take(): void;
  /** It goes on where it was. */
  giveBack(): void;
}

export type Rings = (
  parts: Pick<RingingParts, 'stages' | 'caller' | 'callerFor' | 'onProgress' | 'onAnswered' | 'onFailed'>,
) => Ringing;

/** Rings `route` for the remaining party. */
export function rungTarget(route: Destination, remaining: Leg, ring: Rings): Target {
  let ringing: Ringing | null = null;
  let leg: Leg | null = null;
  return {
    comes: 'ringing',
    start(on) {
      ringing = ring({
        stages: route.stages,
        caller: remaining.party,
        callerFor: () => remaining,
        onProgress: (status) => on({ on: 'progress', status }),
        onAnswered(answered) {
          leg = calledLeg(answered, route);
          leg.session.onEnded = () => on({ on: 'target gone' });
          on({ on: 'answered' });
          return true;
        },
        onFailed: (status) => on({ on: 'failed', status }),
      });
    },
    get leg() {
      return leg;
    },
    // It was offered what the remaining party can do, and took some of it.
    agree: async () => null,
    taken() {},
    letGo() {
      if (!leg) return ringing?.stop();
      leg.session.bye();
      return leg.party.media.close();
    },
  };
}

/** Takes a leg out of another call: it gets a media leg in this one, for legs are joined only within one call. */
export function lentTarget(handover: Handover): Target {
  const { leg } = handover;
  let goBack = () => {};
  let at: 'there' | 'asked' | 'here' = 'there';
  let wanted = true;

  /** It stays in its old call, which told it something else in the meantime. */
  const undo = async (agreed: boolean) => {
    goBack();
    if (agreed && !leg.session.ended) {
      const result = await leg.session.reinvite(leg.party.offerAgain());
      if (!result.ok || result.sdp === null || !leg.party.takeAnswer(result.sdp)) leg.session.bye();
    }
    handover.giveBack();
  };
  return {
    comes: 'joining',
    leg,
    start(on) {
      handover.onGone = () => on({ on: 'target gone' });
    },
    async agree(remaining, media) {
      const here = await media.openLeg(leg.party.address);
      const back = leg.party.move(here);
      goBack = () => {
        back();
        here.close();
      };
      at = 'asked';
      const offer = leg.party.offerFrom(remaining);
      const result = offer && (await leg.session.reinvite(offer));
      const agreed = result?.ok && result.sdp !== null && leg.party.takeAnswer(result.sdp);
      at = agreed ? 'here' : 'there';
      if (agreed && wanted) return null;
      if (wanted) goBack();
      else await undo(agreed === true);
      return !result || result.ok ? 488 : told(result.status);
    },
    taken: () => handover.take(),
    letGo() {
      wanted = false;
      // What is being asked is undone when it has been answered.
      if (at === 'here') void undo(true);
      else if (at === 'there') handover.giveBack();
    },
  };
}
