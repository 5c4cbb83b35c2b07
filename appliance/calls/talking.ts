/** Two legs that talk: what they hear of each other and of the box, and what is recorded of it. Carries out conversation.ts. */
import type { Cancel, Clock } from '@belkluis/shared/base/clock';
import type { Counters } from '@belkluis/shared/base/counters';
import type { Consent } from '@belkluis/shared/policy/consent';
import type { Purpose } from '@belkluis/shared/policy/purpose';
import type { Sentence } from '@belkluis/shared/policy/sentences';
import type { MediaCall } from '../media/door.ts';
import { boxVoice, type Manners, type PolicyKeys } from './box-voice.ts';
import { phonesOf } from './calls-of-phone.ts';
import { askedOf, mayRefuse } from './consent/asked.ts';
import { ANY_PURPOSE, refusedBefore } from './consent/evidence.ts';
import {
  begin,
  type ConversationEffect,
  type ConversationInput,
  type ConversationState,
  type Played,
  type Side,
  sides,
  step,
  type Verdict,
} from './conversation.ts';
import { type CallDecision, keptOf, servedBy } from './decided.ts';
import { hearKeys, type PressedBy } from './keys/presses.ts';
import { sequences } from './keys/sequences.ts';
import type { Leg } from './leg.ts';
import { pairRecording } from './pair-recording.ts';
import type { CallFacts, CallRecord, Objected, Recorder } from './recorder.ts';
import { connectOffers } from './reoffer.ts';
import type { Pause, Steered, SteeredBy, Steering, SteeringOutcome } from './steering.ts';
import type { Elsewhere, FirstCall } from './twins.ts';

export interface TalkingParts {
  readonly facts: CallFacts;
  readonly legs: Readonly<Record<Side, Leg>>;
  readonly media: MediaCall;
  readonly decision: CallDecision;
  /** The same words may pass the box in another call: this one's hand in that, and the other one where this is the second. */
  readonly twins: { readonly first: FirstCall | null; readonly elsewhere: Elsewhere | null } | null;
  readonly manners: Manners;
  readonly recorder: Recorder;
  /** A call for help goes on without a recording, whatever its purpose says. */
  readonly emergency: boolean;
  /** This may not go on without a recording, and there is none. `end` has been reached by then. */
  readonly mayNotGoOn: () => void;
  readonly onSteered: (steered: Steered) => void;
  readonly clock: Clock;
  readonly counters: Counters;
}

/** Who of the organisation is in it. Of a call that still rings nobody knows. */
export interface Talk {
  /** Own phones, by their accounts. */
  readonly phones: readonly string[];
}

