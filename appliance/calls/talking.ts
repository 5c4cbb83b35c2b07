/** Two legs that talk: what they hear of each other and of the box, and what is recorded of it. Carries out conversation.ts. */
import type { Clock } from '@belkluis/shared/base/clock';
import type { Counters } from '@belkluis/shared/base/counters';
import type { RecordingTerms } from '@belkluis/shared/policy/decide';
import type { MediaCall } from '../media/door.ts';
import type { Announcement } from './announcement.ts';
import {
  begin,
  type ConversationEffect,
  type ConversationInput,
  type ConversationState,
  type Played,
  type Side,
  step,
} from './conversation.ts';
import { type CallDecision, keptOf } from './decided.ts';
import { relayInfo } from './info.ts';
import type { Leg } from './leg.ts';
import type { Begun, CallFacts, CallRecord, Recorder } from './recorder.ts';
import { connectOffers } from './reoffer.ts';
import type { Elsewhere, FirstCall } from './twins.ts';

export interface TalkingParts {
  readonly facts: CallFacts;
  readonly legs: Readonly<Record<Side, Leg>>;
  readonly media: MediaCall;
  readonly decision: CallDecision;
  /** The same words may pass the box in another call: this one's hand in that, and the other one where this is the second. */
  readonly twins: { readonly first: FirstCall | null; readonly elsewhere: Elsewhere | null } | null;
  /** Null: there is nothing to play, so nothing may be recorded. */
  readonly announcementOf: (terms: RecordingTerms) => Announcement | null;
  readonly recorder: Recorder;
  /** A call for help goes on without a recording, whatever its purpose says. */
  readonly emergency: boolean;
  /** This may not go on without a recording, and there is none. `end` has been reached by then. */
  readonly mayNotGoOn: () => void;
  readonly clock: Clock;
  readonly counters: Counters;
}

export interface Talking {
  /** With all that it is known by now to come out of. */
  readonly facts: CallFacts;
  readonly legs: Readonly<Record<Side, Leg>>;
  readonly recording: string | null;
  /** The recorder can take no more of it. */
  recorderLost(): void;
  /** The media worker is gone: no end mark of the tap will come. */
  mediaLost(): void;
  /**
   * They talk no more: from here on nothing of theirs is recorded. Resolves when the recording has ended and the record of the call is
   * told, once. Their dialogs stay as they are.
   */
  end(): Promise<void>;
}

