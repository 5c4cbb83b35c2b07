/** A new offer in the middle of a call: hold, resume, a phone that moved. What concerns the other side is passed on to it. */
import type { ReinviteResult } from '../sip/dialog/our-offer.ts';
import type { Session } from '../sip/dialog/session.ts';
import type { Reoffer } from '../sip/dialog/their-offers.ts';
import type { Party } from './party.ts';
import { refuseOffer } from './refuse.ts';

/** One side of a call: its signalling and its media. */
export interface End {
  readonly session: Session;
  readonly party: Party;
}

/**
 * What one side is told when another one does not agree: its challenge, silence or end is not the offerer's business, whose dialog a 408
 * or 481 would end (RFC 3261 12.2.1.2).
 */
export const told = (status: number): number => (status < 400 || [401, 407, 408, 481].includes(status) ? 488 : status);

/** Offers `end` what `other` has agreed to. Null: agreed; else why not, as a status. */
export async function agreeWith(end: End, other: Party): Promise<number | null> {
  const offer = end.party.offerAgreedWith(other);
  if (offer === null) return null;
  const result = await end.session.reinvite(offer);
  if (!result.ok) return told(result.status);
  return result.sdp !== null && end.party.takeAnswer(result.sdp) ? null : 488;
}

/** Answers offers that come from `from`, asking `to` where it is concerned. */
export function connectOffers(from: End, to: End): void {
  from.session.onReinvite = (reoffer) => void answer(from, to, reoffer);
  from.session.onAck = (sdp) => {
    if (sdp) from.party.takeAnswer(sdp);
  };
  from.session.onAnswer = (sdp) => void from.party.takeAnswer(sdp);
}

/** While nobody is there to be asked, new offers change nothing for others. */
export function answerWithoutOther({ session, party }: End): void {
  session.onReinvite = (reoffer) => {
    if (!reoffer.sdp) return reoffer.accept(party.offerAgain());
    const refusal = party.takeOffer(reoffer.sdp);
    if (refusal) return refuseOffer(reoffer, refusal);
    const answer = party.answerAgain();
    if (answer) return reoffer.accept(answer);
    party.dropOffer();
    return reoffer.reject(488);
  };
}

/** Whoever asked by UPDATE waits for no person, so the other side is asked likewise where it takes that (RFC 3311 5.1). */
async function ask(session: Session, method: string, offer: Buffer): Promise<ReinviteResult> {
  const updated = method === 'UPDATE' ? await session.update(offer) : null;
  return updated && (updated.ok || updated.status !== 405) ? updated : session.reinvite(offer);
}

async function answer(from: End, to: End, reoffer: Reoffer): Promise<void> {
  const { party } = from;
  // It wants our offer: what stands now; its answer comes in the ACK.
  if (!reoffer.sdp) return reoffer.accept(party.offerAgain());
  const refusal = party.takeOffer(reoffer.sdp);
  if (refusal) return refuseOffer(reoffer, refusal);
  if (!party.changesTerms) {
    const same = party.answerAgain();
    if (same) return reoffer.accept(same);
  }
  const offer = to.party.offerFrom(party);
  if (!offer) {
    party.dropOffer();
    return reoffer.reject(488);
  }
  const result = await ask(to.session, reoffer.request.method, offer);
  const agreed = result.ok && result.sdp !== null && to.party.takeAnswer(result.sdp);
  const described = agreed ? party.answerFor(to.party) : null;
  if (described) return reoffer.accept(described);
  party.dropOffer();
  return reoffer.reject(result.ok ? 488 : told(result.status));
}
