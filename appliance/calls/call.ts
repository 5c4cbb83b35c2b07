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
import type { Replaces } from '../sip/dialog/replaces.ts';
import type { Ended } from '../sip/dialog/session.ts';
import { tagOf } from '../sip/message/name-addr.ts';
import { reasonOf } from '../sip/message/reasons.ts';
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
import type { Branch, MediaTerms, Route } from './route.ts';
import type { Steered } from './steering.ts';
import { type Talking, type TalkingParts, talk } from './talking.ts';
import { beforeRinging, settle } from './told-first.ts';
import { comingAndGoing, type Legs } from './transfer/coming.ts';
import type { Origin, Transfer } from './transfer/origin.ts';
import { type PassRefer, paired, passRefer } from './transfer/pass-refer.ts';
import { answerBoth, type Replacement } from './transfer/replacing.ts';
import type { Handover } from './transfer/target.ts';
import { type Wish, wishOf } from './transfer/wish.ts';
import { letGoWhy, MUST_BE_RECORDED, NOBODY_OF_OURS, type Unrecordable } from './unrecordable.ts';
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
  /** For others who come to talk; that they may not, for their purpose demands a recording that cannot be, is told already. */
  readonly decide: (facts: CallFacts) => CallDecision | Unrecordable;
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

/** How a call ends whose phone names another place (RFC 3261 21.3.3). */
const SENT_ON = 302;

/** Runs a call; `over` is called once, when nothing of it is left. */
export function runCall(parts: CallParts, over: () => void): LiveCall {
  const { incoming, media, caller, route, recorder, clock, chance, counters } = parts;
  let { facts } = parts;
  let talking: Talking | null = null;
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
    if (!('record' in decision)) return false;
    const session = toldFirst?.session ?? null;
    const answer = session ? null : caller.answerFor(by.party, 'final');
    if (!session && !answer) return false;
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
      leg.session.onRefer = (refer) => void coming.referred(side, refer).catch(() => refer.reject(500));
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

  /** Others talk from now on: their own purpose, announcement, recording and record. Returns the id of that; null: they may not. */
  const goOn = (legs: Legs, origins: readonly Origin[]): string | null => {
    const before = facts;
    facts = { ...factsOf(legs.caller, legs.callee), origins };
    const ours = sides.some((side) => !legs[side].outside);
    const decision = ours ? parts.decide(facts) : NOBODY_OF_OURS;
    if ('record' in decision) {
      begin(legs, decision);
      return facts.id;
    }
    facts = before;
    media.unjoin();
    void letGoWhy(decision, [legs.caller, legs.callee], parts.manners).then(finish);
    return null;
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

  const coming = comingAndGoing({
    ...parts,
    ladder: parts.facts.id,
    ring: (rings) => ring({ ...parts, ...rings }),
    factsOf,
    talking: () => talking!,
    finished: () => finished,
    finish: () => void finish(),
    goOn,
    told: tellTransfer,
  });

  const gone = (leg: Leg, why: Ended) => {
    if (finished || !talking) return;
    const { legs } = talking;
    if (leg !== legs.caller && leg !== legs.callee) return;
    if (coming.gone(leg)) return;
    legs[leg === legs.caller ? 'callee' : 'caller'].session.bye(why.reason);
    void finish();
    coming.lentGone();
  };

  // Coming and going

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
      for (const leg of [caller, callee]) coming.gone(leg);
      void finish();
      return coming.lentGone();
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
    handOver: (session, by) => coming.lend(session, by),
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
      const alone = await coming.alone(async () => {
        const party = await parts.openParty(by.route.caller);
        // Opening took a moment: whoever answered, hung up or was replaced meanwhile is not there to be replaced.
        if (finished || !live.has(found)) return replacing.reject(481);
        if (found.at === 'early') return replaceRinging(found.call, { ...by, party });
        await coming.replace(found.session, { ...by, party });
      });
      if (!alone) replacing.reject(491);
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
