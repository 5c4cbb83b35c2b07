/** Rings the places of a route until one answers: carries out fork.ts. What the caller hears of it is the owner's business. */
import type { Cancel, Clock } from '@belkluis/shared/base/clock';
import type { EarlyDialog } from '../sip/dialog/early-dialog.ts';
import type { CallFailure, OutgoingCall } from '../sip/dialog/outgoing-call.ts';
import type { Session } from '../sip/dialog/session.ts';
import { parseUri, type SipUri } from '../sip/message/uri.ts';
import { type Early, type Heard, hearOffer } from './early.ts';
import { type ForkEffect, type ForkInput, forkTo, step } from './fork.ts';
import { type History, isHistory } from './history.ts';
import { MAX_REDIRECTIONS } from './limits.ts';
import type { Party } from './party.ts';
import type { Branch, Destination, MediaTerms, Onward, Stage } from './route.ts';

/** Who answered, and where. */
export interface Answered {
  readonly party: Party;
  readonly session: Session;
  readonly branch: Branch;
  /** Where a redirection led; null: nobody sent the call on. */
  readonly redirected: Destination | null;
}

export interface RingingParts {
  readonly stages: readonly Stage[];
  /** A party with a media leg of its own, for one branch. */
  readonly openParty: (terms: MediaTerms) => Promise<Party>;
  readonly invite: (branch: Branch, offer: Buffer) => OutgoingCall;
  /** Whose offer is passed on. */
  readonly caller: Party;
  /** Who calls, for whoever a phone sends the call on to; by the branch that does, which knows no more than it was told. */
  readonly callerFor: (branch: Branch) => Onward['party'];
  /** How long all stages together ring, ms (RFC 3261 16.6 timer C). */
  readonly ringMs: number;
  readonly clock: Clock;
  /** Somebody rings; with `by`: it sends media that the caller may hear before the answer. */
  readonly onProgress: (status: number, by: Heard | null) => void;
  /** Where a phone that rings wants to speak otherwise. Absent: it may say that when it has answered. */
  readonly withCaller?: Early['withCaller'];
  /**
   * The first one to answer, its answer taken. False: the caller has nothing in common with it; then it is hung up and counts as failed.
   */
  readonly onAnswered: (answered: Answered) => boolean;
  /** Nobody will answer. `failure`: the response that decided it, where there was one. */
  readonly onFailed: (status: number, failure: CallFailure | null) => void;
  /** How many more times the call may be sent on. */
  readonly redirections?: number;
  /** Accounts that have sent it on already, the latest first. */
  readonly diverted?: readonly string[];
  /** The history that it came with; absent: what the branch that sends it on was told. */
  readonly before?: History['before'];
}

export interface Ringing {
  /** The caller has gone: nobody rings any more, and nothing is told. `reason`: value of a Reason header for those who rang. */
  stop(reason?: string): void;
  /** The branch that rings by `call`. */
  branchOf(call: OutgoingCall): Branch | null;
  /** Somebody else has answered in the place of the branch that rings by `call`: it stops, as all others do. */
  pickedUp(call: OutgoingCall): void;
}

interface Rung {
  readonly branch: Branch;
  party: Party | null;
  outgoing: OutgoingCall | null;
  /** Not to be rung any more: its leg was still being opened. */
  dropped: boolean;
  failure: CallFailure | null;
  /** Whose media the caller hears before the answer: one of several phones behind one branch. */
  early: EarlyDialog | null;
  /** The network has forbidden that so far (RFC 5009). */
  muted: boolean;
  /** The same for who is heard at the place where this branch sent the call on to. */
  elsewhere: Heard | null;
  /** Where this branch sent the call on to. */
  onward: Ringing | null;
}

/** A phone that was beaten to it shows no missed call (RFC 3326). */
const COMPLETED_ELSEWHERE = 'SIP;cause=200;text="Call completed elsewhere"';

