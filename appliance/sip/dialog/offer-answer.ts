/** Offers and answers of one dialog, whatever messages carry them (RFC 3264 4; RFC 6337 2 has the ways). Pure. */

/** What carried an offer: it decides where its answer belongs. `response`: a 2xx, or a reliable provisional response. */
export type Carrier = 'INVITE' | 'UPDATE' | 'PRACK' | 'response';

export interface OpenOffer {
  readonly by: 'us' | 'them';
  readonly via: Carrier;
  readonly sdp: Buffer;
}

export interface OfferAnswer {
  /** What both sides have agreed on; null: nothing yet. */
  readonly agreed: { readonly local: Buffer; readonly remote: Buffer } | null;
  /** Not answered yet. At most one at a time. */
  readonly open: OpenOffer | null;
}

export const silence: OfferAnswer = { agreed: null, open: null };

/** Null: another offer waits for its answer. */
export function offered(state: OfferAnswer, open: OpenOffer): OfferAnswer | null {
  return state.open ? null : { ...state, open };
}

/** Null: there is nothing to answer, so the description means nothing (RFC 3261 13.2.1). */
export function answered({ open }: OfferAnswer, sdp: Buffer): OfferAnswer | null {
  if (!open) return null;
  const agreed = open.by === 'us' ? { local: open.sdp, remote: sdp } : { local: sdp, remote: open.sdp };
  return { agreed, open: null };
}

/** The offer was refused, or its carrier failed: what was agreed before goes on. */
export const withdrawn = ({ agreed }: OfferAnswer): OfferAnswer => ({ agreed, open: null });
