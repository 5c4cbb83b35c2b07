/**
 * One call through the box: a caller, whoever rings, whoever answers, and what is recorded of it. Carries out what conversation.ts
 * decides; ringing.ts does the ringing. Nothing of one leg's signalling is copied to the other: each has its own Call-ID, tags and Via.
 */
import type { Clock } from '@belkluis/shared/base/clock';
import type { Counters } from '@belkluis/shared/base/counters';
import type { Decision, RecordingTerms } from '@belkluis/shared/policy/decide';
import type { MediaCall, MediaLeg, Prompt } from '../media/door.ts';
import type { IncomingCall } from '../sip/dialog/incoming-call.ts';
import type { CallFailure, OutgoingCall } from '../sip/dialog/outgoing-call.ts';
import type { Ended, Session } from '../sip/dialog/session.ts';
import type { SipResponse } from '../sip/message/message.ts';
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
import { hearCaller } from './early.ts';
import { relayInfo } from './info.ts';
import type { Party } from './party.ts';
import { paired, passRefer } from './pass-refer.ts';
import type { Begun, CallFacts, CallRecord, Recorder } from './recorder.ts';
import { connectOffers } from './reoffer.ts';
import { type Ringing, ring } from './ringing.ts';
import type { Branch, MediaTerms, Route } from './route.ts';

/** What a purpose sounds like: ready to be played, and the hash that names it. */
export interface Announcement {
  readonly prompt: Prompt;
  readonly hash: string;
}

/** The policy's word, or that the recorder could not carry it out anyway. */
export type CallDecision =
  | Decision
  | { readonly record: false; readonly reason: NotRecorded; readonly trafficDays: number };

export interface CallParts {
  readonly facts: CallFacts;
  readonly incoming: IncomingCall;
  readonly media: MediaCall;
  readonly caller: Party;
  readonly route: Route;
  /** A party with a media leg of its own in this call. */
  readonly openParty: (terms: MediaTerms) => Promise<Party>;
  readonly invite: (branch: Branch, offer: Buffer) => OutgoingCall;
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
  const { facts, incoming, media, caller, route, decision, recorder, clock, counters } = parts;
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
  let challenged = false;
  let stopWaiting = () => {};
  const silent = new Set<MediaLeg>();
  const { twin } = route;
  const first = twin && 'first' in twin ? twin.first() : null;

  const finish = async () => {
    if (finished) return;
    finished = true;
    first?.ended();
    stopWaiting();
    const record: CallRecord = {
      ...facts,
      answeredAt,
      endedAt: clock.now(),
      status,
      recording: recordingId,
      notRecorded: recordingId === null && answeredAt !== null ? notRecorded : null,
      trafficDays: decision.record ? decision.terms.retention.trafficDays : decision.trafficDays,
    };
    // Who is asked for a password has not called yet: the call comes with the answer.
    if (!challenged) recorder.callEnded(record);
    // Media that is lost already needs no closing.
    await media.close().catch(() => {});
    over();
  };

  // Ringing

  const progress = (told: number, party: Party | null) => {
    const answer = party && caller.answerFor(party, 'early');
    if (!party || !answer) return incoming.progress(party ? 180 : told);
    media.join(caller.media, party.media);
    return incoming.progress(told, answer);
  };

  const answered = (party: Party, session: Session): boolean => {
    const answer = caller.answerFor(party, 'final');
    if (!answer) return false;
    status = 200;
    answeredAt = clock.now();
    callee = party;
    media.join(caller.media, party.media);
    const ours = incoming.accept(answer);
    sessions = { caller: ours, callee: session };
    connect({ caller: ours, callee: session }, party);
    talk(party);
    return true;
  };

  const failed = (told: number, failure: CallFailure | null) => {
    const response = route.refusals === 'as they came' ? failure?.response : undefined;
    status = response?.status ?? told;
    challenged = response !== undefined && (status === 401 || status === 407);
    if (response) incoming.reject(response.status, response.reason, passedOn(response));
    else incoming.reject(told);
    void finish();
  };

