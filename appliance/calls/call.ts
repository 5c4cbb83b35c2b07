/**
 * One call through the box: a caller, whoever rings, whoever answers, and whoever comes in the place of one of them. This file holds who
 * is in it; ringing.ts rings, talking.ts is what two legs say to each other, transferring.ts and replacing.ts change one of them. Nothing
 * of one leg's signalling is copied to the other: each has its own Call-ID, tags and Via.
 */
import { type Chance, randomHex } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import type { Counters } from '@belkluis/shared/base/counters';
import type { MediaCall, MediaLeg, Prompt } from '../media/door.ts';
import type { IncomingCall } from '../sip/dialog/incoming-call.ts';
import type { CallFailure, OutgoingCall } from '../sip/dialog/outgoing-call.ts';
import type { Refer } from '../sip/dialog/referrals.ts';
import type { Replaces } from '../sip/dialog/replaces.ts';
import type { Ended, Session } from '../sip/dialog/session.ts';
import { tagOf } from '../sip/message/name-addr.ts';
import { reasonOf } from '../sip/message/reasons.ts';
import type { ResponseDraft } from '../sip/message/write.ts';
import type { Manners } from './box-voice.ts';
import { other, type Side, sides } from './conversation.ts';
import { type CallDecision, keptOf } from './decided.ts';
import { type Early, earlyTalk } from './early.ts';
import { calledLeg, callerLeg, directionOf, type Leg } from './leg.ts';
import { MAX_FAILURES_TOLD } from './limits.ts';
import type { LiveCall } from './live-call.ts';
import type { Party } from './party.ts';
import type { CallFacts, Recorder } from './recorder.ts';
import { passedOn } from './refuse.ts';
import { type Answered, type Ringing, ring } from './ringing.ts';
import type { Branch, MediaTerms, Principal, Route } from './route.ts';
import type { Steered } from './steering.ts';
import { type Talking, type TalkingParts, talk } from './talking.ts';
import { beforeRinging, settle } from './told-first.ts';
import type { Origin, Transfer } from './transfer/origin.ts';
import { type PassRefer, paired, passRefer } from './transfer/pass-refer.ts';
import { answerBoth, type Replacement, replaceLeg } from './transfer/replacing.ts';
import { type Handover, lentTarget, rungTarget } from './transfer/target.ts';
import { type Target, type Transferring, transfer } from './transfer/transferring.ts';
import { type Wish, wishOf } from './transfer/wish.ts';
import { MUST_BE_RECORDED, NOBODY_OF_OURS } from './unrecordable.ts';
import { wayOf } from './way.ts';

export interface CallParts {
  readonly facts: CallFacts;
  readonly incoming: IncomingCall;
  readonly media: MediaCall;
  readonly caller: Party;
  readonly route: Route;
  /** A party with a media leg of its own in this call. */
  readonly openParty: (terms: MediaTerms) => Promise<Party>;
  readonly invite: (branch: Branch, offer: Buffer) => OutgoingCall;
  /** For whom the caller called. */
  readonly decision: CallDecision;
  /** For others who come to talk. Null: they may not, for their purpose demands a recording that cannot be; that is told already. */
  readonly decide: (facts: CallFacts) => CallDecision | null;
  readonly manners: Manners;
  readonly recorder: Recorder;
  readonly onTransfer: (transfer: Transfer) => void;
  readonly onSteered: (steered: Steered) => void;
  /** What `by` may do with another dialog of its own: have its peer, or give up an INVITE that still rings. A status: neither. */
  readonly dialogOf: (replaces: Replaces, by: string) => Handover | 'given up' | number;
  /** For who waits while a transfer rings. Null: silence. */
  readonly ringBack: Prompt | null;
  /** How long phones ring before the caller is told that nobody answered, ms (RFC 3261 16.6 timer C). */
  readonly ringMs: number;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly counters: Counters;
}

type Legs = Readonly<Record<Side, Leg>>;
type Refused = Pick<ResponseDraft, 'status' | 'reason'>;

/** Whom a REFER means, and what else is said of that. */
interface Meant extends Pick<Transfer, 'to' | 'other'> {
  readonly target: Target;
  /** Beside the call in which it was sent. */
  readonly origins: readonly Origin[];
}

