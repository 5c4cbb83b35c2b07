/**
 * Who comes in the place of one of two that talk, and who goes: by a REFER, by an INVITE with Replaces, or lent to another call. One change
 * at a time, and none to where nobody may talk: then the call goes on as it was, and whoever is in it hears why.
 */
import type { Counters } from '@belkluis/shared/base/counters';
import type { MediaCall, Prompt } from '../../media/door.ts';
import type { Refer } from '../../sip/dialog/referrals.ts';
import type { Replaces } from '../../sip/dialog/replaces.ts';
import type { Session } from '../../sip/dialog/session.ts';
import type { ResponseDraft } from '../../sip/message/write.ts';
import type { Manners } from '../box-voice.ts';
import { other, type Side } from '../conversation.ts';
import type { CallDecision } from '../decided.ts';
import type { Leg } from '../leg.ts';
import type { CallFacts } from '../recorder.ts';
import type { Principal } from '../route.ts';
import type { Talking } from '../talking.ts';
import { letGoWhy, refuseUnrecordable, UNRECORDABLE, type Unrecordable } from '../unrecordable.ts';
import type { Origin, Transfer } from './origin.ts';
import { type Replacement, replaceLeg } from './replacing.ts';
import { type Handover, lentTarget, type Rings, rungTarget } from './target.ts';
import { type Target, type Transferring, transfer } from './transferring.ts';
import { type Wish, wishOf } from './wish.ts';

export type Legs = Readonly<Record<Side, Leg>>;
type Who = Pick<Leg, 'name' | 'outside' | 'way'>;
type Refused = Pick<ResponseDraft, 'status' | 'reason'>;

/** Whom a REFER means, and what else is said of that. */
interface Meant extends Pick<Transfer, 'to' | 'other'> {
  readonly target: Target;
  /** Beside the call in which it was sent. */
  readonly origins: readonly Origin[];
}

export interface ComingParts {
  /** The id that the call's legs were told under from its beginning. */
  readonly ladder: string;
  readonly media: MediaCall;
  readonly manners: Pick<Manners, 'sentence'>;
  /** Null: silence. */
  readonly ringBack: Prompt | null;
  readonly counters: Counters;
  readonly dialogOf: (replaces: Replaces, by: string) => Handover | 'given up' | number;
  readonly ring: Rings;
  readonly decide: (facts: CallFacts) => CallDecision | Unrecordable;
  readonly factsOf: (caller: Who, callee: Who) => CallFacts;
  /** Who talks now; asked once somebody does. */
  readonly talking: () => Talking;
  readonly finished: () => boolean;
  readonly finish: () => void;
  /** Others talk from now on. Returns the id of their call; null: they may not. */
  readonly goOn: (legs: Legs, origins: readonly Origin[]) => string | null;
  readonly told: (wish: Wish, became: Partial<Transfer> & Pick<Transfer, 'status'>) => void;
}

export interface Coming {
  /** The party of `side` asks for a transfer. */
  referred(side: Side, refer: Refer): Promise<void>;
  /** A leg has ended. True: all that follows from that is seen to. */
  gone(leg: Leg): boolean;
  /** Whoever lent its peer has left with it. */
  lentGone(): void;
  /** Lends whoever talks to the leg of `session` to another call of `by`'s. A status: it cannot. */
  lend(session: Session, by: string): Handover | number;
  /** Does something that nobody may come or go during. False: somebody does already, and nothing was done. */
  alone(change: () => Promise<void>): Promise<boolean>;
  /** `by` takes the place of the leg of `session`. Answers the INVITE. */
  replace(session: Session, by: Replacement): Promise<void>;
}

/** RFC 3326: no error, and no missed call. */
const TAKEN_OVER = 'SIP;cause=200;text="Call completed elsewhere"';

