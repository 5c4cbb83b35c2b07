/** An INVITE with Replaces (RFC 3891): somebody calls to take the place of a leg, while it talks or while it still rings. */
import type { IncomingCall } from '../../sip/dialog/incoming-call.ts';
import type { Leg } from '../leg.ts';
import type { OfferRefusal, Party } from '../party.ts';
import { refuseOffer } from '../refuse.ts';
import { agreeWith, type End, told } from '../reoffer.ts';
import type { Route } from '../route.ts';

/** Who calls, with a media leg in the call that it goes into. */
export interface Replacement {
  readonly incoming: IncomingCall;
  /** As its own call would have been routed: it says who this is. */
  readonly route: Route;
  readonly party: Party;
}

/** What stays of the leg that goes: the two are one name to the box. */
const inPlaceOf = (leg: Leg, end: End, { principal }: Route): Leg => ({
  ...end,
  name: leg.name,
  shown: leg.shown,
  outside: leg.outside,
  principal: principal ?? null,
  heard: new Map(),
  // Who agreed was another person; what was refused stays refused.
  answers: new Map([...leg.answers].filter(([, { act }]) => act === 'refused')),
});

const refuse = ({ incoming, party }: Replacement, status: number): null => {
  incoming.reject(status);
  party.media.close();
  return null;
};

const refused = ({ incoming, party }: Replacement, refusal: OfferRefusal): null => {
  refuseOffer(incoming, refusal);
  party.media.close();
  return null;
};

/** Answers `by`, who takes the place of `leg` towards `peer`, once that one agrees. Null: refused, and nothing has changed. */
export async function replaceLeg(leg: Leg, peer: Leg, by: Replacement): Promise<Leg | null> {
  const { incoming, party, route } = by;
  let cancelled = false;
  incoming.onCancelled = () => {
    cancelled = true;
  };
  if (incoming.sdp) {
    const refusal = party.takeOffer(incoming.sdp);
    if (refusal) return refused(by, refusal);
    const offer = peer.party.offerFrom(party);
    if (!offer) return refuse(by, 488);
    const result = await peer.session.reinvite(offer);
    if (!result.ok) return refuse(by, told(result.status));
    if (result.sdp === null || !peer.party.takeAnswer(result.sdp)) return refuse(by, 488);
  }
  const answer = cancelled || peer.session.ended ? null : party.answerFor(peer.party);
  if (answer) return inPlaceOf(leg, { session: incoming.accept(answer), party }, route);
  if (incoming.sdp && !peer.session.ended && !leg.session.ended) await agreeWith(peer, leg.party);
  return refuse(by, cancelled ? 487 : peer.session.ended ? 481 : 488);
}

/**
 * Answers both the caller, who rings somebody, and `by`, who picks that up. Null: refused, and it rings on. Both must have made an offer:
 * with one who left it to us there is nothing to agree on in time.
 */
export function answerBoth(caller: Party, by: Replacement): { toCaller: Buffer; toReplacement: Buffer } | null {
  const { incoming, party } = by;
  const refusal = incoming.sdp
    ? party.takeOffer(incoming.sdp)
    : ({ status: 488, reason: 'An offer is needed' } as const);
  if (refusal) return refused(by, refusal);
  const toCaller = caller.answerToOfferOf(party);
  const toReplacement = toCaller && party.answerFor(caller);
  return toCaller && toReplacement ? { toCaller, toReplacement } : refuse(by, 488);
}
