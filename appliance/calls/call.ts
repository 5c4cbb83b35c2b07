/**
 * One call through the box: a caller, several phones that ring, one that answers, and what is recorded of it. Carries out what fork.ts
 * and conversation.ts decide. Nothing of one leg's signalling is copied to the other: each has its own Call-ID, tags and Via.
 */
import type { Cancel, Clock } from '@belkluis/shared/base/clock';
import type { Counters } from '@belkluis/shared/base/counters';
import type { Decision, RecordingTerms } from '@belkluis/shared/policy/decide';
import type { MediaCall, MediaLeg, Prompt } from '../media/door.ts';
import type { IncomingCall } from '../sip/dialog/incoming-call.ts';
import type { OutgoingCall } from '../sip/dialog/outgoing-call.ts';
import type { Ended, Session } from '../sip/dialog/session.ts';
import type { Flow } from '../sip/transport/flow.ts';
import type { Binding } from './bindings.ts';
import {
  begin,
  type ConversationEffect,
  type ConversationInput,
  type ConversationState,
  type NotRecorded,
  type Played,
  type Side,
  step as stepConversation,
} from './conversation.ts';
import { type ForkEffect, type ForkInput, forkTo, step as stepFork } from './fork.ts';
import { relayInfo } from './info.ts';
import type { Party } from './party.ts';
import type { Begun, CallFacts, CallRecord, Recorder } from './recorder.ts';
import { connectOffers } from './reoffer.ts';

/** What a purpose sounds like: ready to be played, and the hash that names it. */
export interface Announcement {
  readonly prompt: Prompt;
  readonly hash: string;
}

/** The policy's word, or that the recorder could not carry it out anyway. */
export type CallDecision =
  | Decision
  | { readonly record: false; readonly reason: NotRecorded; readonly trafficDays: number };

/** Rings one phone; the driver behind it knows addresses and headers. */
export type Ring = (binding: Binding<Flow>, party: Party, offer: Buffer) => OutgoingCall;

export interface CallParts {
  readonly facts: CallFacts;
  readonly incoming: IncomingCall;
  readonly media: MediaCall;
  readonly caller: Party;
  /** The phones to ring, each with its own media leg. */
  readonly phones: readonly { readonly binding: Binding<Flow>; readonly party: Party }[];
  readonly ring: Ring;
  readonly decision: CallDecision;
  /** Null: there is nothing to play, so nothing may be recorded. */
  readonly announcementOf: (terms: RecordingTerms) => Announcement | null;
  readonly recorder: Recorder;
  /** How long phones ring before the caller is told that nobody answered, ms (RFC 3261 16.6 timer C). */
  readonly ringMs: number;
  readonly clock: Clock;
  readonly counters: Counters;
}

/** A call in progress, as others may ask about it. */
export interface LiveCall {
  readonly facts: CallFacts;
  readonly recording: string | null;
  /** Ends it on both sides, for a reason that the phones may show. */
  hangUp(reason: string): void;
  /** The recorder can take no more of it. */
  recorderLost(): void;
}