export function comingAndGoing(parts: ComingParts): Coming {
  const { media, manners, counters, talking, finished, finish, told } = parts;
  let transferring: Transferring | null = null;
  let lent: Handover | null = null;
  /** Somebody is coming or going: until that is done, nobody else can. */
  let changing = false;

  /** Null: the two may talk. Else the refusal, which is told already. */
  const against = (caller: Who, callee: Who): Unrecordable | null => {
    const decision = parts.decide(parts.factsOf(caller, callee));
    return 'record' in decision ? null : decision;
  };
  const refusalOf = ({ status }: Unrecordable): Refused => ({ status, reason: UNRECORDABLE });

  const referred = async (side: Side, refer: Refer) => {
    const before = talking();
    const { legs } = before;
    const [transferor, remaining] = [legs[side], legs[other(side)]];
    const { principal } = transferor;
    const wish = wishOf(refer, before.facts.id, side);
    const refuse = ({ status, reason }: Refused) => {
      refer.reject(status, reason);
      told(wish, { status, ...(reason && { reason }) });
    };
    if (!principal) return refuse({ status: 403 });
    if (changing) return refuse({ status: 491 });
    changing = true;
    const meant = await targetOf(refer, principal, remaining).catch((): Refused => ({ status: 500 }));
    if (!('target' in meant)) {
      changing = false;
      return refuse(meant);
    }
    const { target } = meant;
    if (finished()) {
      target.letGo();
      return refuse({ status: 481 });
    }
    counters.add(`calls.transfers.${target.comes === 'ringing' ? 'blind' : 'attended'}`);
    refer.accept();
    const origin: Origin = { call: wish.call, how: wish.how, by: side };
    let last = 480;
    let next: string | null = null;
    let ended: string | null = null;
    let refusal: Unrecordable | null = null;
    transferring = transfer({
      remaining,
      transferor,
      target,
      media,
      ringBack: parts.ringBack,
      may(leg) {
        refusal = against(remaining, leg);
        return refusal ? refusal.status : null;
      },
      sayWhy: () => refusal && before.tell('not transferred', refusal.purpose),
      letRemainingGo: () => refusal && void letGoWhy(refusal, [remaining], manners).then(finish),
      tell(status) {
        last = status;
        refer.notify(status);
      },
      part() {
        ended = before.recording;
        void before.end();
      },
      talk(leg) {
        next = parts.goOn({ caller: remaining, callee: leg }, [origin, ...meant.origins]);
        transferor.party.media.close();
      },
      over(left) {
        transferring = null;
        changing = false;
        const named = { to: meant.to, recording: ended, other: meant.other };
        if (left !== 'talking') told(wish, { ...named, status: last });
        else told(wish, next === null ? { ...named, status: 503 } : { ...named, status: 200, next });
        if (left === 'nobody') finish();
      },
    });
  };

  /** What the REFER asks for, as far as its sender may have it. */
  const targetOf = async (refer: Refer, principal: Principal, remaining: Leg): Promise<Meant | Refused> => {
    const dialog = refer.replaces && parts.dialogOf(refer.replaces, principal.name);
    if (typeof dialog === 'number') return { status: dialog };
    // Asked before anybody is troubled, and again when they talk: by then the policy may be another.
    if (dialog !== null && dialog !== 'given up') {
      const target = lentTarget(dialog);
      const { leg, origin, ladder } = dialog;
      const refusal = against(remaining, leg);
      if (!refusal) return { target, to: leg.name, origins: [origin], other: { call: ladder, by: origin.by } };
      target.letGo();
      talking().tell('not transferred', refusal.purpose);
      // Whoever transfers talks there now, and holds this call.
      dialog.tellLender('not transferred', refusal.purpose);
      return refusalOf(refusal);
    }
    const history = { diverted: [], before: [] };
    const routed = await principal.onward({ target: refer.target, why: 'transferred', party: remaining, history });
    if (!routed.ok) return routed.refusal;
    const { route: onward } = routed;
    if (onward.stages.every(({ branches }) => branches.length === 0)) return { status: 480 };
    const [first] = onward.stages.flatMap(({ branches }) => branches);
    const way = first?.way;
    const refusal = against(remaining, {
      name: onward.to,
      outside: onward.direction === 'outbound',
      ...(way && { way }),
    });
    if (refusal) {
      talking().tell('not transferred', refusal.purpose);
      return refusalOf(refusal);
    }
    return { target: rungTarget(onward, remaining, parts.ring), to: onward.to, origins: [], other: null };
  };

  return {
    referred,
    gone(leg) {
      if (transferring) {
        transferring.gone(leg);
        return true;
      }
      // Who lent its peer may leave; the peer may not be hung up while another call is taking it.
      if (!lent || leg === lent.leg) return false;
      void talking().end();
      return true;
    },
    lentGone: () => lent?.onGone(),
    lend(session, by) {
      const { facts, legs, tell } = talking();
      const side = legs.caller.session === session ? 'caller' : 'callee';
      const [lender, leg] = [legs[side], legs[other(side)]];
      if (lender.principal?.name !== by) return 403;
      if (changing || finished()) return 491;
      changing = true;
      lent = {
        leg,
        origin: { call: facts.id, how: 'attended', by: side },
        ladder: parts.ladder,
        onGone: () => {},
        tellLender: (sentence, purpose) => tell(sentence, purpose, [side]),
        take() {
          finish();
          lender.session.bye();
        },
        giveBack() {
          lent = null;
          changing = false;
          if (lender.session.ended) leg.session.bye();
        },
      };
      return lent;
    },
    async alone(change) {
      if (changing) return false;
      changing = true;
      try {
        await change();
      } finally {
        changing = false;
      }
      return true;
    },
    async replace(session, by) {
      const before = talking();
      const side = before.legs.caller.session === session ? 'caller' : 'callee';
      const [leg, peer] = [before.legs[side], before.legs[other(side)]];
      const wish = { call: before.facts.id, how: 'replaced', by: side, to: leg.name } as const;
      const named: Who = { name: leg.name, outside: leg.outside };
      const refusal = side === 'caller' ? against(named, peer) : against(peer, named);
      if (refusal) {
        before.tell('not transferred', refusal.purpose);
        told(wish, { ...refusalOf(refusal), recording: null });
        const { incoming, party } = by;
        if (incoming.sdp) party.takeOffer(incoming.sdp);
        const sentence = manners.sentence(refusal.says, refusal.purpose);
        await refuseUnrecordable(refusal, { incoming, caller: party, sentence });
        return party.media.close();
      }
      const replacement = await replaceLeg(leg, peer, by);
      if (!replacement) return undefined;
      if (finished()) return replacement.session.bye();
      const { recording } = before;
      void before.end();
      const others = side === 'caller' ? { caller: replacement, callee: peer } : { caller: peer, callee: replacement };
      const next = parts.goOn(others, [{ call: wish.call, how: wish.how, by: side }]);
      told(wish, next === null ? { status: 503, recording } : { status: 200, next, recording });
      leg.session.bye(TAKEN_OVER);
      return leg.party.media.close();
    },
  };
}
