/** What either side says anew before the call is answered: an UPDATE (RFC 3311), or the answer to an offer of ours in its PRACK (RFC 3262 5). */
import type { EarlyDialog } from '../sip/dialog/early-dialog.ts';
import type { IncomingCall } from '../sip/dialog/incoming-call.ts';
import type { Reoffer } from '../sip/dialog/their-offers.ts';
import type { OfferRefusal, Party } from './party.ts';
import { refuseOffer } from './refuse.ts';

const NOT_NOW: OfferRefusal = { status: 488, reason: 'Not Acceptable Here' };

export function hearCaller(incoming: IncomingCall, caller: Party): void {
  incoming.onAnswer = (sdp) => void caller.takeAnswer(sdp);
  incoming.onReoffer = (reoffer) => answer(caller, reoffer);
}

export function hearFork(fork: EarlyDialog, party: Party): void {
  fork.onReoffer = (reoffer) => answer(party, reoffer);
}

/** A side may move; what both sides speak is settled with the answer to the call, and may change after it. */
function answer(party: Party, reoffer: Reoffer): void {
  const { sdp } = reoffer;
  const refusal = sdp ? party.takeOffer(sdp) : NOT_NOW;
  const same = refusal || party.changesTerms ? null : party.answerAgain();
  if (same) return void reoffer.accept(same);
  party.dropOffer();
  refuseOffer(reoffer, refusal ?? NOT_NOW);
}