/** Begins at once. Both legs have agreed on what they speak. */
export function talk(parts: TalkingParts): Talking {
  const { legs, media, decision, recorder, clock, counters } = parts;
  let { facts } = parts;
  const { caller, callee } = legs;
  const answeredAt = clock.now();
  const announcement = decision.record ? parts.announcementOf(decision.terms) : null;
  let notRecorded: string | null = null;
  let recordingId: string | null = null;
  let beginning: Promise<Begun> | null = null;
  let tapOpen = false;
  let mediaLost = false;
  let recordingOver = Promise.resolve();
  const first = parts.twins?.first ?? null;
  const elsewhere = (decision.record && parts.twins?.elsewhere) || null;
  let stopWaiting = () => {};
  const { promise: told, resolve: tellOver } = Promise.withResolvers<void>();
  let finished = false;

  const finish = async () => {
    if (finished) return;
    finished = true;
    first?.ended();
    stopWaiting();
    const endedAt = clock.now();
    await recordingOver;
    const record: CallRecord = {
      ...facts,
      answeredAt,
      endedAt,
      status: 200,
      recording: recordingId,
      notRecorded: recordingId === null ? notRecorded : null,
      ...keptOf(decision),
    };
    recorder.callEnded(record);
    tellOver();
  };

  const on = ([next, ...effects]: readonly [ConversationState, ...ConversationEffect[]]) => {
    state = next;
    if (state.at === 'unrecorded') first?.ended();
    for (const effect of effects) carryOut(effect);
    if (state.at === 'ended') void finish();
  };
  const advance = (input: ConversationInput) => on(step(state, input));

  const carryOut = (effect: ConversationEffect) => {
    switch (effect.do) {
      case 'announce':
        for (const side of effect.to) void announceTo(side);
        return undefined;
      case 'stop announcing':
        caller.party.media.stopPlaying();
        callee.party.media.stopPlaying();
        return undefined;
      case 'begin recording':
        return beginRecording();
      case 'open tap':
        tapOpen = true;
        counters.add('calls.recorded');
        first?.recorded();
        return media.record(recordingId!);
      case 'end recording':
        recordingOver = endRecording(effect.reason);
        return undefined;
      case 'note':
        notRecorded = effect.reason;
        counters.add(`calls.not_recorded.${effect.reason}`);
        return undefined;
      case 'hang up both':
        return parts.mayNotGoOn();
    }
  };

  const announceTo = async (side: Side) => {
    const { party, heard } = legs[side];
    // Never at once: whoever holds the call does not know it yet.
    const playing = announcement ? party.media.play(announcement.prompt) : Promise.resolve('unplayable' as const);
    const result: Played = await playing.catch(() => 'unplayable' as const);
    if (announcement && result === 'ended') heard.set(announcement.hash, clock.now());
    advance({ on: 'played', side, result });
  };

  const beginRecording = () => {
    if (!decision.record || !announcement) return;
    const heardAt = [caller, callee].map(({ heard }) => heard.get(announcement.hash) ?? answeredAt);
    beginning = recorder.begin({
      call: facts,
      terms: decision.terms,
      announcedAt: Math.max(...heardAt),
      announcementHash: announcement.hash,
    });
    void beginning.then((begun) => {
      if (begun.ok) recordingId = begun.recording;
      advance(begun.ok ? { on: 'recorder ready' } : { on: 'recorder refused', reason: begun.reason });
    });
  };

  /**
   * Shuts the tap at once, so that whoever is joined next is not heard on it. Its end mark tells the recorder that all frames are in;
   * without a tap there is none to wait for.
   */
  const endRecording = async (reason: 'finished' | 'broken') => {
    const tapped = tapOpen && !mediaLost;
    tapOpen = false;
    const stopped = tapped ? media.stopRecording().catch(() => {}) : null;
    const begun = await beginning;
    await stopped;
    if (begun?.ok) recorder.end(begun.recording, tapped && !mediaLost ? reason : 'broken');
  };

  media.join(caller.party.media, callee.party.media);
  connectOffers(caller, callee);
  connectOffers(callee, caller);
  relayInfo(caller.session, callee.session);
  relayInfo(callee.session, caller.session);
  let state: ConversationState = { at: 'unrecorded' };
  const sides: readonly Side[] = ['caller', 'callee'];
  const knowing = sides.filter((side) => announcement && legs[side].heard.has(announcement.hash));
  first?.answered(announcement, callee.party.media.streams);
  const mandatory = decision.record && decision.terms.purpose.mandatory && !parts.emergency;
  on(begin(decision.record ? { record: true, mandatory, elsewhere: elsewhere !== null } : decision, knowing));
  if (elsewhere) {
    stopWaiting = elsewhere({
      streams: caller.party.media.streams,
      proven(origin, told) {
        const others = (facts.origins ?? []).filter(({ call }) => call !== origin.call);
        facts = { ...facts, origins: [...others, origin] };
        advance({ on: 'elsewhere' });
        // Who joins a conversation that is being recorded is told so as well.
        if (told) void callee.party.media.play(told.prompt).catch(() => {});
      },
      not: () => advance({ on: 'not elsewhere' }),
    });
  }

  return {
    get facts() {
      return facts;
    },
    legs,
    get recording() {
      return tapOpen ? recordingId : null;
    },
    recorderLost: () => advance({ on: 'recorder lost' }),
    mediaLost() {
      mediaLost = true;
    },
    end() {
      advance({ on: 'hung up' });
      return told;
    },
  };
}