  const callerGone = () => {
    ringing.stop();
    void finish();
  };

  const connect = (both: Readonly<Record<Side, Session>>, other: Party) => {
    connectOffers({ session: both.caller, party: caller }, { session: both.callee, party: other });
    connectOffers({ session: both.callee, party: other }, { session: both.caller, party: caller });
    relayInfo(both.caller, both.callee);
    relayInfo(both.callee, both.caller);
    paired(both.caller, both.callee);
    if (route.passesRefer) {
      const { uriOf, sessionOf } = route.passesRefer;
      passRefer(both.caller, both.callee, uriOf, sessionOf);
      passRefer(both.callee, both.caller, uriOf, sessionOf);
    }
    both.caller.onEnded = (why) => hungUp('callee', why);
    both.callee.onEnded = (why) => hungUp('caller', why);
  };

  // After the answer

  /** One side has gone: the `left` one is told, and the call is over. */
  const hungUp = (left: Side, why: Ended) => {
    sessions?.[left].bye(why.reason);
    advance({ on: 'hung up' });
  };

  const talk = (other: Party) => {
    const elsewhere = decision.record && twin && 'second' in twin ? twin.second() : null;
    first?.answered(decision.record ? parts.announcementOf(decision.terms) : null);
    onConversation(
      begin(
        decision.record
          ? { record: true, mandatory: decision.terms.purpose.mandatory, elsewhere: elsewhere !== null }
          : decision,
      ),
    );
    if (!elsewhere) return;
    // Who joins a conversation that is being recorded is told so as well.
    if (elsewhere.toldBefore) void other.media.play(elsewhere.toldBefore.prompt).catch(() => {});
    stopWaiting = elsewhere.whenNot(() => advance({ on: 'not elsewhere' }));
  };

  const onConversation = ([next, ...effects]: readonly [ConversationState, ...ConversationEffect[]]) => {
    conversation = next;
    if (next.at === 'unrecorded') first?.ended();
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
      if (!sessions) {
        incoming.reject(480);
        return callerGone();
      }
      sessions.caller.bye(reason);
      sessions.callee.bye(reason);
      return advance({ on: 'hung up' });
    },
    recorderLost: () => advance({ on: 'recorder lost' }),
  };

  incoming.onCancelled = callerGone;
  hearCaller(incoming, caller);
  media.onLost = () => {
    mediaLost = true;
    counters.add('calls.media_lost');
    live.hangUp('SIP;cause=500;text="Media failed"');
  };
  // Who is not whom its description names must not hear, and without keys nobody does. While it rings nothing is lost by waiting: the
  // answer begins another handshake.
  media.onUnkeyed = (leg, why) => {
    if (!sessions || (leg !== caller.media && leg !== callee?.media)) return;
    counters.add(`calls.unkeyed.${why}`);
    const text = why === 'fingerprint' ? 'Not the announced certificate' : 'No DTLS handshake';
    live.hangUp(`SIP;cause=488;text="${text}"`);
  };
  // One silent side may be a muted phone; two are a call that nobody is in any more.
  media.onTimeout = (leg, silence) => {
    if (silence === 'general') silent.add(leg);
    if (callee && silent.has(caller.media) && silent.has(callee.media))
      live.hangUp('SIP;cause=408;text="No media from either side"');
  };
  const ringing: Ringing = ring({
    ...parts,
    stages: route.stages,
    onProgress: progress,
    onAnswered: answered,
    onFailed: failed,
  });
  return live;
}

/** What of a refusal the caller needs: the challenge that is for its own password, and when to try again. */
const PASSED_ON = ['WWW-Authenticate', 'Proxy-Authenticate', 'Retry-After', 'Reason', 'Warning'];

const passedOn = ({ headers }: SipResponse): [string, string][] =>
  PASSED_ON.flatMap((name) => headers.all(name).map((value): [string, string] => [name, value]));
