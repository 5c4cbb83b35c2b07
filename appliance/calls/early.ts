/**
 * What is said before the call is answered: what the caller hears of who rings, and what either side says anew, by UPDATE (RFC 3311) or, to
 * an offer of ours, in its PRACK (RFC 3262 5). What P-Early-Media forbids is not heard, and the header goes no further (decisions/0092).
 */
import type { MediaCall } from '../media/door.ts';
import type { EarlyDialog } from '../sip/dialog/early-dialog.ts';
import type { IncomingCall } from '../sip/dialog/incoming-call.ts';
import type { ReinviteResult } from '../sip/dialog/our-offer.ts';
import type { Reoffer } from '../sip/dialog/their-offers.ts';
import type { OfferRefusal, Party } from './party.ts';
import { refuseOffer } from './refuse.ts';

const NOT_NOW: OfferRefusal = { status: 488, reason: 'Not Acceptable Here' };

/** Whose media the caller hears before the answer. */
export interface Heard {
  readonly party: Party;
  /** Of the phones behind one branch the one that is heard; null: that one has stopped, and none is. */
  readonly fork: () => EarlyDialog | null;
}

export interface Early {
  /** Tells the caller that somebody rings; `by`: with media. */
  onProgress(status: number, by: Heard | null): void;
  /** Settles with the caller what `fork` offers anew. Our answer to that; null: it may not change now. */
  withCaller(fork: EarlyDialog, party: Party): Promise<Buffer | null>;
}

interface EarlyParts {
  readonly incoming: IncomingCall;
  readonly caller: Party;
  readonly media: MediaCall;
}

export function earlyTalk({ incoming, caller, media }: EarlyParts): Early {
  let heard: Heard | null = null;

  const onProgress = (status: number, by: Heard | null) => {
    heard = by ?? heard;
    const answer = by && caller.answerFor(by.party, 'early');
    if (!by || !answer) return incoming.progress(by ? 180 : status);
    media.join(caller.media, by.party.media);
    return incoming.progress(status, answer);
  };

  const withHeard = async (): Promise<Buffer | null> => {
    const fork = heard?.fork();
    if (!heard || !fork?.mayUpdate) return null;
    const { party } = heard;
    return (await agree(party, caller, fork)) ? caller.answerFor(party) : null;
  };

  incoming.onAnswer = (sdp) => void caller.takeAnswer(sdp);
  incoming.onReoffer = (reoffer) => void hearOffer(caller, reoffer, withHeard);
  return {
    onProgress,
    async withCaller(fork, party) {
      // Whom the caller does not hear has nothing to settle with it yet.
      if (heard?.fork() !== fork) return null;
      if (!incoming.agreed) {
        // What it was told so far was no promise: its own offer says what it can.
        const answer = party.answerToOfferOf(caller);
        if (answer) onProgress(183, heard);
        return answer;
      }
      if (!incoming.mayUpdate || !(await agree(caller, party, incoming))) return null;
      // Its INVITE has been answered; the answer to the call has no more to say.
      caller.dropOffer();
      return party.answerFor(caller);
    },
  };
}

/** Offers `to` what `from` offers. False: nothing has changed. */
async function agree(
  to: Party,
  from: Party,
  dialog: { update(sdp: Buffer): Promise<ReinviteResult> },
): Promise<boolean> {
  const offer = to.offerFrom(from);
  const result = offer && (await dialog.update(offer));
  if (result?.ok && result.sdp && to.takeAnswer(result.sdp)) return true;
  to.withdrawOffer();
  return false;
}

/** A side may move by itself; `settle` asks the other one where it is concerned, and says our answer. */
export async function hearOffer(party: Party, reoffer: Reoffer, settle: () => Promise<Buffer | null>): Promise<void> {
  const { sdp } = reoffer;
  const refusal = sdp ? party.takeOffer(sdp) : NOT_NOW;
  const answer = refusal ? null : party.changesTerms ? await settle() : party.answerAgain();
  if (answer) return reoffer.accept(answer);
  party.dropOffer();
  return refuseOffer(reoffer, refusal ?? NOT_NOW);
}