/** How a call ends whose phone names another place (RFC 3261 21.3.3). */
const SENT_ON = 302;
/** RFC 3326: no error, and no missed call. */
const TAKEN_OVER = 'SIP;cause=200;text="Call completed elsewhere"';

/** Runs a call; `over` is called once, when nothing of it is left. */
export function runCall(parts: CallParts, over: () => void): LiveCall {
  const { incoming, media, caller, route, recorder, clock, chance, counters } = parts;
  let { facts } = parts;
  let talking: Talking | null = null;
  let transferring: Transferring | null = null;
  let lent: Handover | null = null;
  /** Somebody is coming or going: until that is done, nobody else can. */
  let changing = false;
  let status = 487;
  let finished = false;
  let challenged = false;
  const silent = new Set<MediaLeg>();
  const { twin } = route;
  const first = twin && 'first' in twin ? twin.first(facts.id) : null;
  let failuresTold = 0;
  /** Null until somebody rings: the caller may have to hear something first. */
  let ringing: Ringing | null = null;
  const toldFirst = beforeRinging(parts);

  const finish = async () => {
    if (finished) return;
    finished = true;
    first?.ended();
    if (talking) await talking.end();
    // Who is asked for a password has not called yet: the call comes with the answer.
    else if (!challenged) unanswered(status);
    // Media that is lost already needs no closing.
    await media.close().catch(() => {});
    over();
  };

  /** The record of the call as it was begun, when nobody who was called has answered. */
  const unanswered = (ended: number) => {
    const times = { answeredAt: null, endedAt: clock.now() };
    const nothing = { recording: null, notRecorded: null, ...keptOf(parts.decision) };
    const { waitsIn, ...waitsNoMore } = parts.facts;
    // Who was sent on waits on, in the call that comes of it.
    const called = ended === SENT_ON ? waitsNoMore : parts.facts;
    recorder.callEnded({ ...called, ...times, ...nothing, status: ended });
  };

  const tellTransfer = (wish: Wish, became: Partial<Transfer> & Pick<Transfer, 'status'>) => {
    if (became.status >= 300) {
      counters.add('calls.transfers.failed');
      if (++failuresTold > MAX_FAILURES_TOLD) return;
    }
    const nothing = { reason: reasonOf(became.status), next: null, recording: null, other: null };
    parts.onTransfer({ ...nothing, at: clock.now(), ...wish, ...became });
  };

  // Ringing

  const answered = (by: Answered): boolean => {
    const callee = calledLeg(by, route);
    const from = { outside: route.direction === 'inbound' };
    // Who was sent on to is somebody else than who was called: another purpose may be served.
    const redirected = by.redirected && {
      ...facts,
      // A record of its own, for when the policy refuses these two.
      id: randomHex(chance, 16),
      to: by.redirected.to,
      direction: directionOf(from, callee),
      ...wayOf(route.way, callee.way),
      origins: [{ call: facts.id, how: 'forwarded' as const, by: 'callee' as const }],
    };
    // One trunk may have refused and another taken it, which another rule may be about.
    const went: CallFacts = redirected || { ...facts, ...wayOf(route.way, callee.way) };
    const asBegun = !redirected && went.via === facts.via && went.trunk === facts.trunk;
    const decision = asBegun ? parts.decision : parts.decide(went);
    const session = toldFirst?.session ?? null;
    const answer = decision && !session ? caller.answerFor(by.party, 'final') : null;
    if (!decision || (!session && !answer)) return false;
    toldFirst?.hush();
    if (redirected) {
      unanswered(SENT_ON);
      const wish = { call: facts.id, how: 'forwarded', by: 'callee', to: redirected.to } as const;
      tellTransfer(wish, { status: 200, next: redirected.id });
    }
    facts = went;
    const elsewhere = twin && 'second' in twin ? twin.second() : null;
    const leg = callerLeg(route, session ?? incoming.accept(answer!), caller, by.branch.from, clock.now());
    for (const [hash, at] of toldFirst?.heard ?? []) leg.heard.set(hash, at);
    const legs = { caller: leg, callee };
    const talkNow = () => begin(legs, decision, { first, elsewhere });
    if (session) void settle(legs, () => finished).then((agreed) => (agreed ? talkNow() : void finish()));
    else talkNow();
    return true;
  };

  const failed = (told: number, failure: CallFailure | null) => {
    const response = route.refusals === 'as they came' ? failure?.response : undefined;
    status = response?.status ?? told;
    challenged = response !== undefined && (status === 401 || status === 407);
    toldFirst?.hush();
    if (toldFirst?.session) toldFirst.session.bye(`SIP;cause=${status};text="${reasonOf(status)}"`);
    else if (response) incoming.reject(response.status, response.reason, passedOn(response));
    else incoming.reject(told);
    void finish();
  };

  const callerGone = (reason?: string) => {
    ringing?.stop(reason);
    toldFirst?.session?.bye(reason);
    void finish();
  };

  // Talking

  const begin = (legs: Legs, decision: CallDecision, twins: TalkingParts['twins'] = null) => {
    silent.clear();
    for (const side of sides) {
      const leg = legs[side];
      leg.session.onEnded = (why) => gone(leg, why);
      leg.session.onRefer = (refer) => void referred(side, refer).catch(() => refer.reject(500));
      if (route.passesRefer) passOn(side, legs, route.passesRefer);
    }
    paired(legs.caller.session, legs.callee.session);
    const mayNotGoOn = () => live.hangUp(MUST_BE_RECORDED);
    const emergency = route.emergency === true;
    talking = talk({ ...parts, facts, legs, decision, twins, emergency, mayNotGoOn });
  };

  /** A transfer that is the far side's: it is told how that went. */
  const passOn = (side: Side, legs: Legs, passing: PassRefer) => {
    const [transferor, remaining] = [legs[side], legs[other(side)]];
    const { id } = facts;
    passRefer(transferor.session, remaining.session, passing, {
      from: { call: id, by: side, transferor: transferor.name, remaining: remaining.name },
      over: (refer, status, reason) => tellTransfer(wishOf(refer, id, side), { status, ...(reason && { reason }) }),
    });
  };

  /** Others talk from now on: their own purpose, announcement, recording and record. False: they may not. */
  const goOn = (legs: Legs, origins: readonly Origin[]): boolean => {
    const before = facts;
    facts = { ...factsOf(legs.caller, legs.callee), origins };
    const ours = sides.some((side) => !legs[side].outside);
    const decision = ours ? parts.decide(facts) : NOBODY_OF_OURS;
    if (decision) {
      begin(legs, decision);
      return true;
    }
    facts = before;
    for (const side of sides) legs[side].session.bye(MUST_BE_RECORDED);
    void finish();
    return false;
  };

  type Who = Pick<Leg, 'name' | 'outside' | 'way'>;
  const factsOf = (caller: Who, callee: Who): CallFacts => ({
    id: randomHex(chance, 16),
    from: caller.name,
    to: callee.name,
    direction: directionOf(caller, callee),
    ...wayOf(caller.way, callee.way),
    startedAt: clock.now(),
  });

  const gone = (leg: Leg, why: Ended) => {
    if (finished || !talking) return;
    const { legs } = talking;
    if (leg !== legs.caller && leg !== legs.callee) return;
    if (transferring) return transferring.gone(leg);
    // Who lent its peer may leave; the peer may not be hung up while another call is taking it.
    if (lent && leg !== lent.leg) return void talking.end();
    legs[leg === legs.caller ? 'callee' : 'caller'].session.bye(why.reason);
    void finish();
    return lent?.onGone();
  };

  // Coming and going

  const referred = async (side: Side, refer: Refer) => {
    const { legs } = talking!;
    const [transferor, remaining] = [legs[side], legs[other(side)]];
    const { principal } = transferor;
    const before = talking!;
    const wish = wishOf(refer, before.facts.id, side);
    const refuse = ({ status, reason }: Refused) => {
      refer.reject(status, reason);
      tellTransfer(wish, { status, ...(reason && { reason }) });
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
    if (finished) {
      target.letGo();
      return refuse({ status: 481 });
    }
    counters.add(`calls.transfers.${target.comes === 'ringing' ? 'blind' : 'attended'}`);
    refer.accept();
    const origin: Origin = { call: wish.call, how: wish.how, by: side };
    let last = 480;
    let went = false;
    let ended: string | null = null;
    transferring = transfer({
      remaining,
      transferor,
      target,
      media,
      ringBack: parts.ringBack,
      tell(status) {
        last = status;
        refer.notify(status);
      },
      part() {
        ended = before.recording;
        void before.end();
      },
      talk(leg) {
        went = goOn({ caller: remaining, callee: leg }, [origin, ...meant.origins]);
        transferor.party.media.close();
      },
      over(left) {
        transferring = null;
        changing = false;
        const named = { to: meant.to, recording: ended, other: meant.other };
        if (left !== 'talking') tellTransfer(wish, { ...named, status: last });
        else tellTransfer(wish, went ? { ...named, status: 200, next: facts.id } : { ...named, status: 503 });
        if (left === 'nobody') void finish();
      },
    });
  };

  /** What the REFER asks for, as far as its sender may have it. */
  const targetOf = async (refer: Refer, principal: Principal, remaining: Leg): Promise<Meant | Refused> => {
    const dialog = refer.replaces && parts.dialogOf(refer.replaces, principal.name);
    if (typeof dialog === 'number') return { status: dialog };
    // Asked before anybody is troubled, and again when they talk: by then the policy may be another.
    const mayTalk = (callee: Who) => parts.decide(factsOf(remaining, callee)) !== null;
    if (dialog !== null && dialog !== 'given up') {
      const target = lentTarget(dialog);
      const { leg, origin, ladder } = dialog;
      if (mayTalk(leg)) return { target, to: leg.name, origins: [origin], other: { call: ladder, by: origin.by } };
      target.letGo();
      return { status: 503 };
    }
    const history = { diverted: [], before: [] };
    const routed = await principal.onward({ target: refer.target, why: 'transferred', party: remaining, history });
    if (!routed.ok) return routed.refusal;
    const { route: onward } = routed;
    if (onward.stages.every(({ branches }) => branches.length === 0)) return { status: 480 };
    const [first] = onward.stages.flatMap(({ branches }) => branches);
    const way = first?.way;
    if (!mayTalk({ name: onward.to, outside: onward.direction === 'outbound', ...(way && { way }) }))
      return { status: 503 };
    const target = rungTarget(onward, remaining, (rings) => ring({ ...parts, ...rings }));
    return { target, to: onward.to, origins: [], other: null };
  };

  const replaceRinging = (call: OutgoingCall, by: Replacement): void => {
    const branch = ringing?.branchOf(call);
    const answers = branch && answerBoth(caller, by);
    if (!branch || !answers) return;
    const session = by.incoming.accept(answers.toReplacement);
    ringing?.pickedUp(call);
    const callee = calledLeg({ session, party: by.party, branch, redirected: null }, route);
    const leg = callerLeg(route, incoming.accept(answers.toCaller), caller, branch.from, clock.now());
    begin({ caller: leg, callee }, parts.decision);
  };

  const replaceTalking = async (session: Session, by: Replacement): Promise<void> => {
    const before = talking!;
    const side = before.legs.caller.session === session ? 'caller' : 'callee';
    const [leg, peer] = [before.legs[side], before.legs[other(side)]];
    const replacement = await replaceLeg(leg, peer, by);
    if (!replacement) return;
    if (finished) return replacement.session.bye();
    const { recording } = before;
    void before.end();
    const wish = { call: before.facts.id, how: 'replaced', by: side, to: leg.name } as const;
    const others = side === 'caller' ? { caller: replacement, callee: peer } : { caller: peer, callee: replacement };
    const went = goOn(others, [{ call: wish.call, how: wish.how, by: side }]);
    tellTransfer(wish, went ? { status: 200, next: facts.id, recording } : { status: 503, recording });
    leg.session.bye(TAKEN_OVER);
    leg.party.media.close();
  };

  const live: LiveCall = {
    get facts() {
      return talking?.facts ?? facts;
    },
    get recording() {
      return talking?.recording ?? null;
    },
    get paused() {
      return talking?.paused ?? false;
    },
    steer: async (wish) => talking?.steer(wish) ?? 'not_recording',
    hangUp(reason) {
      if (!talking) {
        if (!toldFirst?.session) incoming.reject(480);
        return callerGone(reason);
      }
      const { caller, callee } = talking.legs;
      for (const { session } of [caller, callee]) {
        session.onEnded = () => {};
        session.bye(reason);
      }
      if (transferring) for (const leg of [caller, callee]) transferring?.gone(leg);
      void finish();
      return lent?.onGone();
    },
    recorderLost: () => talking?.recorderLost(),
    has: (found) =>
      found.at === 'early'
        ? !talking && (ringing?.branchOf(found.call) ?? null) !== null
        : sides.some((side) => talking?.legs[side].session === found.session),
    originOf(found, goes) {
      const named = found.at === 'confirmed' && talking?.legs.caller.session === found.session ? 'caller' : 'callee';
      // Of two calls with the same words the first is the one that is recorded.
      const first = live.facts.origins?.find(({ how }) => how === 'returned');
      return { call: first?.call ?? facts.id, how: 'replaced', by: goes === 'leg' ? named : other(named) };
    },
    handOver(session, by) {
      const { legs } = talking!;
      const side = legs.caller.session === session ? 'caller' : 'callee';
      const [lender, leg] = [legs[side], legs[other(side)]];
      if (lender.principal?.name !== by) return 403;
      if (changing || finished) return 491;
      changing = true;
      lent = {
        leg,
        origin: { call: facts.id, how: 'attended', by: side },
        ladder: parts.facts.id,
        onGone: () => {},
        take() {
          void finish();
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
    giveUp({ callId, fromTag }, by) {
      const { headers } = incoming.invite;
      const meant = headers.get('Call-ID') === callId && tagOf(headers.get('From')) === fromTag;
      if (talking || finished || !meant || route.principal?.name !== by) return false;
      incoming.reject(487);
      callerGone();
      return true;
    },
    async replace(found, by) {
      const { incoming: replacing } = by;
      const holder = () =>
        found.at === 'early'
          ? (ringing?.branchOf(found.call) ?? null)
          : sides.map((side) => talking!.legs[side]).find(({ session }) => session === found.session);
      const who = by.route.principal?.name;
      if (who === undefined || holder()?.principal?.name !== who) return replacing.reject(403);
      if (changing) return replacing.reject(491);
      changing = true;
      try {
        const party = await parts.openParty(by.route.caller);
        // Opening took a moment: whoever answered, hung up or was replaced meanwhile is not there to be replaced.
        if (finished || !live.has(found)) return replacing.reject(481);
        if (found.at === 'early') return replaceRinging(found.call, { ...by, party });
        await replaceTalking(found.session, { ...by, party });
      } finally {
        changing = false;
      }
    },
  };

  incoming.onCancelled = callerGone;
  media.onLost = () => {
    talking?.mediaLost();
    counters.add('calls.media_lost');
    live.hangUp('SIP;cause=500;text="Media failed"');
  };
  // Who is not whom its description names must not hear, and without keys nobody does. While it rings nothing is lost by waiting: the
  // answer begins another handshake.
  media.onUnkeyed = (leg, why) => {
    if (!talking || !sides.some((side) => talking!.legs[side].party.media === leg)) return;
    counters.add(`calls.unkeyed.${why}`);
    const text = why === 'fingerprint' ? 'Not the announced certificate' : 'No DTLS handshake';
    live.hangUp(`SIP;cause=488;text="${text}"`);
  };
  // One silent side may be a muted phone; two are a call that nobody is in any more.
  media.onTimeout = (leg, silence) => {
    if (silence === 'general') silent.add(leg);
    if (talking && sides.every((side) => silent.has(talking!.legs[side].party.media)))
      live.hangUp('SIP;cause=408;text="No media from either side"');
  };
  const startRinging = (early: Early) => {
    ringing = ring({
      ...parts,
      ...early,
      invite(branch, offer) {
        first?.offered(offer);
        return parts.invite(branch, offer);
      },
      stages: route.stages,
      callerFor: ({ from }) => ({ name: route.from, shown: from }),
      onAnswered: answered,
      onFailed: failed,
    });
  };
  if (toldFirst)
    toldFirst.begin({ early: earlyTalk(parts), ring: startRinging, gone: callerGone, over: () => finished });
  else startRinging(earlyTalk(parts));
  return live;
}