/** What a 3xx names: its best Contact, for a phone that is forwarded is forwarded to one place. 380 names other services, not other places. */
const redirectedTo = ({ status, contacts: [best] }: CallFailure): SipUri | null =>
  best === undefined || status === 380 ? null : parseUri(best);

export function ring(parts: RingingParts): Ringing {
  const { stages, caller, clock, redirections = MAX_REDIRECTIONS, diverted = [] } = parts;
  const rung = new Map<string, Rung>();
  const names = stages.map(({ branches, next }, stage) => ({
    next,
    branches: branches.map((branch, place) => {
      const name = `${stage}.${place}`;
      rung.set(name, {
        branch,
        party: null,
        outgoing: null,
        dropped: false,
        failure: null,
        early: null,
        muted: false,
        elsewhere: null,
        onward: null,
      });
      return name;
    }),
  }));
  const [first, ...begin] = forkTo(names);
  let fork = first;

  const on = (input: ForkInput) => {
    const [next, ...effects] = step(fork, input);
    fork = next;
    if (fork.at !== 'ringing') stopRinging();
    for (const effect of effects) carryOut(effect);
  };

  const carryOut = (effect: ForkEffect) => {
    switch (effect.do) {
      case 'ring':
        return void start(effect.branch).catch(() => on({ on: 'failed', branch: effect.branch, status: 500 }));
      case 'tell caller':
        return parts.onProgress(effect.status === 183 ? 180 : effect.status, null);
      case 'early media':
        return parts.onProgress(183, heardOf(rung.get(effect.branch)!));
      case 'cancel':
        return drop(rung.get(effect.branch)!);
      // Done where the answer came in.
      case 'connect':
      case 'hang up':
        return undefined;
      case 'reject caller': {
        const { status, by } = effect;
        const decided = [...rung.values()].find(({ failure }) => failure?.status === by);
        return parts.onFailed(status, decided?.failure ?? null);
      }
    }
  };

  /** RFC 3326: why those who rang stop. */
  let stopped: string | undefined;
  const drop = (one: Rung) => {
    const reason = fork.at === 'connected' ? COMPLETED_ELSEWHERE : stopped;
    one.dropped = true;
    if (one.onward) return one.onward.stop(reason);
    one.party?.media.close();
    return one.outgoing?.cancel(reason);
  };

  const start = async (name: string) => {
    const one = rung.get(name)!;
    const party = await parts.openParty(one.branch.media);
    if (one.dropped) return party.media.close();
    one.party = party;
    invite(name, one, party);
  };

  const invite = (name: string, one: Rung, party: Party) => {
    const offer = party.offerFrom(caller);
    if (!offer) {
      party.media.close();
      return on({ on: 'failed', branch: name, status: 488 });
    }
    const outgoing = parts.invite(one.branch, offer);
    one.outgoing = outgoing;
    outgoing.onProgress = (response, sdp, fork) => {
      fork.onReoffer = (reoffer) =>
        void hearOffer(party, reoffer, async () => (await parts.withCaller?.(fork, party)) ?? null);
      const hasMedia = earlyMedia(one, party, fork, sdp);
      if (fork.ended) return;
      on({ on: 'progress', branch: name, status: response.status, hasMedia });
    };
    outgoing.onAnswered = (session) => answered(name, party, session);
    outgoing.onFailed = (failure) => {
      // A phone that takes no keys out of a description may do DTLS, and the other way round.
      if (failure.status === 488 && fork.at === 'ringing' && !one.dropped && party.offerOtherwise())
        return invite(name, one, party);
      const target = one.dropped || !one.branch.principal ? null : redirectedTo(failure);
      if (!one.dropped) party.media.close();
      if (target)
        void sendOn(name, one, target).catch(() => failed(name, one, { status: 500, reason: '', contacts: [] }));
      else failed(name, one, failure);
      return undefined;
    };
  };

  /**
   * Behind a proxy several phones may ring by one branch; the first that sends media is heard, as among branches, until it has stopped
   * (RFC 6228) or another one answers. What a network forbids is none (RFC 5009 8).
   */
  const earlyMedia = (one: Rung, party: Party, fork: EarlyDialog, sdp: Buffer | null): boolean => {
    const { ended, earlyMedia } = fork;
    const same = one.early?.tag === fork.tag;
    if (ended && same) one.early = null;
    if (ended || (one.early !== null && !same)) return false;
    // Said before, and allowed only now.
    if (sdp === null && !(one.early && one.muted)) return false;
    if (sdp !== null && !party.takeAnswer(sdp)) return false;
    one.early = fork;
    one.muted = earlyMedia === 'sendonly' || earlyMedia === 'inactive';
    return !one.muted;
  };

  const heardOf = (one: Rung): Heard => one.elsewhere ?? { party: one.party!, fork: () => one.early };

  const failed = (name: string, one: Rung, failure: CallFailure) => {
    one.failure = failure;
    on({ on: 'failed', branch: name, status: failure.status });
  };

  /** The branch rings on, elsewhere, as its own user would have called (RFC 3261 16.7 step 4). */
  const sendOn = async (name: string, one: Rung, target: SipUri) => {
    const principal = one.branch.principal!;
    const refused = (status: number) => failed(name, one, { status, reason: 'Not sent on', contacts: [] });
    if (redirections === 0) return refused(480);
    one.party = null;
    const before = parts.before ?? one.branch.headers.filter(isHistory);
    const party = parts.callerFor(one.branch);
    const routed = await principal.onward({ target, why: 'redirected', party, history: { diverted, before } });
    if (one.dropped) return undefined;
    if (!routed.ok) return refused(routed.refusal.status);
    const { route } = routed;
    if (route.stages.every(({ branches }) => branches.length === 0)) return refused(480);
    parts.onProgress(181, null);
    one.onward = ring({
      ...parts,
      stages: route.stages,
      redirections: redirections - 1,
      diverted: [principal.name, ...diverted],
      before,
      onProgress: (status, by) => {
        one.elsewhere = by;
        on({ on: 'progress', branch: name, status, hasMedia: by !== null });
      },
      onAnswered: (answered) => {
        if (fork.at !== 'ringing' || !parts.onAnswered({ ...answered, redirected: answered.redirected ?? route }))
          return false;
        on({ on: 'answered', branch: name });
        return true;
      },
      onFailed: (status, failure) => failed(name, one, { ...(failure ?? { reason: '', contacts: [] }), status }),
    });
    return undefined;
  };

  const answered = (name: string, party: Party, session: Session) => {
    if (fork.at !== 'ringing') return session.bye();
    const { branch, early } = rung.get(name)!;
    // What was agreed on before the answer is taken already, and may have been its own offer.
    const known = early?.reliable && early.sdp === session.remoteSdp;
    const agreed = session.remoteSdp && !known ? party.takeAnswer(session.remoteSdp) : party.hasAnswer;
    if (agreed && parts.onAnswered({ party, session, branch, redirected: null }))
      return on({ on: 'answered', branch: name });
    session.bye('SIP;cause=488;text="Nothing in common to speak"');
    if (!agreed && party.offerOtherwise()) return invite(name, rung.get(name)!, party);
    party.media.close();
    return on({ on: 'failed', branch: name, status: 488 });
  };

  const stopRinging: Cancel = clock.after(parts.ringMs, () => on({ on: 'ring timeout' }));
  for (const effect of begin) carryOut(effect);
  return {
    stop(reason) {
      stopped = reason;
      on({ on: 'caller gone' });
    },
    branchOf(call) {
      for (const { outgoing, branch, onward } of rung.values()) {
        const found = onward ? onward.branchOf(call) : outgoing === call ? branch : null;
        if (found) return found;
      }
      return null;
    },
    pickedUp(call) {
      for (const [name, one] of rung) {
        if (!(one.onward ? one.onward.branchOf(call) : one.outgoing === call)) continue;
        on({ on: 'answered', branch: name });
        return drop(one);
      }
    },
  };
}
