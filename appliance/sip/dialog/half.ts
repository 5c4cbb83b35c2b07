/** Our half of one dialog from its first response to its end: its way to the peer, and what both have offered and answered. */
import type { Context } from './context.ts';
import type { Dialog } from './dialog.ts';
import { type Line, type LineOptions, line as openLine } from './line.ts';
import { type OurOffer, ourOffer, type ReinviteResult, refusedBy } from './our-offer.ts';
import { type Glare, talk as newTalk, type Talk } from './talk.ts';
import { type TheirOffers, theirOffers } from './their-offers.ts';

export interface Half {
  readonly line: Line;
  readonly talk: Talk;
  readonly theirs: TheirOffers;
  /** We sent the INVITE that made the dialog, so the Call-ID is ours. */
  readonly caller: boolean;
  /** What an offer of either side would clash with now. */
  glare(): Glare | null;
  /** Offers by UPDATE or re-INVITE (there null asks for the peer's offer); 491 when it would clash. Never rejects. */
  offer(method: 'INVITE' | 'UPDATE', sdp: Buffer | null): Promise<ReinviteResult>;
  /** The INVITE that made the dialog still has to bring an offer, or the answer to one. */
  inviteOpen: () => Glare | null;
  /** Offers that are open come to nothing. */
  end(): void;
}

export function half(context: Context, caller: boolean, options: LineOptions & { readonly dialog: Dialog }): Half {
  const { clock, chance, supported } = context;
  const line = openLine(context, options);
  const talk = newTalk();
  const theirs = theirOffers(line, talk, chance, supported);
  let ours: OurOffer | null = null;
  let over = false;

  const own: Half = {
    line,
    talk,
    theirs,
    caller,
    glare() {
      if (ours?.pending) return 'ours';
      if (theirs.pending) return 'theirs';
      const { open } = talk;
      return own.inviteOpen() ?? (open && (open.by === 'us' ? 'ours' : 'theirs'));
    },
    offer(method, sdp) {
      if (over) return Promise.resolve(refusedBy(481, 'The call has ended'));
      if (own.glare() !== null) return Promise.resolve(refusedBy(491, 'Request Pending'));
      const offer = ourOffer({
        method,
        line,
        talk,
        caller,
        clock,
        chance,
        supported,
        sdp,
        busy: () => own.glare() !== null,
      });
      ours = offer;
      return offer.result;
    },
    inviteOpen: () => null,
    end() {
      over = true;
      ours?.sessionEnded();
      theirs.sessionEnded();
    },
  };
  theirs.glare = own.glare;
  return own;
}
