/** Rings the places of a route until one answers: carries out fork.ts. What the caller hears of it is the owner's business. */
import type { Cancel, Clock } from '@belkluis/shared/base/clock';
import type { CallFailure, OutgoingCall } from '../sip/dialog/outgoing-call.ts';
import type { Session } from '../sip/dialog/session.ts';
import { hearFork } from './early.ts';
import { type ForkEffect, type ForkInput, forkTo, step } from './fork.ts';
import type { Party } from './party.ts';
import type { Branch, MediaTerms, Stage } from './route.ts';

export interface RingingParts {
  readonly stages: readonly Stage[];
  /** A party with a media leg of its own, for one branch. */
  readonly openParty: (terms: MediaTerms) => Promise<Party>;
  readonly invite: (branch: Branch, offer: Buffer) => OutgoingCall;
  /** Whose offer is passed on. */
  readonly caller: Party;
  /** How long all stages together ring, ms (RFC 3261 16.6 timer C). */
  readonly ringMs: number;
  readonly clock: Clock;
  /** Somebody rings; with `party`: it sends media that the caller may hear before the answer. */
  readonly onProgress: (status: number, party: Party | null) => void;
  /**
   * The first one to answer, its answer taken. False: the caller has nothing in common with it; then it is hung up and counts as failed.
   */
  readonly onAnswered: (party: Party, session: Session) => boolean;
  /** Nobody will answer. `failure`: the response that decided it, where there was one. */
  readonly onFailed: (status: number, failure: CallFailure | null) => void;
}

export interface Ringing {
  /** The caller has gone: nobody rings any more, and nothing is told. */
  stop(): void;
}

interface Rung {
  readonly branch: Branch;
  party: Party | null;
  outgoing: OutgoingCall | null;
  /** Not to be rung any more: its leg was still being opened. */
  dropped: boolean;
  failure: CallFailure | null;
}

/** RFC 3326: a phone that was beaten to it shows no missed call. */
const COMPLETED_ELSEWHERE = 'SIP;cause=200;text="Call completed elsewhere"';

export function ring(parts: RingingParts): Ringing {
  const { stages, caller, clock } = parts;
  const rung = new Map<string, Rung>();
  const names = stages.map(({ branches, next }, stage) => ({
    next,
    branches: branches.map((branch, place) => {
      const name = `${stage}.${place}`;
      rung.set(name, { branch, party: null, outgoing: null, dropped: false, failure: null });
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
        return parts.onProgress(183, rung.get(effect.branch)!.party);
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

  const drop = (one: Rung) => {
    one.dropped = true;
    one.party?.media.close();
    one.outgoing?.cancel(fork.at === 'connected' ? COMPLETED_ELSEWHERE : undefined);
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
      hearFork(fork, party);
      const hasMedia = sdp !== null && party.takeAnswer(sdp);
      on({ on: 'progress', branch: name, status: response.status, hasMedia });
    };
    outgoing.onAnswered = (session) => answered(name, party, session);
    outgoing.onFailed = (failure) => {
      // A phone that takes no keys out of a description may do DTLS, and the other way round.
      if (failure.status === 488 && fork.at === 'ringing' && !one.dropped && party.offerOtherwise())
        return invite(name, one, party);
      one.failure = failure;
      if (!one.dropped) party.media.close();
      return on({ on: 'failed', branch: name, status: failure.status });
    };
  };

  const answered = (name: string, party: Party, session: Session) => {
    if (fork.at !== 'ringing') return session.bye();
    const agreed = session.remoteSdp ? party.takeAnswer(session.remoteSdp) : party.hasAnswer;
    if (agreed && parts.onAnswered(party, session)) return on({ on: 'answered', branch: name });
    session.bye('SIP;cause=488;text="Nothing in common to speak"');
    if (!agreed && party.offerOtherwise()) return invite(name, rung.get(name)!, party);
    party.media.close();
    return on({ on: 'failed', branch: name, status: 488 });
  };

  const stopRinging: Cancel = clock.after(parts.ringMs, () => on({ on: 'ring timeout' }));
  for (const effect of begin) carryOut(effect);
  return { stop: () => on({ on: 'caller gone' }) };
}