export interface Talking {
  /** With all that it is known by now to come out of. */
  readonly facts: CallFacts & Talk;
  readonly legs: Readonly<Record<Side, Leg>>;
  readonly recording: string | null;
  readonly paused: Pause | false;
  /** Somebody asks from outside of the call. */
  steer(wish: Steering): Promise<SteeringOutcome>;
  /** Both, or those of `to`, hear something about another purpose than theirs. */
  tell(sentence: Sentence, about: Purpose, to?: readonly Side[]): void;
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

/** How long pressing the refusing key once more is understood as a wish for all calls, ms: until the sentence that says so is over, and some. */
const ONCE_MORE_MS = 20_000;

/** A call that may not go on ends after so long although a phone has not heard why, ms: on hold nothing is heard. */
const TELL_WHY_MS = 15_000;

/** Begins at once. Both legs have agreed on what they speak. */
export function talk(parts: TalkingParts): Talking {
  const { legs, media, decision, manners, recorder, clock, counters } = parts;
  let { facts } = parts;
  const { caller, callee } = legs;
  const answeredAt = clock.now();
  const terms = decision.record ? decision.terms : null;
  const announcement = terms && manners.announcementOf(terms);
  const purpose = servedBy(decision)?.purpose;
  const voice = boxVoice({ legs, manners, purpose, clock });
  const recording =
    terms && announcement
      ? pairRecording({ facts: () => facts, terms, announcement, legs, media, recorder, answeredAt, clock })
      : null;
  let notRecorded: string | null = null;
  let objected: Promise<Objected> | null = null;
  const first = parts.twins?.first ?? null;
  const elsewhere = (decision.record && parts.twins?.elsewhere) || null;
  let stopWaiting = () => {};
  /** One of patience, memory, pause: a state has one at most. */
  let stopTimer: Cancel = () => {};
  let pause: Pause = { until: answeredAt };
  let by: SteeredBy = 'time';
  /** What the key that is being acted on is evidence of. */
  let pressed: { readonly key: string | null; readonly how: PressedBy | 'api' } = { key: null, how: 'api' };
  const { promise: told, resolve: tellOver } = Promise.withResolvers<void>();
  let finished = false;

  const finish = async () => {
    if (finished) return;
    finished = true;
    first?.ended();
    stopWaiting();
    const endedAt = clock.now();
    await recording?.over();
    const record: CallRecord = {
      ...facts,
      answeredAt,
      endedAt,
      status: 200,
      recording: recording?.id ?? null,
      notRecorded: recording?.id ? null : notRecorded,
      ...keptOf(decision),
    };
    recorder.callEnded(record);
    tellOver();
  };

  const on = ([next, ...effects]: readonly [ConversationState, ...ConversationEffect[]]) => {
    const before = state;
    state = next;
    if (state.at !== before.at) stopTimer();
    if (state.at !== 'recording') voice.beepNoMore();
    if (state.at !== before.at) keepKeys();
    if (state.at === 'unrecorded') first?.ended();
    for (const effect of effects) carryOut(effect);
    // The pause was of this recording; the next two in this call have one of their own. The tap is shut by now.
    if (before.at === 'recording' && before.paused && state.at !== 'recording') media.resumeRecording();
    if (state.at === 'ended') void finish();
  };
  const advance = (input: ConversationInput) => on(step(state, input));
  /**
   * While answers are waited for, keys are for the box. Later they may be for a menu at the other end as well. Tones are listened to as long as
   * a key can change something.
   */
  const keepKeys = () => {
    const { at } = state;
    const waits = (at === 'announcing' || at === 'asking') && terms?.purpose.consent.mode !== 'inform';
    const settled =
      at === 'unrecorded' ? state.mayAsk === null : at === 'elsewhere' || at === 'refusing' || at === 'ended';
    for (const side of sides) {
      const { media } = legs[side].party;
      media.relayDigits(!(waits && terms && mayRefuse(side, terms, legs)));
      media.listenForTones(terms !== null && !settled);
    }
  };
  const later = (ms: number, input: ConversationInput) => {
    stopTimer();
    stopTimer = clock.after(ms, () => {
      by = 'time';
      advance(input);
    });
  };

  const carryOut = (effect: ConversationEffect) => {
    switch (effect.do) {
      case 'announce':
        for (const side of effect.to) void announceTo(side);
        return undefined;
      case 'stop announcing':
        return voice.stop();
      case 'wait for agreement': {
        const { consent } = terms!.purpose;
        return later(consent.mode === 'opt-in' ? consent.patienceSeconds * 1000 : 0, { on: 'patience over' });
      }
      case 'begin recording':
        return void beginRecording();
      case 'open tap':
        counters.add('calls.recorded');
        first?.recorded();
        recording!.openTap();
        return voice.beep(() => state.at === 'recording' && !state.paused);
      case 'pause': {
        media.pauseRecording();
        const ms = terms!.purpose.pause!.resumeSeconds * 1000;
        pause = { until: clock.now() + ms };
        later(ms, { on: 'resume' });
        return steered('paused', 'paused');
      }
      case 'resume':
        stopTimer();
        media.resumeRecording();
        return steered('resumed', 'recording goes on');
      case 'deny pause':
        return steered('pause refused', 'no pause here');
      case 'end recording':
        return recording!.end(effect.reason);
      case 'erase recording':
        objected = recording!.erase(refusal(effect.side));
        return undefined;
      case 'confirm refusal':
        if (effect.mayAsk) later(ONCE_MORE_MS, { on: 'memory over' });
        return void voice.say(effect.mayAsk ? 'not recorded, once more' : 'not recorded', effect.side);
      case 'remember refusal':
        return void remember(effect.side);
      case 'deny refusal':
        counters.add('calls.refusals_denied');
        objected = recording!.denied(refusal(effect.side));
        return void voice.say('the law keeps it', effect.side);
      case 'note':
        notRecorded = effect.reason;
        counters.add(`calls.not_recorded.${effect.reason}`);
        return undefined;
      case 'tell why':
        return void tellWhy();
      case 'hang up both':
        return parts.mayNotGoOn();
    }
  };

  const announceTo = async (side: Side) => {
    // Never at once: whoever holds the call does not know it yet.
    const result: Played = announcement ? await voice.announce(announcement, side) : 'unplayable';
    advance({ on: 'played', side, result });
  };

  const tellWhy = async () => {
    media.unjoin();
    const late = new Promise<void>((resolve) => clock.after(TELL_WHY_MS, resolve));
    await Promise.race([Promise.all(sides.map((side) => voice.say('must be recorded', side))), late]);
    advance({ on: 'told why' });
  };

  const beginRecording = async () => {
    const begun = await recording!.begin();
    advance(begun.ok ? { on: 'recorder ready' } : { on: 'recorder refused', reason: begun.reason });
  };

  // What people say to it

  const answer = (side: Side, act: Consent['act']): Consent => ({
    at: clock.now(),
    act,
    mode: terms?.purpose.consent.mode ?? 'inform',
    side,
    ...pressed,
    promptHash: announcement?.hash ?? '',
  });
  const refusal = (side: Side): Consent => answer(side, recording?.id ? 'withdrawn' : 'refused');

  const refuse = (side: Side, why: 'objected' | 'private') => {
    const before = state;
    advance({ on: 'refused', side, why });
    // It holds also for whoever the two come to talk to in this call; what the law keeps nobody can refuse.
    if (state.at !== 'unrecorded' || terms?.purpose.mandatory) return;
    const name = why === 'private' ? ANY_PURPOSE : terms?.purpose.id;
    if (name !== undefined) legs[side].answers.set(name, answer(side, 'refused'));
    if (why === 'private' && before.at === 'unrecorded') void voice.say('not recorded', side);
  };

  const remember = async (side: Side) => {
    const { name } = legs[side];
    const kept = terms ? await recorder.keepObjection(name, null) : null;
    void voice.say(kept?.kept ? 'remembered' : 'not remembered', side);
  };

  const steered = (did: Steered['did'], sentence: Sentence | null) => {
    parts.onSteered({ call: facts.id, recording: recording?.id ?? null, did, by });
    counters.add(`calls.steered.${did.replaceAll(' ', '_')}`);
    if (sentence && by !== 'api' && by !== 'time') void voice.say(sentence, by);
  };

  const start = () => {
    if (state.at !== 'waiting') return;
    steered('begun', null);
    advance({ on: 'start' });
  };

  const actOn = (side: Side, wish: keyof PolicyKeys) => {
    by = side;
    switch (wish) {
      case 'private':
        return refuse(side, 'private');
      case 'pause':
        return advance({ on: state.at === 'recording' && state.paused ? 'resume' : 'pause' });
      case 'start':
        return start();
    }
  };

  /** Whether the key answers what the purpose asks. */
  const consentKey = (side: Side, key: string): boolean => {
    if (!terms || finished || state.at === 'waiting' || state.at === 'elsewhere') return false;
    const { consent } = terms.purpose;
    if (consent.mode === 'opt-in' && key === consent.key && (state.at === 'announcing' || state.at === 'asking')) {
      if (!state.asked.ask.includes(side)) return false;
      legs[side].answers.set(terms.purpose.id, answer(side, 'agreed'));
      advance({ on: 'agreed', side });
      return true;
    }
    const refuses = consent.mode === 'opt-out' ? consent.key : consent.mode === 'opt-in' ? consent.refuseKey : null;
    if (key !== refuses || !mayRefuse(side, terms, legs)) return false;
    if (state.at === 'unrecorded' && state.mayAsk !== side) return false;
    refuse(side, 'objected');
    return true;
  };

  const listen = (side: Side, other: Side) => {
    const collected = sequences(manners.keys);
    hearKeys(legs[side], legs[other], clock, (key, how) => {
      if (finished) return false;
      pressed = { key, how };
      const heard = legs[side].outside ? ({ is: 'none' } as const) : collected.press(key, clock.monotonic());
      if (heard.is === 'none') return consentKey(side, key);
      // Of what was dialled there is no evidence but what it did.
      pressed = { key: null, how };
      if (heard.is === 'whole') actOn(side, heard.name);
      return heard.is === 'whole';
    });
  };

  const steer = async (wish: Steering): Promise<SteeringOutcome> => {
    by = 'api';
    pressed = { key: null, how: 'api' };
    if (wish === 'record') {
      if (state.at !== 'waiting') return 'already_so';
      start();
      return 'begun';
    }
    if (wish === 'object') {
      // Whoever is outside told somebody here.
      const side = sides.find((one) => legs[one].outside) ?? 'caller';
      const { at } = state;
      objected = null;
      refuse(side, 'objected');
      const became = await (objected as Promise<Objected> | null);
      if (became?.did === 'erased') return 'erased';
      if (became?.did === 'refused' && became.reason === 'legal_retention') return 'legal_retention';
      const ended = state.at === 'unrecorded' && at !== 'unrecorded';
      return ended ? 'stopped' : 'not_recording';
    }
    if (state.at !== 'recording') return 'not_recording';
    if (state.paused === (wish === 'pause')) return 'already_so';
    advance({ on: wish });
    return state.at === 'recording' && state.paused === (wish === 'pause')
      ? wish === 'pause'
        ? 'paused'
        : 'resumed'
      : 'pause_not_allowed';
  };

  const verdict = (): Verdict => {
    if (!terms) return decision as Verdict & { readonly record: false };
    const before = terms.purpose.mandatory ? null : refusedBefore(terms.purpose.id, legs);
    if (before) return { record: false, reason: before };
    // The door has seen to it; a policy may come into force between.
    if (!announcement) return { record: false, reason: 'announcement_missing' };
    const asked = askedOf(terms, announcement.hash, legs, parts.emergency);
    return { record: true, asked, elsewhere: elsewhere !== null };
  };

  media.join(caller.party.media, callee.party.media);
  connectOffers(caller, callee);
  connectOffers(callee, caller);
  let state: ConversationState = { at: 'unrecorded', mayAsk: null };
  listen('caller', 'callee');
  listen('callee', 'caller');
  const said = verdict();
  // What somebody has yet to begin is not recorded here as long as nobody knows.
  first?.answered(said.record && said.asked.start === 'automatic' ? announcement : null, callee.party.media.streams);
  on(begin(said));
  keepKeys();
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
      return { ...facts, phones: phonesOf([legs.caller, legs.callee]) };
    },
    legs,
    get recording() {
      return recording?.running ? recording.id : null;
    },
    get paused() {
      return state.at === 'recording' && state.paused && pause;
    },
    steer,
    tell(sentence, about, to = sides) {
      for (const side of to) void voice.say(sentence, side, about);
    },
    recorderLost: () => advance({ on: 'recorder lost' }),
    mediaLost: () => recording?.mediaLost(),
    end() {
      advance({ on: 'hung up' });
      return told;
    },
  };
}