/** Runs a call; `over` is called once, when nothing of it is left. */
export function runCall(parts: CallParts, over: () => void): LiveCall {
  const { facts, incoming, media, caller, phones, decision, recorder, clock, counters } = parts;
  const branches = new Map<string, { readonly party: Party; readonly outgoing: OutgoingCall }>();
  let fork = forkTo(phones.map((_, index) => String(index)));
  let conversation: ConversationState = { at: 'unrecorded' };
  let sessions: Readonly<Record<Side, Session>> | null = null;
  let callee: Party | null = null;
  let answeredAt: number | null = null;
  let status = 487;
  let notRecorded: string | null = null;
  let recordingId: string | null = null;
  let beginning: Promise<Begun> | null = null;
  let tapOpen = false;
  let mediaLost = false;
  let announcement: Announcement | null = null;
  let finished = false;
  const silent = new Set<MediaLeg>();

  const finish = async () => {
    if (finished) return;
    finished = true;
    stopRinging();
    const record: CallRecord = {
      ...facts,
      answeredAt,
      endedAt: clock.now(),
      status,
      recording: recordingId,
      notRecorded: recordingId === null && answeredAt !== null ? notRecorded : null,
      trafficDays: decision.record ? decision.terms.retention.trafficDays : decision.trafficDays,
    };
    recorder.callEnded(record);
    // Media that is lost already needs no closing.
    await media.close().catch(() => {});
    over();
  };

  // Ringing

  const onFork = (input: ForkInput) => {
    const [next, ...effects] = stepFork(fork, input);
    fork = next;
    for (const effect of effects) carryOutFork(effect);
    if (fork.at === 'over') void finish();
  };

  const carryOutFork = (effect: ForkEffect) => {
    switch (effect.do) {
      case 'tell caller':
        return incoming.progress(effect.status === 183 ? 180 : effect.status);
      case 'early media': {
        const { party } = branches.get(effect.branch)!;
        const answer = caller.answerFor(party);
        if (!answer) return incoming.progress(180);
        media.join(caller.media, party.media);
        return incoming.progress(183, answer);
      }
      case 'connect':
        return undefined;
      case 'cancel':
        branches.get(effect.branch)?.party.media.close();
        return branches.get(effect.branch)?.outgoing.cancel(
          // RFC 3326: a phone that was beaten to it shows no missed call.
          fork.at === 'connected' ? 'SIP;cause=200;text="Call completed elsewhere"' : undefined,
        );
      case 'hang up':
        return undefined;
      case 'reject caller':
        status = effect.status;
        return incoming.reject(effect.status);
    }
  };

  /** A phone answered. The first one is connected; a later one is ended by whoever told us. */
  const answered = (branch: string, party: Party, session: Session) => {
    if (fork.at !== 'ringing') return session.bye();
    const agreed = session.remoteSdp ? party.takeAnswer(session.remoteSdp) : party.hasAnswer;
    const answer = agreed ? caller.answerFor(party) : null;
    if (!answer) {
      session.bye('SIP;cause=488;text="Nothing in common to speak"');
      return onFork({ on: 'failed', branch, status: 488 });
    }
    onFork({ on: 'answered', branch });
    stopRinging();
    status = 200;
    answeredAt = clock.now();
    callee = party;
    media.join(caller.media, party.media);
    const ours = incoming.accept(answer);
    sessions = { caller: ours, callee: session };
    connect({ caller: ours, callee: session }, party);
    return onConversation(
      begin(decision.record ? { record: true, mandatory: decision.terms.purpose.mandatory } : decision),
    );
  };

  const connect = (both: Readonly<Record<Side, Session>>, other: Party) => {
    connectOffers({ session: both.caller, party: caller }, { session: both.callee, party: other });
    connectOffers({ session: both.callee, party: other }, { session: both.caller, party: caller });
    relayInfo(both.caller, both.callee);
    relayInfo(both.callee, both.caller);
    both.caller.onEnded = (why) => hungUp('callee', why);
    both.callee.onEnded = (why) => hungUp('caller', why);
  };

  // After the answer

  /** One side has gone: the `left` one is told, and the call is over. */
  const hungUp = (left: Side, why: Ended) => {
    sessions?.[left].bye(why.reason);
    advance({ on: 'hung up' });
  };

  const onConversation = ([next, ...effects]: readonly [ConversationState, ...ConversationEffect[]]) => {
    conversation = next;
    for (const effect of effects) carryOutConversation(effect);
    const recordingEnds = effects.some((effect) => effect.do === 'end recording');
    if (conversation.at === 'ended' && !recordingEnds) void finish();
  };
  const advance = (input: ConversationInput) => onConversation(stepConversation(conversation, input));

  const carryOutConversation = (effect: ConversationEffect) => {
    switch (effect.do) {
      case 'announce':
        return announce();
      case 'stop announcing':
        caller.media.stopPlaying();
        callee?.media.stopPlaying();
        return undefined;
      case 'begin recording':
        return beginRecording();
      case 'open tap':
        tapOpen = true;
        counters.add('calls.recorded');
        return media.record(recordingId!);
      case 'end recording':
        return void endRecording(effect.reason);
      case 'note':
        notRecorded = effect.reason;
        counters.add(`calls.not_recorded.${effect.reason}`);
        return undefined;
      case 'hang up both':
        return live.hangUp('SIP;cause=503;text="This call must be recorded, and cannot be"');
    }
  };

  const announce = () => {
    announcement = decision.record ? parts.announcementOf(decision.terms) : null;
    const play = async (side: Side, party: Party) => {
      const result: Played = announcement
        ? await party.media.play(announcement.prompt).catch(() => 'unplayable' as const)
        : 'unplayable';
      advance({ on: 'played', side, result });
    };
    void play('caller', caller);
    if (callee) void play('callee', callee);
  };

  const beginRecording = () => {
    if (!decision.record || !announcement) return;
    const request = {
      call: facts,
      terms: decision.terms,
      announcedAt: clock.now(),
      announcementHash: announcement.hash,
    };
    beginning = recorder.begin(request);
    void beginning.then((begun) => {
      if (begun.ok) recordingId = begun.recording;
      advance(begun.ok ? { on: 'recorder ready' } : { on: 'recorder refused', reason: begun.reason });
    });
  };

  /** The tap's end mark tells the recorder that all frames are in; without a tap there is none. */
  const endRecording = async (reason: 'finished' | 'broken') => {
    const begun = await beginning;
    if (begun?.ok) {
      if (tapOpen) await media.stopRecording().catch(() => {});
      // Without a tap there is no end mark to wait for.
      recorder.end(begun.recording, tapOpen && !mediaLost ? reason : 'broken');
    }
    if (conversation.at === 'ended') await finish();
  };

  const live: LiveCall = {
    facts,
    get recording() {
      return tapOpen ? recordingId : null;
    },
    hangUp(reason) {
      if (!sessions) return onFork({ on: 'caller gone' });
      sessions.caller.bye(reason);
      sessions.callee.bye(reason);
      return advance({ on: 'hung up' });
    },
    recorderLost: () => advance({ on: 'recorder lost' }),
  };

  incoming.onCancelled = () => onFork({ on: 'caller gone' });
  media.onLost = () => {
    mediaLost = true;
    counters.add('calls.media_lost');
    live.hangUp('SIP;cause=500;text="Media failed"');
  };
  // One silent side may be a muted phone; two are a call that nobody is in any more.
  media.onTimeout = (leg, silence) => {
    if (silence === 'general') silent.add(leg);
    if (callee && silent.has(caller.media) && silent.has(callee.media))
      live.hangUp('SIP;cause=408;text="No media from either side"');
  };
  const stopRinging: Cancel = clock.after(parts.ringMs, () => onFork({ on: 'ring timeout' }));

  for (const [index, { binding, party }] of phones.entries()) {
    const branch = String(index);
    const outgoing = parts.ring(binding, party, party.offerFrom(caller));
    branches.set(branch, { party, outgoing });
    outgoing.onProgress = (response, sdp) => {
      const hasMedia = sdp !== null && party.takeAnswer(sdp);
      onFork({ on: 'progress', branch, status: response.status, hasMedia });
    };
    outgoing.onAnswered = (session) => answered(branch, party, session);
    outgoing.onFailed = ({ status: failed }) => onFork({ on: 'failed', branch, status: failed });
  }
  return live;
}
