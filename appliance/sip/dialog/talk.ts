/** What two ends of a dialog have offered and answered so far: offer-answer.ts with a memory. */
import {
  answered,
  type Carrier,
  type OfferAnswer,
  type OpenOffer,
  offered,
  silence,
  withdrawn,
} from './offer-answer.ts';

/** Whose offer is under way. */
export type Glare = 'ours' | 'theirs';

export interface Talk {
  /** What we said last, answered or not; null: nothing. */
  readonly localSdp: Buffer | null;
  readonly remoteSdp: Buffer | null;
  readonly agreed: boolean;
  readonly open: OpenOffer | null;
  /** False, and nothing happens, while another offer waits for its answer. */
  offer(by: OpenOffer['by'], via: Carrier, sdp: Buffer): boolean;
  /** False, and nothing happens, when there is nothing to answer. */
  answer(sdp: Buffer): boolean;
  /** The open offer comes to nothing. */
  withdraw(): void;
  /** Runs `action` as soon as no offer is open: at once when none is. */
  settled(action: () => void): void;
}

export function talk(): Talk {
  let state: OfferAnswer = silence;
  let waiting: (() => void)[] = [];
  const to = (next: OfferAnswer | null): boolean => {
    if (!next) return false;
    state = next;
    const actions = state.open ? [] : waiting;
    if (!state.open) waiting = [];
    for (const action of actions) action();
    return true;
  };
  return {
    get localSdp() {
      return state.open?.by === 'us' && !state.agreed ? state.open.sdp : (state.agreed?.local ?? null);
    },
    get remoteSdp() {
      return state.open?.by === 'them' && !state.agreed ? state.open.sdp : (state.agreed?.remote ?? null);
    },
    get agreed() {
      return state.agreed !== null;
    },
    get open() {
      return state.open;
    },
    offer: (by, via, sdp) => to(offered(state, { by, via, sdp })),
    answer: (sdp) => to(answered(state, sdp)),
    withdraw: () => void to(withdrawn(state)),
    settled(action) {
      if (state.open) waiting.push(action);
      else action();
    },
  };
}
