/** A new offer in the middle of a call: hold, resume, a phone that moved. What concerns the other side is passed on to it. */
import type { ReinviteResult } from '../sip/dialog/our-offer.ts';
import type { Session } from '../sip/dialog/session.ts';
import type { Reoffer } from '../sip/dialog/their-offers.ts';
import type { Party } from './party.ts';

/** One side of a call: its signalling and its media. */
export interface End {
  readonly session: Session;
  readonly party: Party;
}

/** What the offering side is told when the other side does not agree: its challenge or silence is not the offerer's business. */
const told = (status: number): number => (status === 401 || status === 407 || status < 400 ? 488 : status);

/** Answers offers that come from `from`, asking `to` where it is concerned. */
export function connectOffers(from: End, to: End): void {
  from.session.onReinvite = (reoffer) => void answer(from, to, reoffer);
  from.session.onAck = (sdp) => {
    if (sdp) from.party.takeAnswer(sdp);
  };
  from.session.onAnswer = (sdp) => void from.party.takeAnswer(sdp);
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
  if (refusal) return reoffer.reject(refusal.status, refusal.reason);
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
